"""The page of a spotting run: test before validation, baselines beside, doubts said."""

import json
from pathlib import Path

import pandas as pd
import pytest

from page_reader import PageReader
from spotting_run_on_disk import CLASSES, HOSTILE_MATCH, made_up_part, write_run
from touchline.errors import UsageError
from touchline.runs import Run
from touchline.spotting.recorded import recorded_scores
from touchline.spotting.report import describe, summary, write_report
from touchline.spotting.report_events import read_events


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = write_run(tmp_path_factory.mktemp("runs") / "spotter")
    assert write_report(run) == run.file("report.html")
    return run


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("runs") / "evaluated"
    run = write_run(folder, ("test",), peaks=False, trained=False)
    write_report(run)
    return run


def page_of(run: Run) -> PageReader:
    return PageReader(run.file("report.html").read_text(encoding="utf-8"))


def words_of(run: Run) -> str:
    return " ".join(page_of(run).text.split())


def test_the_page_is_whole_and_carries_its_pictures(run):
    page = page_of(run)
    assert page.open == []
    assert len(page.all("img")) == 7
    assert all(image["src"].startswith("data:image/png") for image in page.all("img"))


def test_names_of_strangers_are_text(run):
    page = page_of(run)
    assert HOSTILE_MATCH in page.text
    assert len(page.all("script")) == 1


def test_test_figures_come_first_and_validation_is_named_as_chosen_on(run):
    text = words_of(run)
    body = text[text.index("Left out or mended") :]
    assert body.index("Test matches") < body.index("Validation matches (chosen on)")
    assert "chosen on these matches, so the figures flatter" in text
    assert "Scored on 2 test matches" in text


def test_the_headline_figures_are_those_of_the_metrics(run):
    metrics = run.read_json("metrics.json")
    text = words_of(run)
    for value in (
        metrics["test"]["exact"]["mAP4"]["value"],
        metrics["test"]["official"]["at1"]["a_mAP"],
        metrics["test"]["official"]["tight"]["a_mAP"],
        metrics["valid"]["official"]["at1"]["a_mAP"],
    ):
        assert f"{100 * value:.1f} %" in text
    assert f"chance {100 * metrics['test']['baselines']['chance']['mAP4']:.1f} %" in text


def test_it_says_what_the_score_means_and_what_is_too_little(run):
    text = words_of(run)
    for words in (
        "±0.5 s from a true event", "Two baselines do not look at the video",
        "Fewer than 20 true events", "too few to say", "no label", "shown from confidence",
    ):  # fmt: skip
        assert words in text


def test_the_table_of_classes_is_kept_for_programs(run):
    table = pd.read_csv(run.file("per_class.csv"))
    metrics = run.read_json("metrics.json")["test"]
    assert list(table["class"]) == list(CLASSES)
    assert list(table["AP, exact"]) == [
        metrics["exact"]["per_class"][name]["average_precision"]["value"] for name in CLASSES
    ]
    assert list(table["AP@1, official"]) == metrics["official"]["at1"]["a_mAP_per_class"]


def test_the_terminal_gets_both_splits_with_their_baselines(run):
    lines = describe(run).splitlines()
    assert lines[0] == "Test matches"
    assert lines.index("Test matches") < lines.index("Validation matches (chosen on)")
    assert lines[1].startswith("  mAP4 at ±0.5 s, exact ")
    assert "majority" in lines[1]
    assert lines[-1] == f"Report  {run.file('report.html')}"


def test_programs_get_every_score(run):
    found = summary(run)
    assert found["run"] == str(run.folder)
    assert json.loads(json.dumps(found))["test"] == run.read_json("metrics.json")["test"]


def test_an_evaluated_run_has_neither_history_nor_peaks(evaluated):
    text = words_of(evaluated)
    assert "Test matches" in text
    for words in ("Validation matches", "Training", "Peaks", "flatter"):
        assert words not in text


def test_without_test_matches_the_report_says_so_first(tmp_path):
    run = write_run(tmp_path / "run", ("valid",))
    write_report(run)
    assert "No match was held out to test on." in words_of(run)
    assert "Scored on 2 validation matches" in words_of(run)
    assert describe(run).startswith("Validation matches (chosen on)")


def test_it_can_be_made_again(evaluated):
    before = evaluated.file("report.html").read_bytes()
    evaluated.file("report.html").unlink()
    write_report(evaluated)
    assert evaluated.file("report.html").read_bytes() == before


def test_a_run_without_scores_is_refused(tmp_path):
    with pytest.raises(UsageError, match="Wanted a finished run; found FileNotFoundError"):
        write_report(Run(tmp_path))
    Run(tmp_path).write_json("metrics.json", {"peaks": {}})
    with pytest.raises(UsageError, match=r"found no scores in .*metrics\.json"):
        write_report(Run(tmp_path))


def test_events_come_back_as_they_were_recorded(run):
    truth, found = made_up_part(1)
    (part, _) = recorded_scores(run)
    read = read_events(run, part.matches, "test")
    assert [match.name for match in read] == list(truth)
    for match in read:
        assert sorted(match.predicted) == sorted(found[match.name])
        assert [(e.seconds, e.label, e.team, e.half) for e in match.truth] == [
            (e.seconds, e.label, e.team, e.half) for e in truth[match.name]
        ]


def test_a_match_in_which_nothing_happens_is_there(run):
    (match,) = read_events(run, ["a goalless training session"], "test")
    assert (match.truth, match.predicted) == ((), ())


def test_pictures_lie_below_plots(run: Run) -> None:
    names = {path.name for path in Path(run.file("plots")).iterdir()}
    assert names == {
        "average_precision.png", "tolerance.png", "thresholds.png", "time_errors.png",
        "training.png", "match-1.png", "match-2.png",
    }  # fmt: skip

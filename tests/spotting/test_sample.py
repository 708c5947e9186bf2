"""The spotter and the match that ship with the package."""

import json
from pathlib import Path

import pytest

from touchline.cli import main
from touchline.errors import UsageError
from touchline.runs import Run
from touchline.spotting.annotations.predictions import read_predictions
from touchline.spotting.annotations.reading import read_matches
from touchline.spotting.metrics.scoring import score_events
from touchline.spotting.sample import (
    copy_sample_match,
    open_spotting_run,
    sample_clip,
    sample_folder,
)

LARGEST_RUN, LARGEST_CLIP = 12e6, 6e6


def test_they_are_small_enough_to_ship() -> None:
    assert sum(f.stat().st_size for f in sample_folder().rglob("*") if f.is_file()) < LARGEST_RUN
    assert sample_clip().stat().st_size < LARGEST_CLIP


def test_the_match_is_of_none_that_it_has_learnt_from() -> None:
    rows = (sample_folder() / "split.csv").read_text().splitlines()
    learnt = {row.split(",")[1] for row in rows[1:] if not row.endswith(",test")}
    assert len(learnt) == 13
    assert "rendered/2026/match-g20" not in learnt  # where the clip was cut from


def test_its_page_says_its_scores() -> None:
    page = (sample_folder() / "README.md").read_text()
    scores = json.loads((sample_folder() / "metrics.json").read_text())["test"]
    exact = scores["exact"]["mAP12"]
    told = f"{exact['value']:.1%} [{100 * exact['low']:.1f}, {100 * exact['high']:.1f}]"
    assert told.replace("%", " %") in page
    assert f"{100 * scores['official']['at1']['a_mAP']:.1f} %" in page


def test_it_spots_far_more_than_chance_in_the_match_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    video = copy_sample_match(tmp_path / "match")
    out = tmp_path / "out"
    assert main(["spotting", "predict", "sample", str(video), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["problems"] == []
    found = read_matches(tmp_path / "match")
    truth = {match.name: match.events for match in found.matches}
    (events,) = read_predictions(out / "results_spotting.json").values()
    scores = score_events(truth, {next(iter(truth)): events}, found.classes)
    assert scores.exact.mean_ap.value > 0.25
    assert max(baseline.official_at1 for baseline in scores.baselines) < 0.05


def test_a_folder_called_sample_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open_spotting_run("sample") == Run(sample_folder())
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "config.yaml").write_text("data: here\n")
    assert open_spotting_run("sample") == Run(Path("sample"))


def test_nothing_is_copied_over(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("keep")
    with pytest.raises(UsageError, match=r"a new or empty folder; found something at"):
        copy_sample_match(tmp_path)

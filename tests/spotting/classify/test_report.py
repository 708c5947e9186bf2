"""What people are told of a run; everything is read back from its files."""

from pathlib import Path

import numpy as np
import pytest

from clip_worlds import footage_with
from touchline.errors import UsageError
from touchline.runs import Run
from touchline.spotting.classify.clips import LabelledClip
from touchline.spotting.classify.records import read_records, table_of, write_records
from touchline.spotting.classify.report import describe, summary, write_report

CLASSES = ("PASS", "GOAL")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Six windows of 4 s; the fourth is told wrong with the greatest confidence."""
    piece = footage_with([], 24.0, video="<b>match</b>.mp4")
    labels = [("PASS",), (), ("PASS",), (), ("GOAL", "PASS"), ("PASS",)]
    clips = [LabelledClip(piece, 50 * place, 50, each) for place, each in enumerate(labels)]
    sure = np.array([[0.9, 0.1], [0.2, 0.1], [0.4, 0.0], [0.3, 0.99], [0.8, 0.6], [0.7, 0.2]])
    found = Run(tmp_path)
    found.write_json("labels.json", {"classes": CLASSES})
    write_records(found, [table_of("test", clips, sure, 12.5)], CLASSES, False, seed=0)
    return found


def test_figures_stand_beside_what_is_reached_without_looking(run: Run) -> None:
    told = describe(run)
    assert "ranking at random 41.7 %" in told
    assert "always the most frequent class 50.0 %, never any 33.3 %" in told
    assert "Clips with every label right  66.7 %" in told
    figures = summary(run)["test"]
    assert figures["micro_accuracy"]["value"] == pytest.approx(4 / 6)
    assert figures["per_class"]["GOAL"]["average_precision"]["value"] == 0.5
    assert figures["per_class"]["GOAL"]["average_precision"]["n"] == 1


def test_what_is_read_back_is_what_was_written(run: Run) -> None:
    [part] = read_records(run).values()
    assert part.truth.tolist() == [
        [True, False], [False, False], [True, False], [False, False], [True, True], [True, False],
    ]  # fmt: skip
    assert part.confidences[3].tolist() == [0.3, 0.99]
    assert part.said[3].tolist() == [False, True]


def test_the_worst_clip_leads_and_is_named(run: Run) -> None:
    page = write_report(run).read_text()
    worst = page.index("Worst clips")
    row = page.index("0:12.0", worst)
    assert row < page.index("0:08.0", worst)
    assert "does not happen" in page[row : page.index("</tr>", row)]
    assert "99%" in page[row : page.index("</tr>", row)]
    assert "too few to say" in page


def test_names_are_no_markup(run: Run) -> None:
    page = write_report(run).read_text()
    assert "<b>match</b>" not in page
    assert "&lt;b&gt;match&lt;/b&gt;.mp4" in page


def test_one_label_a_clip_is_the_most_confident(tmp_path: Path) -> None:
    piece, run = footage_with([], 8.0), Run(tmp_path)
    clips = [LabelledClip(piece, 0, 9, ("PASS",)), LabelledClip(piece, 9, 4, ("GOAL",))]
    run.write_json("labels.json", {"classes": CLASSES})
    table = table_of("test", clips, np.array([[0.4, 0.2], [0.3, 0.1]]), 12.5)
    write_records(run, [table], CLASSES, True, seed=0)
    told = describe(run)
    assert "Accuracy                     50.0 %" in told
    assert "never any" not in told
    assert "one event to the next" in write_report(run).read_text()


def test_an_unfinished_run_and_one_of_another_kind_are_refused(tmp_path: Path) -> None:
    run = Run(tmp_path)
    with pytest.raises(UsageError, match="a finished run"):
        describe(run)
    run.write_json("metrics.json", {"test": {}})
    run.write_json("labels.json", {"classes": CLASSES})
    with pytest.raises(UsageError, match="the run of a classifier of clips"):
        describe(run)

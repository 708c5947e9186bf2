from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from page_reader import PageReader
from touchline.reporting.confidence import Score
from touchline.training.tuning.charts import (
    history_chart,
    importance_chart,
    parallel_chart,
    short_value,
)
from touchline.training.tuning.importance import importances
from touchline.training.tuning.luck import Luck, luck_of
from touchline.training.tuning.report import StudyFindings, write_study_report
from touchline.training.tuning.space import Choice, Range, Space
from touchline.training.tuning.trials import TrialRecord
from touchline.training.tuning.tuning import Budget, Report, work_through
from tuning_worlds import joined

SPACE = Space(
    {"rate": Range(low=0.001, high=1.0, log=True), "kind": Choice(choices=("a", "$b_c$ <i>"))},
    Path("space.yaml"),
)
RECORDS = [
    TrialRecord(1, 0, "complete", 0.5, {"rate": 0.01, "kind": "a"}, ((1, 0.5),), 1.5),
    TrialRecord(2, 1, "failed", None, {"rate": 0.1, "kind": "a"}, (), 0.5, "<b>out of memory</b>"),
    TrialRecord(3, 2, "complete", 0.7, {"rate": 1.0, "kind": "$b_c$ <i>"}, ((1, 0.7),), 1.5),
    TrialRecord(4, 3, "pruned", None, {"rate": 0.001, "kind": "a"}, ((1, 0.2),), 0.5),
    TrialRecord(5, 4, "lost", None, {}, (), 0.5, "its process died or was interrupted"),
]


def test_the_report_has_every_trial_and_its_error(tmp_path: Path) -> None:
    found = StudyFindings(RECORDS, SPACE, {"rate": 0.9, "kind": 0.1}, untuned=0.6)
    page = PageReader(write_study_report(found, tmp_path, "T", "S").read_text(encoding="utf-8"))
    assert len(page.all("img")) == 3
    assert "<b>out of memory</b>" in page.text
    assert page.open == []
    assert "choice 2" not in page.text
    table = pd.read_csv(tmp_path / "trials.csv")
    assert list(table["trial"]) == [3, 1, 2, 4, 5]
    assert list(table["outcome"]) == ["complete", "complete", "failed", "pruned", "lost"]
    assert table["score"].iloc[0] == 0.7


@pytest.mark.parametrize("records", [RECORDS, RECORDS[:1], RECORDS[1:3]])
def test_charts_of_few_trials_can_be_drawn(tmp_path: Path, records: list[TrialRecord]) -> None:
    drawn = [
        history_chart(records, tmp_path / "a.png", untuned=0.4),
        parallel_chart(records, SPACE, tmp_path / "b.png"),
        importance_chart({"rate": 1.0}, tmp_path / "c.png"),
    ]
    for path in drawn:
        with Image.open(path) as image:
            assert len(np.unique(np.asarray(image.convert("L")))) > 10


def test_long_choices_are_numbered_in_charts_and_told_below(tmp_path: Path) -> None:
    choices = Choice(choices=("a", [{"framing": "letterbox", "size": 320}]))
    space, long = Space({"views": choices}, Path("space.yaml")), choices.ends[1]
    records = [TrialRecord(1, 0, "complete", 0.5, {"views": long})]
    assert [short_value(space, "views", value) for value in space.items["views"].ends] == [
        "a", "choice 2",
    ]  # fmt: skip
    found = StudyFindings(records, space, {})
    page = PageReader(write_study_report(found, tmp_path, "T", "S").read_text(encoding="utf-8"))
    assert "choice 2" in page.text


def test_importance_knows_what_mattered(tmp_path: Path) -> None:
    study = joined(str(tmp_path / "study.journal"))
    assert importances(study.study) == {}

    def only_height(words: Sequence[str], report: Report) -> float:
        report(1, 0.5)
        return float(words[0].partition("=")[2])

    work_through(study, only_height, Budget(30))
    shares = importances(study.study)
    assert shares["height"] > 0.8
    assert sum(shares.values()) == pytest.approx(1)


def same_for_all(words: Sequence[str], report: Report) -> float:
    report(len(words), 0.5)
    return 0.5


def test_equal_scores_tell_nothing_of_importance(tmp_path: Path) -> None:
    study = joined(str(tmp_path / "study.journal"))
    work_through(study, same_for_all, Budget(13))
    assert importances(study.study) == {}


def test_luck_is_what_a_lead_loses_on_fresh_folds() -> None:
    luck = Luck(
        won=0.84, untuned=0.80, fresh_won=Score(0.82, 100, 0.75, 0.88),
        fresh_untuned=Score(0.81, 100, 0.74, 0.87),
        fresh_lead=Score(0.01, 100, -0.02, 0.04, "points"),
    )  # fmt: skip
    assert luck.describe() == (
        "The winner led by +4.0 points where it was chosen and leads by +1.0 on fresh folds: "
        "+3.0 points of its lead were luck."
    )
    assert luck_of(luck.as_dict()) == luck
    assert luck.table().rows[2][1] == "+4.0 points"


def test_pruned_trials_show_in_the_history(tmp_path: Path) -> None:
    calm = history_chart(RECORDS[:1], tmp_path / "a.png").read_bytes()
    assert calm != history_chart([RECORDS[0], RECORDS[3]], tmp_path / "b.png").read_bytes()

"""Each epoch of a training is a step of its trial."""

from pathlib import Path

import pytest
from optuna import TrialPruned

from touchline.training.history import Row
from touchline.training.tracking.tracker import Tracker, Within
from touchline.training.tuning.epoch_reports import score_of_training

STAGES = {"stage-1": (0.5, 0.9), "stage-2": (0.3, 0.6, 0.4)}
seen: list[Path] = []


def teach(folder: Path, tracker: Tracker) -> list[Row]:
    """Two stages of a training that writes files, draws a picture, and tells its figures."""
    seen.append(folder)
    (folder / "results.csv").write_text("epoch")
    tracker.settings({"seed": 0})
    rows: list[Row] = []
    for stage, figures in STAGES.items():
        for epoch, figure in enumerate(figures, start=1):
            rows.append({"epoch": epoch, "stage": stage, "map": figure})
            Within(tracker, stage).scalars({"train_loss": 9.0, "map": figure}, epoch)
    tracker.picture("plots/a", folder / "a.png")
    tracker.close()
    return rows


def test_epochs_count_on_over_stages_and_the_last_stage_is_scored() -> None:
    told: list[tuple[int, float]] = []
    score = score_of_training(teach, "map", lambda step, figure: told.append((step, figure)))
    assert told == [(1, 0.5), (2, 0.9), (3, 0.3), (4, 0.6), (5, 0.4)]
    assert score == 0.6
    assert not seen[-1].exists()


def test_what_a_report_raises_ends_the_training() -> None:
    told: list[int] = []

    def report(step: int, _figure: float) -> None:
        told.append(step)
        if step == 3:
            raise TrialPruned

    with pytest.raises(TrialPruned):
        score_of_training(teach, "map", report)
    assert told == [1, 2, 3]
    assert not seen[-1].exists()

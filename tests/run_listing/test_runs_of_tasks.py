"""Real runs of every task: known for what they are, and followed by TensorBoard to the end."""

from pathlib import Path

import pytest

from event_files import curve, opened, picture
from touchline.run_listing.records import find_runs, read_record
from touchline.run_listing.removal import removable
from touchline.runs import open_run
from touchline.tasks import TASKS

CHARTS = {
    "photos": "plots/confusion_matrix", "spotting": "plots/match-1", "reid": "plots/strips",
    "synth": "plots/samples",
}  # fmt: skip
SCORES = {"photos": "accuracy", "spotting": "test.exact.mAP", "reid": "test.mAP", "synth": "kid"}


@pytest.fixture(params=sorted(TASKS))
def run_of_task(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """A task and a finished run of it."""
    fixtures = {
        "photos": "taught", "spotting": "spotter_run", "reid": "reid_run", "synth": "generator_run",
    }  # fmt: skip
    return request.param, request.getfixturevalue(fixtures[request.param])


def test_a_run_is_listed_with_its_task_and_main_score(run_of_task: tuple[str, Path]) -> None:
    task, folder = run_of_task
    (found,) = find_runs(folder.parent)
    assert (found.task, found.folder, found.state) == (task, folder, "finished")
    assert found.score is not None
    name, score = found.score
    assert name.startswith(SCORES[task])
    assert 0 < score.value <= 1
    assert score.n > 0
    assert found.seconds is not None
    assert found.seconds > 0


def test_a_run_holds_nothing_that_would_keep_it_from_being_removed(
    run_of_task: tuple[str, Path],
) -> None:
    (found,) = removable([run_of_task[1]])
    assert found.files == sum(path.is_file() for path in run_of_task[1].rglob("*"))


def test_tensorboard_has_the_final_scores_and_the_chart(run_of_task: tuple[str, Path]) -> None:
    task, folder = run_of_task
    record = read_record(folder)
    assert record.score is not None
    name, score = record.score
    ((step, value),) = curve(folder, f"final/{name.replace('.', '/')}")
    assert (step, value) == (0, pytest.approx(score.value))
    shown = picture(folder, CHARTS[task])
    assert min(shown.size) > 100
    assert "settings/text_summary" in opened(folder).Tags()["tensors"]


def test_the_epochs_are_those_of_the_results(reid_run: Path) -> None:
    points = curve(reid_run, "stage-1/validation_map")
    assert [step for step, _ in points] == [1, 2]
    assert "Ranked strips" in open_run(reid_run).file("report.html").read_text(encoding="utf-8")

"""Studies for tests: a hill of scores that processes climb together, and tasks not yet begun."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from touchline.settings import Settings
from touchline.training.tuning.searching import Search
from touchline.training.tuning.space import Choice, Range, Space
from touchline.training.tuning.storage import OpenStorage, open_storage
from touchline.training.tuning.studies import Method, TuningStudy, join
from touchline.training.tuning.task import TuningTask
from touchline.training.tuning.tuning import Budget, Report

SPACE = Space(
    {"height": Range(low=0.0, high=1.0), "kind": Choice(choices=("hill", "plain"))},
    Path("space.yaml"),
)
UNPRUNED = Method(pruner="none")
TERMS = {"data": "abc", "settings": {"folds": 5, "views": [320]}}
WORKER = """
import sys
from tuning_worlds import climb, joined
from touchline.training.tuning.studies import Method
from touchline.training.tuning.tuning import Budget, work_through
study = joined(sys.argv[1], Method(sys.argv[3], "none"))
print("seated", flush=True)
if sys.argv[4] == "wait":
    sys.stdin.readline()
def objective(words, report):
    if sys.argv[4] == "hang":
        print("at work", flush=True)
        sys.stdin.readline()
    print(*words, flush=True)
    return climb(words, report)
print("last", work_through(study, objective, Budget(int(sys.argv[2]))), flush=True)
"""


def climb(words: Sequence[str], report: Report) -> float:
    """The score of a place on the hill, reported in three steps."""
    values = dict(word.split("=") for word in words)
    score = float(values["height"]) * (1.0 if values["kind"] == "hill" else 0.5)
    for step in (1, 2, 3):
        report(step, score)
    return score


def opened(where: str) -> OpenStorage:
    """The storage of the small study."""
    return open_storage(where, "hill")


def joined(
    where: str, method: Method = UNPRUNED, space: Space = SPACE, **terms: object
) -> TuningStudy:
    """A seat in the small study."""
    return join(opened(where), space, method, {**TERMS, **terms})


def worker(
    where: str, trials: int, sampler: str = "random", manner: str = "go"
) -> "subprocess.Popen[str]":
    """Another process at work on the study; `wait` and `hang` let it pause until it is fed."""
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, where, str(trials), sampler, manner],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={"PYTHONPATH": f"{Path(__file__).parent}:{':'.join(sys.path)}", "OMP_NUM_THREADS": "1"},
    )  # fmt: skip


def hill_task(**parts: Any) -> TuningTask:
    """The hill as a task; it is not made for being taught."""
    usual: dict[str, Any] = {
        "name": "hills", "config": Settings(), "space": SPACE, "terms": TERMS,
        "examples": "hills", "check": lambda _words: None, "subject": "a hill",
        "measure": "height", "objective": climb, "teach": None, "compare": None,
        "compare_afresh": None, "afresh": "on another hill", "test_note": "Both climbed once.",
        "luck_note": "Another hill chose nothing.",
    }  # fmt: skip
    return TuningTask(**{**usual, **parts})


class ReachedError(Exception):
    """Raised where a test has seen enough."""


def search_for(space: Path | None, trials: int = 2) -> Search:
    """A search by chance that ends soon."""
    return Search(space, Method("random", "none"), Budget(trials))


def task_of(
    tuner: ModuleType, config: Any, space: Path, monkeypatch: pytest.MonkeyPatch
) -> TuningTask:
    """What the tuning of a task would begin with."""
    given: list[TuningTask] = []

    def stop(task: TuningTask, *_: object) -> None:
        given.append(task)
        raise ReachedError

    with monkeypatch.context() as patch:
        patch.setattr(tuner, "search_settings", stop)
        with pytest.raises(ReachedError):
            tuner.tune(config, search_for(space))
    return given[0]

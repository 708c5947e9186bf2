"""What a run's folder says about itself, read without loading anything of its task."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from touchline.errors import UsageError
from touchline.reporting.confidence import Score
from touchline.run_listing.plain_values import read_plain
from touchline.runs import STUDY
from touchline.tasks import TASKS
from touchline.training.tracking.figures import is_score

CONFIG, METRICS, MANIFEST, EPOCHS = "config.yaml", "metrics.json", "manifest.json", "results.csv"
NO_SHARES = {"brier", "calibration_error", "density", "kid", "log_loss", "set_size"}
"""Scores that are no shares, which `metrics.json` does not say of them."""


@dataclass(frozen=True)
class RunRecord:
    """One run as its files tell it.

    Attributes:
        folder: where it lies.
        task: a name in `TASKS`.
        settings: its `config.yaml`.
        metrics, manifest: those files; empty where they are missing or broken.
        begun: when it was begun, or last gone on with.
        epochs: rows of `results.csv`.
    """

    folder: Path
    task: str
    settings: Mapping[str, Any] = field(repr=False)
    metrics: Mapping[str, Any] = field(repr=False)
    manifest: Mapping[str, Any] = field(repr=False)
    begun: datetime
    epochs: int

    @property
    def finished(self) -> bool:
        """Whether it was scored and written down to its end."""
        return bool(self.metrics and self.manifest)

    @property
    def state(self) -> str:
        """In words: finished, of which run it is an evaluation, or how far it came."""
        if not self.finished:
            return (
                f"unfinished after {self.epochs} {TASKS[self.task].step}{'s' * (self.epochs != 1)}"
            )
        of_run = self.manifest.get("of_run")
        return f"evaluation of {of_run}" if of_run else "finished"

    @property
    def score(self) -> tuple[str, Score] | None:
        """The main score and where in `metrics.json` it lies; None where there is none."""
        for pattern in TASKS[self.task].scores:
            for path, values in _at(self.metrics, pattern.split(".")):
                if (score := score_of(values, path.rpartition(".")[2])) is not None:
                    return path, score
        return None

    @property
    def seconds(self) -> float | None:
        """How long it took, from raw files to report."""
        found = self.manifest.get("seconds")
        return float(found) if isinstance(found, int | float) else None

    @property
    def commit(self) -> str | None:
        """The commit of Touchline that made it; None where it was no checkout."""
        found = self.manifest.get("commit")
        return found if isinstance(found, str) else None

    def as_dict(self) -> dict[str, Any]:
        """For JSON: what a listing shows."""
        score = self.score
        return {
            "run": str(self.folder), "task": self.task, "state": self.state,
            "finished": self.finished, "begun": self.begun.isoformat(timespec="seconds"),
            "score": {"name": score[0], **score[1].as_dict()} if score else None,
            "seconds": self.seconds, "commit": self.commit,
        }  # fmt: skip


def read_record(folder: Path) -> RunRecord:
    """What a folder says of the run in it.

    Raises:
        UsageError: when there is no run of any task, or a tuning study.
    """
    if (folder / STUDY).is_file():
        raise UsageError(
            "the folder of a run", f"a tuning study in {folder}",
            "Name one of its runs, `winner` or `untuned`.",
        )  # fmt: skip
    settings = read_plain(folder / CONFIG)
    task = next((name for name, task in TASKS.items() if task.known_by in settings), None)
    if task is None:
        raise UsageError(
            "the folder of a run", f"no {CONFIG} of a run in {folder}",
            "`touchline runs ls` shows which there are.",
        )  # fmt: skip
    return RunRecord(
        folder, task, settings, read_plain(folder / METRICS),
        read_plain(folder / MANIFEST),
        datetime.fromtimestamp((folder / CONFIG).stat().st_mtime).astimezone(),
        _epochs(folder / EPOCHS),
    )  # fmt: skip


def find_runs(folder: Path) -> list[RunRecord]:
    """The runs in and below a folder, in order of their paths.

    Links are not followed, hidden folders not looked into, nor are the folders of a run.

    Raises:
        UsageError: when there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(
            "a folder of runs", f"none at {folder}",
            "Name one, or make a run first, e.g. with `touchline photos train DIR`.",
        )  # fmt: skip
    return list(_runs_below(folder))


def score_of(values: Any, name: str) -> Score | None:
    """A score of a `metrics.json` read back; None for anything else.

    Args:
        values: what the file holds there.
        name: of the score, which tells its unit.

    >>> score_of({"value": 0.5, "n": "many", "low": 0.1, "high": 0.9}, "accuracy")
    """
    if not is_score(values) or not isinstance(values["n"], int):
        return None
    value, low, high = (
        float(values[key]) if isinstance(values[key], int | float) else math.nan
        for key in ("value", "low", "high")
    )
    return Score(value, values["n"], low, high, "number" if name in NO_SHARES else "share")


def _runs_below(folder: Path) -> Iterator[RunRecord]:
    try:
        yield read_record(folder)
    except UsageError:
        for inner in sorted(folder.iterdir()):
            if inner.is_dir() and not inner.is_symlink() and not inner.name.startswith("."):
                yield from _runs_below(inner)


def _at(values: Any, parts: list[str], above: str = "") -> Iterator[tuple[str, Any]]:
    """What lies at a dotted pattern, with its path."""
    if not parts:
        yield above, values
    elif isinstance(values, Mapping):
        for name, inner in values.items():
            if fnmatchcase(name, parts[0]):
                yield from _at(inner, parts[1:], f"{above}.{name}" if above else name)


def _epochs(path: Path) -> int:
    try:
        return max(0, len(path.read_text(encoding="utf-8").splitlines()) - 1)
    except (OSError, UnicodeDecodeError):
        return 0

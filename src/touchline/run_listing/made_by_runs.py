"""Which files a run of any task makes in its folder, at any depth; all others are a person's."""

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePath

from touchline.training.tracking.at_work import LOCK

TRAINING = (
    "results.csv", "tensorboard/events.out.tfevents.*", "weights/best.safetensors",
    "weights/last*.ckpt",
)  # fmt: skip
"""What a training makes: of the run itself, of a fold, or of the head on its own."""
PARTS = ("", "head-*/", "folds/repeat-*-fold-*/", "folds/repeat-*-fold-*/head-*/")
"""Where trainings lie in a run."""
PLOTS = (
    "actions-*", "average_precision", "confusion_matrix", "differences", "f1", "match-*",
    "ranks-*", "reliability", "risk_coverage", "strips", "thresholds", "time_errors", "tolerance",
    "training",
)  # fmt: skip
MADE = (
    LOCK, "*.onnx", "*.onnx.data", "begun.json", "calibration.json", "config.yaml",
    "confusion_matrix.csv", "copies.csv", "labels.json", "learnt.txt", "manifest.json",
    "metrics.json", "per_class.csv", "plots/pairs/*.png", "plots/samples.jpg",
    "plots/synthetic-round-*.jpg", "predictions.parquet", "preprocess.json",
    "report.html", "rounds/*/**", "samples/images-*.jpg", "scope.safetensors",
    "seen.json", "snapshots.json", "split.csv", "tracking.json", "wandb/*run-*/**",
    "wandb/debug*.log", "wandb/latest-run", "weights/images-*.safetensors",
    "weights/scope.safetensors",
    *(f"plots/{name}.png" for name in PLOTS),
    *(part + name for part in PARTS for name in TRAINING),
)  # fmt: skip
"""Patterns of paths, part by part; `**` at the end is whatever lies below."""
_HALF_WRITTEN = re.compile(r"\.(?P<name>.+)\.[a-z0-9_]{8}")
"""What `touchline.files.write_atomically` calls a file not yet whole; a kill leaves it behind."""


def foreign_files(folder: Path) -> list[PurePath]:
    """The files and links in a run's folder that no run makes, by their paths in it, sorted.

    A link to a folder is one such path; what it leads to is not looked at.
    """
    return sorted(path for path in _files_below(folder) if not is_made_by_runs(path))


def is_made_by_runs(path: PurePath) -> bool:
    """Whether a run makes such a file; a link in its place is as good.

    >>> [is_made_by_runs(PurePath(name)) for name in ("plots/f1.png", "plots/cup.png", "f1.png")]
    [True, False, False]
    >>> is_made_by_runs(PurePath("weights/.best.safetensors.k3_x9abc"))
    True
    """
    half_written = _HALF_WRITTEN.fullmatch(path.name)
    whole = path.with_name(half_written["name"]) if half_written else path
    return any(_fits(whole.parts, tuple(pattern.split("/"))) for pattern in MADE)


def _fits(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    if pattern[-1] == "**" and len(parts) >= len(pattern):
        parts, pattern = parts[: len(pattern) - 1], pattern[:-1]
    return len(parts) == len(pattern) and all(map(fnmatchcase, parts, pattern))


def _files_below(folder: Path) -> Iterator[PurePath]:
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in (*files, *links):
            yield Path(place, name).relative_to(folder)

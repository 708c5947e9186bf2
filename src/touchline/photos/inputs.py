"""What a person names to be labelled, file by file: files, folders, globs, a list on stdin."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from touchline.errors import UsageError
from touchline.media.folder_contents import COMPANIONS, SERVICE_FOLDERS

STANDARD_INPUT = "-"


def list_inputs(words: Sequence[str], lines: Iterable[str]) -> Iterator[Path]:
    """The files to label, lazily and in a stable order.

    A folder gives its files and those of its sub-folders, sorted by name, without hidden ones,
    `COMPANIONS` and what lies in `SERVICE_FOLDERS`; links to folders are not followed. A file that
    is named outright is always given, so that a missing or wrong one is reported. A glob pattern
    gives its sorted matches outside `SERVICE_FOLDERS`.

    Args:
        words: paths, patterns, or `-` for one path a line.
        lines: what `-` stands for.

    Raises:
        UsageError: a pattern or a folder that gives nothing.
    """
    # A word longer than any path is none; `Path` would raise an error instead of saying so.
    for word in words:
        if word == STANDARD_INPUT:
            yield from (Path(line.rstrip("\r\n")) for line in lines if line.strip())
        elif os.path.isdir(word):  # noqa: PTH112
            yield from _some(_files_below(Path(word)), word)
        elif glob.has_magic(word) and not os.path.exists(word):  # noqa: PTH110
            yield from _some(_matches(word), word)
        else:
            yield Path(word)


def _matches(pattern: str) -> Iterator[Path]:
    # pathlib can expand patterns below a folder only, not ones that begin with / or ..
    for name in sorted(glob.iglob(pattern, recursive=True)):  # noqa: PTH207
        path = Path(name)
        if not SERVICE_FOLDERS.isdisjoint(path.parts):
            continue
        if path.is_dir():
            yield from _files_below(path)
        else:
            yield path


def _files_below(folder: Path) -> Iterator[Path]:
    """Files of a folder tree; only one folder's names are in memory at a time."""
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in SERVICE_FOLDERS
        )
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() not in COMPANIONS:
                yield Path(above) / name


def _some(paths: Iterator[Path], word: str) -> Iterator[Path]:
    first = next(paths, None)
    if first is None:
        raise UsageError("photos to label", f"none in {word}", "Name another folder or pattern.")
    yield first
    yield from paths

"""A walk over the folders below a root: in order, each once, past what storage boxes leave."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

SERVICE_FOLDERS = frozenset({"@eaDir", "__MACOSX"})
"""Folders that storage boxes and archivers leave behind."""


def walk_folders(
    root: Path, is_leaf: Callable[[list[str]], bool], unreadable: Callable[[OSError], None]
) -> Iterator[tuple[Path, list[str]]]:
    """Each folder from `root` down, by name, with the sorted names of its files.

    Links are followed, but every folder is entered once; hidden folders are passed over.

    Args:
        root: where to begin; it is given first.
        is_leaf: from the names of a folder's files, whether what lies below it is of no interest.
        unreadable: is told of each folder that cannot be listed.
    """
    seen: set[tuple[int, int]] = set()
    for folder, inner, files in os.walk(root, followlinks=True, onerror=unreadable):
        state = Path(folder).stat()
        if (state.st_dev, state.st_ino) in seen:
            inner.clear()
            continue
        seen.add((state.st_dev, state.st_ino))
        names = sorted(name for name in files if not name.startswith("."))
        if is_leaf(names):
            inner.clear()
        inner[:] = sorted(name for name in inner if _is_of_interest(name))
        yield Path(folder), names


def _is_of_interest(folder: str) -> bool:
    return not folder.startswith(".") and folder not in SERVICE_FOLDERS

"""The pictures that lie below a folder, by name only: none is opened, whatever their number."""

import os
from collections.abc import Iterator
from pathlib import Path

from touchline.errors import UsageError
from touchline.media.images import IMAGE_ENDINGS

SERVICE_FOLDERS = frozenset({"@eaDir", "__MACOSX"})
"""Folders that storage boxes and archivers leave behind; they hold thumbnails, not crops."""

_ENDINGS = tuple(IMAGE_ENDINGS)


def pictures_below(folder: Path) -> list[str]:
    """Paths of all pictures below a folder, relative to it, with `/`, sorted.

    Hidden files and folders, `SERVICE_FOLDERS` and files of other kinds (Thumbs.db, sidecars) are
    passed over. Links are followed; a folder that is reached twice is read once.

    Raises:
        UsageError: a folder cannot be read; what is in it cannot be told from what is missing.
    """
    return sorted(walk_pictures(folder))


def walk_pictures(folder: Path) -> Iterator[str]:
    """As `pictures_below`, in no order, each as soon as it is found."""
    seen: set[tuple[int, int]] = set()
    waiting = [""]
    while waiting:
        inner = waiting.pop()
        for name, is_folder in _entries(folder / inner, seen):
            path = f"{inner}/{name}" if inner else name
            if is_folder:
                waiting.append(path)
            elif name.lower().endswith(_ENDINGS):
                yield path


def _entries(folder: Path, seen: set[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Name of each entry, and whether it is a folder; nothing of a folder that is in `seen`."""
    try:
        state = folder.stat()
        if (state.st_dev, state.st_ino) in seen:
            return []
        seen.add((state.st_dev, state.st_ino))
        with os.scandir(folder) as entries:
            return [
                (entry.name, _is_folder(entry))
                for entry in entries
                if not entry.name.startswith(".") and entry.name not in SERVICE_FOLDERS
            ]
    except OSError as error:
        raise UsageError(
            "a folder of crops that can be read", f"{folder}: {error.strerror}",
            "Check that it exists, and its permissions.",
        ) from error  # fmt: skip


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """A link that leads to itself is none: it is named where it is read, as any broken file."""
    try:
        return entry.is_dir()
    except OSError:
        return False

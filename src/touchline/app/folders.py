"""The folders beneath the roots that a person may choose from; none is ever typed."""

from collections import deque
from collections.abc import Iterator
from pathlib import Path

from touchline.app.roots import Roots

MOST_FOLDERS = 2000


def choosable(roots: Roots, most: int = MOST_FOLDERS) -> list[Path]:
    """The roots and the folders beneath them, those near the top first.

    Hidden folders and links are not followed, and what cannot be read is passed over.

    Args:
        roots: where to begin.
        most: folders at most; archives may have very many.
    """
    found: list[Path] = []
    waiting = deque(roots.folders)
    while waiting and len(found) < most:
        folder = waiting.popleft()
        found.append(folder)
        waiting.extend(_inner(folder))
    return found


def shown_as(folder: Path, roots: Roots) -> str:
    """A folder as people see it: the root's name, and where it lies beneath.

    >>> shown_as(Path("/data/photos/2026/may"), Roots((Path("/data/photos"),)))
    'photos/2026/may'
    """
    for root in roots.folders:
        if folder.is_relative_to(root):
            return "/".join((root.name or str(root), *folder.relative_to(root).parts))
    return str(folder)


def _inner(folder: Path) -> Iterator[Path]:
    try:
        names = sorted(folder.iterdir())
    except OSError:
        return
    for each in names:
        if not each.name.startswith(".") and each.is_dir() and not each.is_symlink():
            yield each

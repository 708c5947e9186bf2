"""Whether folders can be written, found out before anything is touched."""

import os
from collections.abc import Iterable
from pathlib import Path

from touchline.errors import EnvironmentMissingError

FOLDERS_SHOWN = 3


def refuse_unwritable(folders: Iterable[Path]) -> None:
    """Raise when any of these folders cannot be written.

    Raises:
        EnvironmentMissingError: naming some of them.
    """
    read_only = sorted({str(folder) for folder in folders if not _is_writable(folder)})
    if read_only:
        more = f" and {len(read_only) - FOLDERS_SHOWN} more" if read_only[FOLDERS_SHOWN:] else ""
        named = ", ".join(read_only[:FOLDERS_SHOWN]) + more
        raise EnvironmentMissingError(
            "folders that can be written", f"no permission to write {named}",
            "Make them writable; nothing has been touched.",
        )  # fmt: skip


def nearest_existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder


def _is_writable(folder: Path) -> bool:
    effective = os.access in os.supports_effective_ids
    return os.access(folder, os.W_OK | os.X_OK, effective_ids=effective)

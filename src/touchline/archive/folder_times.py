"""The times of folders, remembered before their first change and put back when it is undone.

A folder gets its old time back only when it holds exactly the names it held then; otherwise a
person has changed it since, and its time is theirs.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from touchline.archive.durable import sync_names
from touchline.archive.journal import Entry
from touchline.errors import EnvironmentMissingError
from touchline.files import sha256_of_bytes


def remembered(folder: Path) -> Entry:
    """A journal entry with the folder's time and names as they are now.

    Raises:
        EnvironmentMissingError: when the folder cannot be read.
    """
    try:
        mtime_ns, names = folder.stat().st_mtime_ns, _names_hash(folder)
    except OSError as error:
        raise EnvironmentMissingError(
            f"to list the folder {folder}", (error.strerror or str(error)).lower(),
            "Make it readable, then run the same command again.",
        ) from error  # fmt: skip
    return {"step": "folder", "path": str(folder), "mtime_ns": mtime_ns, "names": names}


def missing_folders(folder: Path) -> list[Path]:
    """The folders that must be made, outermost first, for `folder` to exist."""
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    return missing[::-1]


def make_folders(folders: Sequence[Path]) -> None:
    """Make these folders, outermost first, so that they outlive a power cut.

    One that exists by now is as good.

    Raises:
        EnvironmentMissingError: when a folder cannot be made.
    """
    for folder in folders:
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise EnvironmentMissingError(
                f"to make the folder {folder}", (error.strerror or str(error)).lower(),
                "Mend that, then run the same command again; what is done is kept.",
            ) from error  # fmt: skip
    for parent in {folder.parent for folder in folders}:
        sync_names(parent)


def restore_times(entries: Iterable[Entry]) -> None:
    """Put back the time of every remembered folder that holds the names it held then."""
    for entry in entries:
        folder = Path(entry["path"])
        try:
            if _names_hash(folder) == entry["names"]:
                found = folder.stat()
                if found.st_mtime_ns != entry["mtime_ns"]:
                    os.utime(folder, ns=(found.st_atime_ns, entry["mtime_ns"]))
                    sync_names(folder)
        except OSError:
            continue  # gone, or not ours to change


def _names_hash(folder: Path) -> str:
    return sha256_of_bytes(b"\0".join(sorted(map(os.fsencode, os.listdir(folder)))))  # noqa: PTH208

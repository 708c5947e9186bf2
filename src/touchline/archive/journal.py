"""What was about to be done, written down before it is done: one JSON object a line.

Append-only, forced to the disk, locked while in use. What a crash tore off the end was never acted
on, so it is dropped. A line `synced` says that all before it was on the disk: damage before such a
line is no crash's doing, and the journal is refused.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from touchline.archive.durable import sync_names
from touchline.errors import EnvironmentMissingError, UsageError

Entry = dict[str, Any]
SYNCED: Entry = {"step": "synced"}


class Journal:
    """An open, locked journal.

    Attributes:
        path: the file.
        entries: every entry so far, oldest first.
    """

    def __init__(self, path: Path, descriptor: int, entries: list[Entry]) -> None:
        self.path, self.entries, self._descriptor = path, entries, descriptor
        self._is_synced = bool(entries)

    def append(self, entries: Iterable[Entry], *, sync: bool = True) -> None:
        """Add entries; with `sync` they, and all before them, outlive a power cut on return.

        Without `sync` they outlive a killed process only, until the next synced ones.

        Raises:
            EnvironmentMissingError: when they cannot be written; nothing of them counts then.
        """
        added = [SYNCED, *entries] if self._is_synced else list(entries)
        text = "".join(json.dumps(entry) + "\n" for entry in added).encode()
        try:
            while text:
                text = text[os.write(self._descriptor, text) :]
            if sync:
                os.fsync(self._descriptor)
        except OSError as error:
            raise EnvironmentMissingError(
                f"room to write {self.path}", (error.strerror or str(error)).lower(),
                "Mend that, then run the same command again; what is done is kept.",
            ) from error  # fmt: skip
        self._is_synced = sync
        self.entries += added


@contextmanager
def open_journal(path: Path) -> Iterator[Journal]:
    """Open and lock the journal at `path`, made if need be; one left empty is removed again.

    Raises:
        UsageError: when another process has it, or a line inside it is damaged.
        EnvironmentMissingError: when it cannot be written or locked.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise EnvironmentMissingError(
            f"a journal at {path}", (error.strerror or str(error)).lower(),
            "Make its folder writable, or move the file it belongs to where you can write.",
        ) from error  # fmt: skip
    try:
        _lock(path, descriptor)
        entries, length = _parsed(path.read_bytes(), path)
        os.ftruncate(descriptor, length)
        os.fsync(descriptor)  # a crashed process may have left entries unsynced
        sync_names(path.parent)
        try:
            yield Journal(path, descriptor, entries)
        finally:
            if os.fstat(descriptor).st_size == 0:
                path.unlink()
    finally:
        os.close(descriptor)


def read_journal(path: Path) -> list[Entry]:
    """The entries of a journal, oldest first; none where there is no file. Touches nothing.

    Raises:
        UsageError: when a line inside it is damaged.
    """
    return _parsed(path.read_bytes(), path)[0] if path.is_file() else []


def _lock(path: Path, descriptor: int) -> None:
    """Lock the open file, and make sure that `path` still names it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_current = os.fstat(descriptor).st_ino == path.stat().st_ino
    except (BlockingIOError, FileNotFoundError):
        is_current = False
    except OSError as error:
        raise EnvironmentMissingError(
            f"to lock the journal {path}", (error.strerror or str(error)).lower(),
            "Keep the file it belongs to on a disk of this machine.",
        ) from error  # fmt: skip
    if not is_current:
        raise UsageError(
            f"the journal {path} to ourselves", "another touchline process at work with it",
            "Wait until that one has ended, then run again.",
        )  # fmt: skip


def _parsed(content: bytes, path: Path) -> tuple[list[Entry], int]:
    """The entries, and the number of bytes they take; what a crash tore off the end is left out."""
    entries: list[Entry] = []
    length = 0
    lines = content.split(b"\n")
    for number, line in enumerate(lines, start=1):
        entry = _entry(line) if number < len(lines) else None  # the last has no line end
        if entry is None:
            if SYNCED in map(_entry, lines[number:]):
                raise UsageError(
                    "a whole journal", f"a damaged line {number} in {path}",
                    "Put back a copy of that file; without it nothing can be finished or undone.",
                )  # fmt: skip
            break
        entries.append(entry)
        length += len(line) + 1
    return entries, length


def _entry(line: bytes) -> Entry | None:
    """What a line says, or None when it is damaged."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and "step" in entry else None

"""Small files replaced or made whole, many at a time, none of them over a person's change."""

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from touchline.archive.durable import add_name, sync_files, sync_names
from touchline.archive.faults import ChangedError, noted_in
from touchline.files import sha256_of_bytes


@dataclass(frozen=True)
class Replacement:
    """New content for a file.

    Attributes:
        path: the file.
        content: what it shall hold.
        unfinished: a name of our own beside it, for the content while it is being written.
        expected: hash of what it must hold until then; None when there must be no such file.
        mtime_ns: the time it shall have; None for now.
    """

    path: Path
    content: bytes
    unfinished: Path
    expected: str | None
    mtime_ns: int | None = None


def replace_all(files: Sequence[Replacement]) -> dict[Path, str]:
    """Put all contents in place, and return by path why some could not be.

    A reader, or a crash, sees the old file or the new one. An existing file keeps its permissions
    and, where allowed, its owner. On return everything outlives a power cut.

    Raises:
        EnvironmentMissingError: when the disk is full or cannot be written.
    """
    refused: dict[Path, str] = {}
    try:
        for file in files:
            with noted_in(refused, file.path, file.path):
                _write_unfinished(file)
        written = [file for file in files if file.path not in refused]
        synced = sync_files([file.unfinished for file in written])
        for file in written:
            with noted_in(refused, file.path, file.path):
                synced[file.unfinished].result()
                _put_in_place(file)
    finally:
        for file in files:
            file.unfinished.unlink(missing_ok=True)
    for folder in {file.path.parent for file in files}:
        sync_names(folder)
    return refused


def _write_unfinished(file: Replacement) -> None:
    with file.unfinished.open("xb") as stream:
        stream.write(file.content)
    if file.expected is not None:
        found = file.path.stat()
        with contextlib.suppress(PermissionError):
            os.chown(file.unfinished, found.st_uid, found.st_gid)
        file.unfinished.chmod(found.st_mode & 0o7777)
    if file.mtime_ns is not None:
        os.utime(file.unfinished, ns=(file.mtime_ns, file.mtime_ns))


def _put_in_place(file: Replacement) -> None:
    if file.expected is None:
        add_name(file.unfinished, file.path)
        return
    if sha256_of_bytes(file.path.read_bytes()) != file.expected:
        raise ChangedError("it was changed just now by another program")
    file.unfinished.replace(file.path)

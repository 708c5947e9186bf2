"""One step of sorting: give a file another name, or a copy, or a link, and never overwrite any.

Every step can be told from its traces: `apply` and `undo` look at the disk to see how far a crashed
run came. A copy grows under a temporary name and gets its real one when it is whole and on disk.
"""

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from touchline.archive.durable import add_name, sync_files, sync_names
from touchline.archive.faults import CHANGED, ChangedError, noted_in
from touchline.files import HASH_BLOCK_BYTES, sha256_of_file

Mode = Literal["symlink", "hardlink", "copy", "move"]
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class Transfer:
    """A file, where it goes, the hash its content must have, and the name of an unfinished copy."""

    source: Path
    destination: Path
    sha256: str
    unfinished: Path


def carry_out(transfers: Sequence[Transfer], mode: Mode) -> dict[Transfer, str]:
    """Carry out a batch, and return why for each transfer that could not be.

    On return everything carried out outlives a power cut. A moved file loses its old name only
    after its new one is on the disk. The folders of the destinations must exist.

    Raises:
        EnvironmentMissingError: when the disk is full or cannot be written; the rest is as it was.
    """
    refused: dict[Transfer, str] = {}
    to_copy = list(transfers) if mode == "copy" else []
    for transfer in transfers if mode != "copy" else ():
        with noted_in(refused, transfer, transfer.destination):
            if not _PLACE[mode](transfer):
                to_copy.append(transfer)
    _copy_all(to_copy, refused)
    placed = [transfer for transfer in transfers if transfer not in refused]
    for folder in {transfer.destination.parent for transfer in placed}:
        sync_names(folder)
    if mode == "move":
        for transfer in placed:
            with noted_in(refused, transfer, transfer.destination):
                _drop_old_name(transfer)
        for folder in {transfer.source.parent for transfer in placed}:
            sync_names(folder)
    return refused


def is_placed(transfer: Transfer, mode: Mode) -> bool:
    """Whether the destination holds what the transfer puts there (for a move, source or not)."""
    source, destination = transfer.source, transfer.destination
    if mode == "symlink":
        return destination.is_symlink() and str(destination.readlink()) == str(source)
    if mode == "hardlink":
        return is_same_file(source, destination)
    return has_content(destination, transfer.sha256)


def is_same_file(one: Path, other: Path) -> bool:
    """Whether both are names of one file; links are not followed."""
    try:
        return os.path.samestat(one.lstat(), other.lstat())
    except OSError:
        return False


def has_content(path: Path, sha256: str) -> bool:
    """Whether `path` is a plain file, no link, with this content."""
    try:
        return path.is_file() and not path.is_symlink() and sha256_of_file(path) == sha256
    except OSError:
        return False


def finish_move(transfer: Transfer) -> bool:
    """Complete a move that a crash cut short; whether the destination now has the file alone.

    False, with nothing touched, when the destination is not what the move puts there.
    """
    if not is_placed(transfer, "move"):
        return False
    sync_names(transfer.destination.parent)
    if os.path.lexists(transfer.source):
        _drop_old_name(transfer)
    if transfer.source.parent.exists():
        sync_names(transfer.source.parent)
    return True


def _symlink(transfer: Transfer) -> bool:
    transfer.destination.symlink_to(transfer.source)
    return True


def _hardlink(transfer: Transfer) -> bool:
    os.link(transfer.source, transfer.destination)
    return True


def _move(transfer: Transfer) -> bool:
    """Give the file its new name; False when that lies on another file system."""
    try:
        add_name(transfer.source, transfer.destination)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True


_PLACE = {"symlink": _symlink, "hardlink": _hardlink, "move": _move}


def _copy_all(transfers: Sequence[Transfer], refused: dict[Transfer, str]) -> None:
    """Write all copies, put them on the disk, and only then give them their names."""
    try:
        for transfer in transfers:
            with noted_in(refused, transfer, transfer.destination):
                _write_copy(transfer)
        written = [transfer for transfer in transfers if transfer not in refused]
        synced = sync_files([transfer.unfinished for transfer in written])
        for transfer in written:
            with noted_in(refused, transfer, transfer.destination):
                synced[transfer.unfinished].result()
                add_name(transfer.unfinished, transfer.destination)
    finally:
        for transfer in transfers:
            transfer.unfinished.unlink(missing_ok=True)


def _write_copy(transfer: Transfer) -> None:
    """Copy content, times, permissions and, where allowed, owner and extended attributes."""
    digest = hashlib.sha256()
    with transfer.source.open("rb") as reading, transfer.unfinished.open("xb") as writing:
        while block := reading.read(HASH_BLOCK_BYTES):
            digest.update(block)
            writing.write(block)
        found = os.fstat(reading.fileno())
    if digest.hexdigest() != transfer.sha256:
        raise ChangedError(CHANGED)
    with contextlib.suppress(PermissionError):
        os.chown(transfer.unfinished, found.st_uid, found.st_gid)
    with contextlib.suppress(PermissionError):
        shutil.copystat(transfer.source, transfer.unfinished)


def _drop_old_name(transfer: Transfer) -> None:
    """Remove the source, whose content the destination has by now, unless it was changed."""
    source = transfer.source
    if not os.path.lexists(source):
        return  # it was renamed in one step
    if not is_same_file(source, transfer.destination) and not has_content(source, transfer.sha256):
        raise ChangedError(f"it changed while being moved; as it was, it is {transfer.destination}")
    source.unlink()

"""One step of sorting: give a file another name, or a copy, or a link, and never overwrite any.

Every step can be told from its traces: `apply` and `undo` look at the disk to see how far a crashed
run came. A copy grows under a temporary name and gets its real one when it is whole and on disk.
"""

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from touchline.errors import EnvironmentMissingError
from touchline.files import HASH_BLOCK_BYTES, sha256_of_file, sync_folder

Mode = Literal["symlink", "hardlink", "copy", "move"]
MODES: tuple[Mode, ...] = get_args(Mode)
CHANGED = "its content changed since it was labelled"
_NO_HARD_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)
_NOTHING_WILL_WORK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_CURRENT_FOLDER, _NO_REPLACE = -100, 1  # AT_FDCWD and RENAME_NOREPLACE of Linux


@dataclass(frozen=True)
class Transfer:
    """A file, where it goes, the hash its content must have, and the name of an unfinished copy."""

    source: Path
    destination: Path
    sha256: str
    unfinished: Path


class ChangedError(Exception):
    """The source is not, or no longer, what was expected."""


def carry_out(transfers: Sequence[Transfer], mode: Mode) -> dict[Transfer, str]:
    """Carry out a batch, and return why for each transfer that could not be.

    On return everything carried out outlives a power cut. A moved file loses its old name only
    after its new one is on the disk. The folders of the destinations must exist.

    Raises:
        EnvironmentMissingError: when the disk is full or cannot be written; the rest is as it was.
    """
    refused: dict[Transfer, str] = {}
    for transfer in transfers:
        with _reasons_in(refused, transfer):
            _PLACE[mode](transfer)
    placed = [transfer for transfer in transfers if transfer not in refused]
    for folder in {transfer.destination.parent for transfer in placed}:
        sync_folder(folder)
    if mode == "move":
        for transfer in placed:
            with _reasons_in(refused, transfer):
                _drop_old_name(transfer)
        for folder in {transfer.source.parent for transfer in placed}:
            sync_folder(folder)
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


def refuse_changed(source: Path, sha256: str) -> None:
    """Raise when the file's content is not what was labelled.

    Raises:
        ChangedError: its hash is another one.
        OSError: when it cannot be read.
    """
    if sha256_of_file(source) != sha256:
        raise ChangedError(CHANGED)


def reason_of(error: OSError | ChangedError) -> str:
    """Why a file was skipped, in words.

    >>> reason_of(OSError(2, "No such file or directory"))
    'no such file or directory'
    """
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)


def finish_move(transfer: Transfer) -> bool:
    """Complete a move that a crash cut short; whether the destination now has the file alone.

    False, with nothing touched, when the destination is not what the move puts there.
    """
    if not is_placed(transfer, "move"):
        return False
    if os.path.lexists(transfer.source):
        sync_folder(transfer.destination.parent)
        _drop_old_name(transfer)
        sync_folder(transfer.source.parent)
    return True


@contextlib.contextmanager
def _reasons_in(refused: dict[Transfer, str], transfer: Transfer) -> Iterator[None]:
    """Note why a transfer failed; a fault that will meet all the others too stops the batch."""
    try:
        yield
    except FileExistsError:
        refused[transfer] = f"a file appeared at {transfer.destination}"
    except (OSError, ChangedError) as error:
        if isinstance(error, OSError) and error.errno in _NOTHING_WILL_WORK:
            raise EnvironmentMissingError(
                f"room to write {transfer.destination}", reason_of(error),
                "Mend that, then run the same command again; what is done is kept.",
            ) from error  # fmt: skip
        refused[transfer] = reason_of(error)


def _symlink(transfer: Transfer) -> None:
    transfer.destination.symlink_to(transfer.source)


def _hardlink(transfer: Transfer) -> None:
    os.link(transfer.source, transfer.destination)


def _copy(transfer: Transfer) -> None:
    """Copy content, times, permissions and, where allowed, owner and extended attributes."""
    digest = hashlib.sha256()
    try:
        with transfer.source.open("rb") as reading, transfer.unfinished.open("xb") as writing:
            while block := reading.read(HASH_BLOCK_BYTES):
                digest.update(block)
                writing.write(block)
            writing.flush()
            found = os.fstat(reading.fileno())
            with contextlib.suppress(PermissionError):
                os.fchown(writing.fileno(), found.st_uid, found.st_gid)
            with contextlib.suppress(PermissionError):
                shutil.copystat(transfer.source, transfer.unfinished)
            os.fsync(writing.fileno())
        if digest.hexdigest() != transfer.sha256:
            raise ChangedError(CHANGED)
        _add_name(transfer.unfinished, transfer.destination)
    finally:
        transfer.unfinished.unlink(missing_ok=True)


def _move(transfer: Transfer) -> None:
    try:
        _add_name(transfer.source, transfer.destination)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(transfer)


_PLACE = {"symlink": _symlink, "hardlink": _hardlink, "copy": _copy, "move": _move}


def _drop_old_name(transfer: Transfer) -> None:
    """Remove the source, whose content the destination has by now, unless it was changed."""
    source = transfer.source
    if not os.path.lexists(source):
        return  # it was renamed in one step
    if not is_same_file(source, transfer.destination) and not has_content(source, transfer.sha256):
        raise ChangedError(f"it changed while being moved; as it was, it is {transfer.destination}")
    source.unlink()


def _add_name(existing: Path, name: Path) -> None:
    """Make `name` a name of the file too; where there are no hard links, its only name.

    Raises:
        FileExistsError: when `name` is taken, by whatever it may be.
        OSError: when neither way works; nothing is changed then.
    """
    try:
        os.link(existing, name, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        _rename_without_overwriting(existing, name)


def _rename_without_overwriting(existing: Path, name: Path) -> None:
    """Linux's `renameat2` with `RENAME_NOREPLACE`: for exFAT, FAT and some network shares."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        raise OSError(errno.ENOTSUP, "hard links are needed here to never overwrite a file")
    names = os.fsencode(existing), os.fsencode(name)
    if call(_CURRENT_FOLDER, names[0], _CURRENT_FOLDER, names[1], _NO_REPLACE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(existing), None, str(name))

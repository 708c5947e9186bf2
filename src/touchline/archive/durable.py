"""Names given without overwriting, and contents put on the disk before anything relies on them."""

import ctypes
import errno
import os
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

from touchline.errors import EnvironmentMissingError
from touchline.files import sync_folder

SYNCS_AT_ONCE = 8
_RENAME_UNKNOWN = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
_CURRENT_FOLDER, _NO_REPLACE = -100, 1  # AT_FDCWD and RENAME_NOREPLACE of Linux


def sync_files(paths: Collection[Path]) -> dict[Path, Future[None]]:
    """Force these files to the disk; each future holds what went wrong, or nothing.

    The disk works far faster when it is asked for many files at once.
    """
    with ThreadPoolExecutor(SYNCS_AT_ONCE) as pool:
        return {path: pool.submit(_sync_file, path) for path in paths}


def sync_names(folder: Path) -> None:
    """`sync_folder`, its fault told in our words.

    Raises:
        EnvironmentMissingError: when the disk reports a fault.
    """
    try:
        sync_folder(folder)
    except OSError as error:
        raise EnvironmentMissingError(
            f"to force the folder {folder} to the disk", (error.strerror or str(error)).lower(),
            "Look after that disk; then run the same command again.",
        ) from error  # fmt: skip


def add_name(existing: Path, name: Path) -> None:
    """Rename the file without overwriting any; where that is unknown, give it `name` as well.

    Raises:
        FileExistsError: when `name` is taken, by whatever it may be.
        OSError: when neither way works; nothing is changed then.
    """
    try:
        _rename_without_overwriting(existing, name)
    except OSError as error:
        if error.errno not in _RENAME_UNKNOWN:
            raise
        os.link(existing, name, follow_symlinks=False)


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _rename_without_overwriting(existing: Path, name: Path) -> None:
    """Linux's `renameat2` with `RENAME_NOREPLACE`, which also works where hard links do not."""
    call = _renameat2()
    if call is None:
        raise OSError(errno.ENOSYS, "this system cannot rename without overwriting")
    names = os.fsencode(existing), os.fsencode(name)
    if call(_CURRENT_FOLDER, names[0], _CURRENT_FOLDER, names[1], _NO_REPLACE) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(existing), None, str(name))


@cache
def _renameat2() -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)

"""Why a file could not be dealt with, in words; and the faults that end the whole run instead."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from touchline.errors import EnvironmentMissingError
from touchline.files import sha256_of_file

CHANGED = "its content changed since it was labelled"
_NOTHING_WILL_WORK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
Key = TypeVar("Key")


class ChangedError(Exception):
    """A file is not, or no longer, what was expected; says how."""


def reason_of(error: Exception) -> str:
    """Why a file was skipped, in words.

    >>> reason_of(OSError(2, "No such file or directory"))
    'no such file or directory'
    """
    if isinstance(error, FileExistsError) and error.filename2:
        return f"a file appeared at {error.filename2}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)


@contextmanager
def noted_in(refused: dict[Key, str], key: Key, place: Path) -> Iterator[None]:
    """Note under `key` why the block failed; a fault that all later files would meet goes on.

    Args:
        refused: the reasons so far.
        key: what the block deals with.
        place: the file that it writes.

    Raises:
        EnvironmentMissingError: the disk is full or cannot be written.
    """
    try:
        yield
    except (OSError, ChangedError) as error:
        if isinstance(error, OSError) and error.errno in _NOTHING_WILL_WORK:
            raise EnvironmentMissingError(
                f"room to write {place}", reason_of(error),
                "Mend that, then run the same command again; what is done is kept.",
            ) from error  # fmt: skip
        refused[key] = reason_of(error)


def refuse_changed(path: Path, sha256: str) -> None:
    """Raise when the file's content is not what was labelled.

    Raises:
        ChangedError: its hash is another one.
        OSError: when it cannot be read.
    """
    if sha256_of_file(path) != sha256:
        raise ChangedError(CHANGED)

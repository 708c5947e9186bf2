"""How much of a disk a folder takes, and how much there is to take."""

import shutil
from pathlib import Path

BLOCK = 4096
"""File systems give files whole blocks, nearly all of this size."""


def allocated(count: int) -> int:
    """What a file of `count` bytes takes on a disk: whole blocks.

    >>> allocated(0), allocated(1), allocated(4097)
    (0, 4096, 8192)
    """
    return -(-count // BLOCK) * BLOCK


def folder_bytes(folder: Path) -> int:
    """What everything below a folder takes on its disk, the folders themselves included.

    A folder that is not there takes nothing. Links are not followed.
    """
    if not folder.is_dir():
        return 0
    total = BLOCK
    for path in folder.rglob("*"):
        try:
            status = path.lstat()
        except FileNotFoundError:  # a temporary file that has its final name by now
            continue
        total += BLOCK if path.is_dir() else allocated(status.st_size)
    return total


def free_bytes(folder: Path) -> int:
    """What is free on the disk where a folder is, or would be made.

    >>> free_bytes(Path("/a/folder/that/is/not/there")) > 0
    True
    """
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free

"""What ran out, told from the error it showed as, and said so that a person can go on."""

import errno
import json
import re
from pathlib import Path

import torch

from touchline.errors import EnvironmentMissingError
from touchline.synth.limits.quantities import shown_bytes

SNAPSHOTS = "snapshots.json"
"""The table of what a run has kept, in its folder."""

_DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_MEMORY = (
    "can't allocate memory", "bad_alloc", "out of memory", "cannot allocate memory",
    "can't start new thread", "thread creation failed", "std::bad_array_new_length",
)  # fmt: skip


def of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, in any of the ways in which torch says so.

    >>> of_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 8 bytes"))
    True
    >>> of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    False
    """
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, RuntimeError) and tells_of_memory(str(error))


def tells_of_memory(text: str) -> bool:
    """Whether a message, or the last words of a program, say that memory ran out."""
    return any(words in text.lower() for words in _NO_MEMORY)


def of_disk(error: BaseException) -> bool:
    """Whether an error says that a disk, a quota or the allowed size of a file is full.

    >>> of_disk(OSError(errno.ENOSPC, "No space left on device"))
    True
    """
    return isinstance(error, OSError) and error.errno in _DISK_IS_FULL


def memory_ran_out(
    error: BaseException, limit: int | None, folder: Path
) -> EnvironmentMissingError:
    """What to tell when memory ran out while a run was made in `folder`.

    Args:
        error: what was raised.
        limit: bytes that were allowed; None where none was stated.
        folder: of the run.
    """
    stated = "a training within" if limit is None else f"a training within {shown_bytes(limit)} of"
    return EnvironmentMissingError(
        f"{stated} memory", f"that {_needed(str(error))}; {kept_words(folder)}",
        f"`--resume {folder}` goes on from there, with a higher --memory or where more is free; "
        "a new run needs less with a smaller training.batch_size.",
    )  # fmt: skip


def _needed(said: str) -> str:
    """How much the allocation that failed asked for, where its error tells.

    >>> _needed("CUDA out of memory. Tried to allocate 2.00 GiB.")
    '2.00 GiB more were needed'
    """
    if on_cpu := re.search(r"tried to allocate (\d+) bytes", said):
        return f"{shown_bytes(int(on_cpu[1]))} more were needed"
    if on_gpu := re.search(r"Tried to allocate ([\d.]+ \w+)", said):
        return f"{on_gpu[1]} more were needed"
    return f"more was needed ({said})" if said else "more was needed"


def disk_ran_out(found: str, limit: int | None, folder: Path) -> EnvironmentMissingError:
    """What to tell when a run's folder may not grow, or its disk is full.

    Args:
        found: what was met, as in any error of ours.
        limit: bytes that were allowed; None where none was stated.
        folder: of the run.
    """
    stated = "room on the disk" if limit is None else f"a run folder within {shown_bytes(limit)}"
    return EnvironmentMissingError(
        stated, f"{found}; {kept_words(folder)}",
        f"`--resume {folder}` goes on from there, with a higher --disk or more free, or with "
        "training.keep=1.",
    )  # fmt: skip


def kept_words(folder: Path) -> str:
    """What a run has kept so far, for a message.

    >>> kept_words(Path("/a/folder/that/is/not/there"))
    'nothing was learnt yet that could be kept'
    """
    try:
        images = json.loads((folder / SNAPSHOTS).read_text(encoding="utf-8"))["images"]
    except (OSError, ValueError, KeyError, TypeError):
        return "nothing was learnt yet that could be kept"
    return f"everything up to image {images} is kept"

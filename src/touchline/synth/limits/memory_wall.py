"""A wall that memory runs into: what would go past a limit fails, and nothing is killed.

On Linux the wall is RLIMIT_DATA, which bounds the private mappings that a process may write. The
pages of files and shared memory that are resident are taken off the limit, and so is an allowance
for code that is run, and so read in, for the first time; `tighten` takes off what has come since.
So at every moment resident memory is at most the limit: writable mappings are counted whole, as
if all of them were touched, but for those of libraries that were not when the wall was built.

On a GPU the wall is the caching allocator's own, less what the driver takes for the process.
Elsewhere there is no wall, and `tighten` only looks whether the limit was passed.
"""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from touchline.synth.limits.process_memory import (
    LINUX,
    footprint,
    peak_memory,
    unused_library_data,
)  # fmt: skip
from touchline.synth.limits.quantities import shown_bytes

CODE_ALLOWANCE = 96 << 20
"""Bytes by which the code in memory may grow between two calls of `tighten`; a first backward
pass of a convolution brings in some 90 MB."""

DRIVER_ALLOWANCE = 1 << 30
"""The most, in bytes, that a GPU's driver is believed to take for one process."""

Tighten = Callable[[], None]


@contextmanager
def memory_wall(limit: int | None, device: torch.device) -> Iterator[Tighten]:
    """Keep the memory of the block within a limit.

    Args:
        limit: bytes, of the process, or on a GPU of its memory; None builds no wall.
        device: where the networks run.

    Yields:
        A function to call often, say once a step; it raises MemoryError where the limit was
        passed in spite of the wall, or where there can be no wall.

    Raises:
        MemoryError: the limit is below what is held already. Allocations that fail inside the
            block raise what they raise: MemoryError, RuntimeError or torch.OutOfMemoryError.
    """
    if limit is None:
        yield _nothing
    elif device.type == "cuda":
        with _gpu_wall(limit, device):
            yield _nothing
    elif LINUX:
        with _data_wall(limit) as tighten:
            yield tighten
    else:
        yield lambda: _refuse_past(limit, peak_memory())


def driver_memory(device: torch.device) -> int:
    """Bytes of a GPU that are taken beside torch's allocator, up to `DRIVER_ALLOWANCE`.

    What other programs take on the same GPU cannot be told from it, hence the bound.
    """
    free, total = torch.cuda.mem_get_info(device)
    return min(int(total - free - torch.cuda.memory_reserved(device)), DRIVER_ALLOWANCE)


@contextmanager
def _data_wall(limit: int) -> Iterator[Tighten]:
    _refuse_past(limit, footprint().resident)
    unused = unused_library_data()
    before, hard = resource.getrlimit(resource.RLIMIT_DATA)

    def tighten() -> None:
        now = footprint()
        _refuse_past(limit, now.resident)
        data = limit - now.shared - CODE_ALLOWANCE + unused
        bounds = [bound for bound in (before, hard) if bound != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_DATA, (max(0, min([data, *bounds])), hard))

    try:
        tighten()
        yield tighten
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, hard))


@contextmanager
def _gpu_wall(limit: int, device: torch.device) -> Iterator[None]:
    room = limit - driver_memory(device)
    _refuse_past(limit, limit - room + torch.cuda.memory_allocated(device))
    total = torch.cuda.mem_get_info(device)[1]
    torch.cuda.empty_cache()  # what lies there unused was allocated before the wall
    torch.cuda.set_per_process_memory_fraction(min(1.0, room / total), device)
    try:
        yield
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, device)


def _refuse_past(limit: int, held: int) -> None:
    if held > limit:
        raise MemoryError(f"{shown_bytes(held)} held, {shown_bytes(limit)} allowed")


def _nothing() -> None:
    """There is no wall to tighten."""

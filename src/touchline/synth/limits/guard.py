"""The limits of a training while it runs: a wall for memory, a clock, and one error for each."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch

from touchline.synth.config import LimitSettings
from touchline.synth.limits.failures import disk_ran_out, memory_ran_out, of_disk, of_memory
from touchline.synth.limits.memory_wall import Tighten, memory_wall


@dataclass(frozen=True)
class Guard:
    """Watches over a training; made by `keeping`.

    Attributes:
        limit: seconds that the whole training may take; None for any number.
        before: seconds that earlier sittings of an interrupted training took.
        tighten: looks after memory.
        clock: gives seconds.
        started: when this sitting began, by that clock.
    """

    limit: int | None
    before: float
    tighten: Tighten
    clock: Callable[[], float] = time.monotonic
    started: float = field(default_factory=time.monotonic)

    def check(self) -> None:
        """Look after memory; to be called once a step.

        Raises:
            MemoryError: the limit was passed (which the wall prevents where there is one).
        """
        self.tighten()

    def spent(self) -> float:
        """Seconds that the training has taken so far, earlier sittings included."""
        return self.before + self.clock() - self.started

    def time_left(self) -> float:
        """Seconds that are left, below 0 when the limit was passed; infinite without a limit."""
        return math.inf if self.limit is None else self.limit - self.spent()


@contextmanager
def keeping(
    limits: LimitSettings, folder: Path, device: torch.device, spent: float = 0.0
) -> Iterator[Guard]:
    """Keep a training within its limits.

    After an error that leaves the block nothing may be saved any more: memory may have run out in
    the middle of a step, with the networks half changed. The last snapshot stays the truth.

    Args:
        limits: those stated. That of disk is kept by `Snapshots`; here a full disk is told.
        folder: of the run; its table of snapshots says what is kept.
        device: where the networks run.
        spent: seconds that earlier sittings took.

    Raises:
        EnvironmentMissingError: memory or the disk ran out inside the block. It says what was
            allowed, what is kept, and how to go on.
    """
    try:
        with memory_wall(limits.memory, device) as tighten:
            yield Guard(limits.time, spent, tighten)
    except (MemoryError, RuntimeError, OSError) as error:
        # The wall is down again here, so that there is memory to say this with.
        if of_memory(error):
            raise memory_ran_out(error, limits.memory, folder) from error
        if of_disk(error):
            found = f"{error.strerror}" if isinstance(error, OSError) else ""
            raise disk_ran_out(found, limits.disk, folder) from error
        raise

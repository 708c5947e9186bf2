"""Which run is being trained right now: a lock in its folder that ends with the process."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from touchline.errors import UsageError
from touchline.training.tuning.locks import FileLocks, is_held

LOCK = ".training.lock"
"""In the folder of a run; it stays there, for only holding it means anything."""


@contextmanager
def at_work(folder: Path) -> Iterator[None]:
    """Hold the lock of a run for a block.

    Where the file system knows no locks, the block runs without one.

    Raises:
        UsageError: when another process is training the run.
    """
    try:
        held = FileLocks(folder).take(LOCK, wait=False)
    except OSError:
        held = ExitStack()
    if held is None:
        raise UsageError(
            "a run that no process is at work on", f"one that is being trained in {folder}",
            "Wait for its end, or stop it.",
        )  # fmt: skip
    with held:
        yield


def is_at_work(folder: Path) -> bool:
    """Whether a process is training the run in a folder; nothing is written there."""
    return (folder / LOCK).is_file() and is_held(FileLocks(folder), LOCK)

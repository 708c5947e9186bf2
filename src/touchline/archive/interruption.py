"""Ctrl-C during work that keeps a journal: a message that says how to go on, and exit code 130."""

from collections.abc import Iterator
from contextlib import contextmanager

from touchline.errors import InterruptedRunError


@contextmanager
def resumable(work: str, way_back: str = "") -> Iterator[None]:
    """Turn Ctrl-C inside the block into our own error.

    Args:
        work: what is being done, as a noun phrase.
        way_back: the command that takes it back; empty when that is the work itself.

    Raises:
        InterruptedRunError: on Ctrl-C.
    """
    try:
        yield
    except KeyboardInterrupt:
        instead = f", or take it back with `{way_back}`" if way_back else ""
        raise InterruptedRunError(
            f"{work} to end", "Ctrl-C",
            f"What is done is kept: run the same command again to finish{instead}.",
        ) from None  # fmt: skip

"""Ctrl-C between two steps: what is half learnt is learnt to its end, and then saved."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stopped_between_steps() -> Iterator[Callable[[], bool]]:
    """Hold back the first Ctrl-C for the length of a `with` block; a second one stops at once.

    Outside the main thread signals are not ours to handle, and nothing is held back.

    Yields:
        Whether to stop now.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = signal.getsignal(signal.SIGINT)

    def hold_back(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the system's own
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, hold_back)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)

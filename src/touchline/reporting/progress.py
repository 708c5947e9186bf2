"""Progress on stderr: a bar with an estimate on a terminal, a line now and then elsewhere."""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
SECONDS_BETWEEN_LINES = 10.0
SECONDS_VARIABLE = "TOUCHLINE_PROGRESS_SECONDS"
"""The environment variable for another number of seconds; the app asks its workers for one."""


def track(items: Iterable[Item], label: str, total: int | None = None) -> Iterator[Item]:
    """Yield `items` unchanged while showing how far the work is and how long it will take.

    Args:
        items: what is worked through, lazily.
        label: what the work is, e.g. "Reading photos".
        total: how many items there are; taken from `len(items)` where it has one, else unknown.
    """
    if total is None and hasattr(items, "__len__"):
        total = len(items)  # type: ignore[arg-type]
    show = _bar if sys.stderr.isatty() else _lines
    yield from show(items, label, total)


def _bar(items: Iterable[Item], label: str, total: int | None) -> Iterator[Item]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield from progress.track(items, total=total, description=label)


def _lines(items: Iterable[Item], label: str, total: int | None) -> Iterator[Item]:
    start = last = time.monotonic()
    between = _seconds_between_lines()
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - last >= between:
            last = now
            say(f"{label}: {describe(done, total, now - start)}")


def _seconds_between_lines() -> float:
    try:
        return max(0.0, float(os.environ[SECONDS_VARIABLE]))
    except (KeyError, ValueError):
        return SECONDS_BETWEEN_LINES


def say(text: str) -> None:
    """One line for the person at work, on stderr, so that stdout stays pure data."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - the one place that may


def describe(done: int, total: int | None, seconds: float) -> str:
    """How far the work is, in words.

    >>> describe(50, 200, 10.0)
    '50 of 200, 5.0 a second, about 30 s left'
    >>> describe(50, None, 10.0)
    '50, 5.0 a second'
    """
    rate = done / seconds if seconds > 0 else float("inf")
    text = f"{done}, {rate:.1f} a second"
    if total is None:
        return text
    return f"{done} of {total}, {rate:.1f} a second, about {(total - done) / rate:.0f} s left"

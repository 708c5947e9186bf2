"""How events lie in time: how long from one to the next, and which come together."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchline.spotting.events import Event
from touchline.spotting.matches import MatchData

TOGETHER_SECONDS = 1.0
"""Events no further apart than this come together: at the tolerance of mAP@1 a spotter can hardly
tell their times, and a clip of one shows the other."""


@dataclass(frozen=True)
class Durations:
    """How long from an event to the next of its half, in seconds; NaN where there is none.

    Attributes:
        n: events that are followed by another.
        low, median, high: the 5th, 50th and 95th percentile.
        mean: of all.
    """

    n: int
    low: float
    median: float
    high: float
    mean: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON, which knows no NaN: null where nothing was measured."""
        return {name: None if value != value else value for name, value in vars(self).items()}


def durations_by_class(data: MatchData) -> dict[str, NDArray[np.float64]]:
    """Seconds from each event of a class to the next event, of any class, in the same half.

    The clips on which clip classification is taught run from one event to the next and bear the
    first one's label, so these are the lengths of its clips. The last event of a half has none.

    Returns:
        By class, in their order, shape (events followed by another,).
    """
    found: dict[str, list[float]] = {label: [] for label in data.classes}
    for events in _halves(data):
        for event, following in itertools.pairwise(events):
            found[event.label].append(following.seconds - event.seconds)
    return {label: np.array(seconds, dtype=np.float64) for label, seconds in found.items()}


def summarise(seconds: NDArray[np.float64]) -> Durations:
    """The percentiles and the mean of durations, shape (n,).

    >>> summarise(np.array([1.0, 2.0, 6.0])).median
    2.0
    """
    if len(seconds) == 0:
        return Durations(0, *[float("nan")] * 4)
    low, median, high = np.percentile(seconds, [5, 50, 95]).tolist()
    return Durations(len(seconds), low, median, high, float(seconds.mean()))


def count_together(data: MatchData, within: float = TOGETHER_SECONDS) -> NDArray[np.intp]:
    """Pairs of events of one half at most `within` seconds apart, by their classes.

    Returns:
        Shape (classes, classes), symmetric; each pair counts once, on the diagonal too.
    """
    place = {label: number for number, label in enumerate(data.classes)}
    counts = np.zeros((len(place), len(place)), dtype=np.intp)
    for events in _halves(data):
        seconds = np.array([event.seconds for event in events])
        labels = np.array([place[event.label] for event in events])
        # In order of time, no pair of events k + 1 places apart is closer than all those k apart.
        for apart in range(1, len(events)):
            close = _close(seconds, apart, within)
            if not close.any():
                break
            np.add.at(counts, (labels[:-apart][close], labels[apart:][close]), 1)
    both_ways: NDArray[np.intp] = counts + counts.T - np.diag(np.diag(counts))
    return both_ways


def count_crowded(data: MatchData, within: float = TOGETHER_SECONDS) -> int:
    """How many events have another one of their half at most `within` seconds away."""
    crowded = 0
    for events in _halves(data):
        close = _close(np.array([event.seconds for event in events]), 1, within)
        crowded += int((np.append(close, False) | np.insert(close, 0, False)).sum())
    return crowded


def _close(seconds: NDArray[np.float64], apart: int, within: float) -> NDArray[np.bool_]:
    """Which pairs of events so many places apart are close, free of the error of subtracting."""
    close: NDArray[np.bool_] = seconds[apart:] - seconds[:-apart] <= within + 1e-9
    return close


def _halves(data: MatchData) -> Iterator[Sequence[Event]]:
    """The events of each half of each match, in order of time; only halves that have any."""
    for match in data.matches:
        for half in (1, 2):
            if events := match.events_of_half(half):
                yield sorted(events)

"""Events out of the scores of a whole video, and the part of them that a person is shown."""

from collections.abc import Iterable, Sequence

from numpy.typing import ArrayLike

from touchline.spotting.events import Event
from touchline.spotting.peaks.settings import PeakSettings
from touchline.spotting.peaks.streaming import StreamingPeaks

SHOWN_FROM = 0.5
"""Confidence from which an event is shown where its class has no threshold of its own."""


def pick_events(
    scores: ArrayLike,
    offset: ArrayLike | None,
    team: ArrayLike | None,
    classes: Sequence[str],
    rate: float,
    settings: PeakSettings,
    half: int = 1,
) -> tuple[Event, ...]:
    """The events of a whole video in order of time: `StreamingPeaks` fed all at once.

    Args:
        scores: in [0, 1], without the background, `(time, classes)`; no steps give no events.
        offset: from each step to its event, in steps, later being positive, `(time,)`; or None.
        team: the probabilities of the left and the right team, `(time, 2)`; or None.
        classes: the labels, in the order of the columns.
        rate: steps a second; step t is the moment `t / rate`.
        settings: how events are picked.
        half: of the match, written into every event.

    Raises:
        UsageError: when a number is not finite or a score is outside [0, 1].
        ValueError: when the shapes do not belong together.

    >>> scores = [[0.1], [0.7], [0.2], [0.0], [0.4], [0.4], [0.0]]
    >>> events = pick_events(scores, None, None, ["PASS"], 2.0, PeakSettings(suppression="none"))
    >>> [(event.seconds, event.confidence) for event in events]
    [(0.5, 0.7), (2.25, 0.4)]
    """
    peaks = StreamingPeaks(classes, rate, settings, half)
    return (*peaks.push(scores, offset, team), *peaks.finish())


def shown_events(events: Iterable[Event], settings: PeakSettings) -> tuple[Event, ...]:
    """The events at or above the threshold of their class."""
    return tuple(
        event for event in events
        if event.confidence >= settings.thresholds.get(event.label, SHOWN_FROM)
    )  # fmt: skip

"""When a match is busy: events by minute and class."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from touchline.spotting.annotations.classes import class_order
from touchline.spotting.events import Event
from touchline.spotting.timeline.lanes import minute_counts


def heat_of(
    events: Sequence[Event], seconds: float
) -> tuple[tuple[str, ...], NDArray[np.intp]]:  # fmt: skip
    """The classes, in SoccerNet's order, and their counts, shape (classes, minutes).

    Args:
        events: of one video, in any order.
        seconds: its length; an event after it makes the table longer.

    >>> classes, counts = heat_of([Event(61.0, "PASS"), Event(62.0, "PASS"), Event(5.0, "OUT")], 90)
    >>> classes, counts.tolist()
    (('PASS', 'OUT'), [[0, 2], [1, 0]])
    """
    classes = class_order(event.label for event in events)
    last = max([seconds - 1e-9, 0.0, *(event.seconds for event in events)])
    counts = np.zeros((len(classes), int(last // 60) + 1), dtype=np.intp)
    for row, label in enumerate(classes):
        for minute, count in minute_counts([e for e in events if e.label == label]).items():
            counts[row, minute] = count
    return classes, counts

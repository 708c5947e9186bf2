"""Minutes of play: the blocks that are drawn again to say how far a score can be trusted.

Events of one minute hang together (a spell of passing, a scramble), so single events are not as
many independent witnesses; matches are, but there are too few of them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from touchline.spotting.events import Event, milliseconds
from touchline.spotting.metrics.grid import HALF_SECONDS

MINUTE_MILLISECONDS = 60_000


class Minutes:
    """Numbers the minutes in which something happens, or is predicted, from 0.

    >>> minutes = Minutes()
    >>> minutes.of("final", 1, [0, 59_999, 60_000]).tolist(), len(minutes)
    ([0, 0, 1], 2)
    """

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def of(self, match: str, half: int, times: Sequence[int]) -> NDArray[np.intp]:
        """The number of the minute of each time in milliseconds, shape (times,)."""
        minutes = ((match, half, time // MINUTE_MILLISECONDS) for time in times)
        numbers = [self._numbers.setdefault(minute, len(self._numbers)) for minute in minutes]
        return np.array(numbers, dtype=np.intp)


def seconds_of_play(truth: Sequence[Event]) -> dict[int, float]:
    """How long each half lasts, as far as its true events tell: to the end of their last minute.

    No half lasts more than 120 minutes.

    >>> seconds_of_play([Event(10.0, "PASS"), Event(61.0, "OUT"), Event(5.0, "OUT", half=2)])
    {1: 120.0, 2: 60.0}
    """
    lengths: dict[int, float] = {}
    for event in truth:
        end = (milliseconds(event) // MINUTE_MILLISECONDS + 1) * 60.0
        lengths[event.half] = max(lengths.get(event.half, 0.0), min(end, HALF_SECONDS))
    return lengths

"""The time grid: the one rounding between seconds and frames, and which picture stands where.

A grid of `rate` frames a second has its frame k at k/rate seconds after the first picture of the
video, whatever the video's own frame rate is or does. There it shows the picture nearest in time;
of two equally near, the earlier. A 25 fps video on a grid of 12.5 shows exactly its frames
0, 2, 4, ...

Time is counted in fractions here, so that neither long matches nor 30000/1001 drift.
"""

import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TypeVar

from touchline.errors import UsageError

Item = TypeVar("Item")

DEFAULT_RATE = 12.5
"""Frames a second: every second one of a 25 fps broadcast."""

_LARGEST_DENOMINATOR = 2002  # of 30000/1001 and its half
_TAIL = Fraction(1, 4)
_DIGITS = 6


def exact_rate(rate: float) -> Fraction:
    """A frame rate as the fraction that was meant.

    >>> exact_rate(12.5), exact_rate(29.97002997002997)
    (Fraction(25, 2), Fraction(30000, 1001))

    Raises:
        UsageError: it is not a positive number.
    """
    if not (math.isfinite(rate) and rate > 0):
        raise UsageError(
            "a positive number of frames a second", f"{rate:g}", "A usual rate is 12.5 or 25."
        )
    return Fraction(rate).limit_denominator(_LARGEST_DENOMINATOR)


def seconds_of(frame: int, rate: float) -> float:
    """The time of a grid frame, in seconds after the first picture.

    >>> seconds_of(25, 12.5)
    2.0
    """
    return float(frame / exact_rate(rate))


def frame_of(seconds: float, rate: float) -> int:
    """The grid frame nearest to a time; of two equally near, the earlier.

    `frame_of(seconds_of(frame, rate), rate) == frame` for every frame. Times before the first
    picture give negative frames.

    >>> frame_of(1.99, 12.5), frame_of(0.04, 12.5)
    (25, 0)
    """
    # Rounded first: a tie in decimal seconds must not be lost to the last bits of its product.
    return math.ceil(round(seconds * float(exact_rate(rate)), _DIGITS) - 0.5)


def grid_length(last_seconds: float | Fraction, rate: float) -> int:
    """How many grid frames a video has whose last picture stands at `last_seconds`.

    The grid ends with its last frame that is not after the last picture. A quarter of a grid step
    is overlooked, since many files round their times to milliseconds.

    >>> grid_length(Fraction(4499, 25), 12.5), grid_length(0, 12.5)
    (2250, 1)
    """
    return math.floor(Fraction(last_seconds) * exact_rate(rate) + _TAIL) + 1


def nearest(
    pictures: Iterable[tuple[Fraction, Item]], rate: float, first: int = 0
) -> Iterator[tuple[int, Item]]:
    """The picture of each grid frame from `first` on, each as soon as it is certain.

    A grid frame is given once a picture at or after its time is seen, so that a live source is
    never held back longer than needed and a clip is never decoded further than needed.

    Args:
        pictures: seconds and picture, with rising seconds. For `first > 0` they must begin at or
            before the time of that frame, or the choice is made among what is there.
        rate: frames a second of the grid.
        first: the first frame wanted, at least 0.

    Yields:
        The frame's number and its picture; the same picture again where the grid is finer than
        the video. Nothing for `first` after the end of the grid.
    """
    step = 1 / exact_rate(rate)
    frame, moment = first, first * step
    before: tuple[Fraction, Item] | None = None
    for picture in pictures:
        while moment <= picture[0]:
            yield frame, _nearer(before, picture, moment)
            frame += 1
            moment = frame * step
        before = picture
    if before is None:
        return
    for number in range(frame, grid_length(before[0], rate)):
        yield number, before[1]


def _nearer(
    before: tuple[Fraction, Item] | None, after: tuple[Fraction, Item], moment: Fraction
) -> Item:
    if before is not None and moment - before[0] <= after[0] - moment:
        return before[1]
    return after[1]

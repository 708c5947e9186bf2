"""From the time stamps that a file carries to seconds that rise from one picture to the next."""

from fractions import Fraction

_LEAP_BACK = Fraction(-1)
_LEAP_AHEAD = Fraction(3600)


class Clock:
    """Seconds after the first picture, for one picture after the other.

    A picture without a stamp follows its predecessor by one frame. One that is not later than its
    predecessor has no place in time and is left out. A leap (back by more than a second, ahead by
    more than an hour: a stream that was cut together, or a camera that set its clock) is closed,
    so that time goes on by one frame.

    Args:
        interval: seconds from one frame to the next by the file's frame rate.
        origin: the stamp of the first picture in seconds; None where stamps mean nothing, so
            that every picture follows its predecessor by one frame.

    Attributes:
        leaps: how many leaps were closed.
        last: the seconds of the latest picture; None before the first.
    """

    def __init__(self, interval: Fraction, origin: Fraction | None) -> None:
        self.leaps = 0
        self.last: Fraction | None = None
        self._interval, self._origin = interval, origin
        self._shift = Fraction(0)

    def place(self, stamp: Fraction | None) -> Fraction | None:
        """The seconds of the next picture, from its stamp; None if it has no place in time."""
        seconds = self._seconds(stamp)
        if seconds is not None:
            self.last = seconds
        return seconds

    def _seconds(self, stamp: Fraction | None) -> Fraction | None:
        following = Fraction(0) if self.last is None else self.last + self._interval
        if stamp is None or self._origin is None:
            return following
        seconds = stamp - self._origin + self._shift
        if self.last is None:
            return seconds
        if not _LEAP_BACK <= seconds - self.last <= _LEAP_AHEAD:
            self.leaps += 1
            self._shift += following - seconds
            return following
        return seconds if seconds > self.last else None

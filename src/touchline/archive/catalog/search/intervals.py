"""Numbers, sizes and times as a person writes them, as intervals; pure text in, values out."""

import math
import re
from datetime import UTC, datetime, timedelta

from touchline.archive.catalog.search.fields import Field
from touchline.archive.catalog.search.terms import Interval

_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+) ?([kmg]?b)?", re.ASCII | re.IGNORECASE)
_BYTES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9}
_TIME = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d))?)?)?)?", re.ASCII | re.IGNORECASE
)
_PARTS = ("year", "month", "day", "hour", "minute", "second")
_LENGTHS = {
    "day": timedelta(days=1), "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1), "second": timedelta(seconds=1),
}  # fmt: skip
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def interval_of(field: Field, sign: str, text: str) -> Interval:
    """The interval that `sign` and `text` mean for a field that takes ranges.

    A date is the whole of its day, a month the whole of that month.

    Args:
        field: of kind `number`, `size` or `time`.
        sign: `:`, `=`, `<`, `<=`, `>` or `>=`.
        text: one value, or after `:` a range such as `2024-05..`, either end of which may be open.

    Raises:
        ValueError: with what was wanted; the text is not that.

    >>> from touchline.archive.catalog.search.fields import FIELDS
    >>> interval_of(FIELDS["confidence"], "<", "0.7")
    Interval(low=None, high=0.7, low_is_in=True, high_is_in=False)
    >>> interval_of(FIELDS["taken"], ":", "1970-01-01..1970-01-02")
    Interval(low=0.0, high=172800.0, low_is_in=True, high_is_in=False)
    """
    first, dots, last = text.partition("..")
    if not dots:
        return _compared(sign, _one(field, text))
    if sign not in (":", "=") or not (first or last):
        raise ValueError("one value after a comparison, or a range with an end after a colon")
    low = _one(field, first).low if first else None
    end = _one(field, last) if last else Interval()
    if low is not None and end.low is not None and end.low < low:
        raise ValueError("a range that begins at its smaller end")
    return Interval(low, end.high, high_is_in=end.high_is_in)


def _compared(sign: str, one: Interval) -> Interval:
    """What lies below, above or in one value, which may be as long as a year."""
    if sign == "<":
        return Interval(high=one.low, high_is_in=False)
    if sign == "<=":
        return Interval(high=one.high, high_is_in=one.high_is_in)
    if sign == ">":
        return Interval(low=one.high, low_is_in=not one.high_is_in)
    return Interval(low=one.low) if sign == ">=" else one


def _one(field: Field, text: str) -> Interval:
    """The interval that one value covers: a point for a number, a length of time for a date."""
    return _length_of(text) if field.kind == "time" else _point(field, text)


def _point(field: Field, text: str) -> Interval:
    found = _NUMBER.fullmatch(text)
    unit = (found[2] or "b").lower() if found else "b"
    if found is None or (found[2] and field.kind != "size"):
        raise ValueError("a size such as 800 or 2.5MB" if field.kind == "size" else "a number")
    number = float(found[1]) * _BYTES[unit]
    if field.most is not None and number > field.most:
        raise ValueError(f"a number from 0 to {field.most:g}")
    if number > 2**53:
        raise ValueError("a number that a photo can have")
    return Interval(number, number)


def _length_of(text: str) -> Interval:
    wanted = "a date such as 2024-05-31, 2024-05, 2024 or 2024-05-31T18:30"
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(wanted)
    parts = {name: int(part) for name, part in zip(_PARTS, found.groups(), strict=True) if part}
    try:
        start = datetime(**{"month": 1, "day": 1, **parts}, tzinfo=UTC)
    except ValueError as error:
        raise ValueError(wanted) from error
    try:
        end = _seconds(_end(start, list(parts)[-1]))
    except (ValueError, OverflowError):
        end = math.inf  # the last instants of the year 9999: cameras do say such things
    return Interval(_seconds(start), end, high_is_in=False)


def _end(start: datetime, finest: str) -> datetime:
    """The first instant after what is named down to its year, month, day, hour, ..."""
    if finest == "year":
        return start.replace(year=start.year + 1)
    if finest == "month":
        return (start + timedelta(days=31)).replace(day=1)
    return start + _LENGTHS[finest]


def _seconds(when: datetime) -> float:
    return (when - _EPOCH).total_seconds()

"""Amounts of memory, disk and time as people write them: `8GB`, `500 MiB`, `2h`, `90 min`."""

import math
import re
from typing import Annotated

from pydantic import BeforeValidator, Field

_BYTES = {
    "": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12,
    "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40,
}  # fmt: skip
_SECONDS = {"": 1, "s": 1, "min": 60, "m": 60, "h": 3600, "d": 86_400}
_AMOUNT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", re.IGNORECASE)


def bytes_of(words: object) -> object:
    """The number of bytes that words such as `8GB` (10^9) or `500 MiB` (2^20) name.

    Anything but words is given back as it is.

    Raises:
        ValueError: the words name no amount.

    >>> bytes_of("1.5 GB"), bytes_of("2MiB"), bytes_of(7)
    (1500000000, 2097152, 7)
    """
    return _amount(words, _BYTES, "an amount such as 8GB or 500MB")


def seconds_of(words: object) -> object:
    """The number of seconds that words such as `2h`, `90min` or `1.5 h` name.

    Raises:
        ValueError: the words name no time.

    >>> seconds_of("1.5h"), seconds_of("90 min"), seconds_of("20")
    (5400, 5400, 20)
    """
    return _amount(words, _SECONDS, "a time such as 2h or 90min")


def shown_bytes(count: float) -> str:
    """A number of bytes in words.

    >>> shown_bytes(1_530_000_000), shown_bytes(20_000_000), shown_bytes(900)
    ('1.5 GB', '20 MB', '1 kB')
    """
    if count >= 10**9:
        return f"{count / 10**9:.1f} GB"
    return f"{count / 10**6:.0f} MB" if count >= 10**6 else f"{count / 10**3:.0f} kB"


def shown_seconds(count: float) -> str:
    """A time in words.

    >>> shown_seconds(42), shown_seconds(600), shown_seconds(9000)
    ('42 s', '10 min', '2.5 h')
    """
    if count >= 7200:
        return f"{count / 3600:.1f} h"
    return f"{count / 60:.0f} min" if count >= 120 else f"{count:.0f} s"


def _amount(words: object, units: dict[str, int], wanted: str) -> object:
    if not isinstance(words, str):
        return words
    found = _AMOUNT.fullmatch(words)
    amount = float(found[1]) * units.get(found[2].lower(), math.nan) if found else math.nan
    if not math.isfinite(amount):
        raise ValueError(wanted)
    return round(amount)


MOST = 2**62
"""No operating system takes a larger amount."""
Bytes = Annotated[int, BeforeValidator(bytes_of), Field(gt=0, le=MOST)]
Seconds = Annotated[int, BeforeValidator(seconds_of), Field(gt=0, le=MOST)]

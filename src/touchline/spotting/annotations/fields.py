"""Single fields of annotations and predictions, as the many tools of this field write them.

A field that cannot be read raises a `ValueError` that says why in words; who reads annotations
makes a `Fault` of it and goes on, who reads predictions refuses the file.
"""

import math
import re

from touchline.spotting.events import Side

NO_SIDE = (None, "", "not applicable", "home", "away")
"""What stands for a team whose side is not told. `home` and `away` are in SoccerNet's older
labels; they name a club, which says nothing of the side it defends."""

_GAME_TIME = re.compile(r"\s*(\d{1,9})\s*-\s*(\d{1,9}):(\d{1,2}(?:\.\d{1,9})?)\s*", re.ASCII)


def number_of(value: object, name: str) -> float:
    """A finite number, which may be written as text.

    Raises:
        ValueError: when it is missing, is no number or is not finite.

    >>> number_of("1080", "position"), number_of(0.25, "confidence")
    (1080.0, 0.25)
    """
    if value is None or value == "":
        raise ValueError(f"has no {name}")
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} {value!r} is not a finite number")
    return number


def seconds_of(value: object, name: str = "seconds", unit: float = 1.0) -> float:
    """A time from the start of a video, in seconds.

    Args:
        value: the number, or text.
        name: of the field, for the message.
        unit: how many of its units make a second: 1000 for a `position` in milliseconds.

    Raises:
        ValueError: when it is no finite number or lies before the start.

    >>> seconds_of("1080", "position", 1000)
    1.08
    """
    number = number_of(value, name)
    if number < 0:
        raise ValueError(f"{name} {value} lies before the start of the video")
    return abs(number) / unit  # abs: a time of -0.0 is 0.0


def confidence_of(value: object) -> float:
    """A confidence in [0, 1].

    Raises:
        ValueError: when it is anything else.
    """
    number = number_of(value, "confidence")
    if not 0 <= number <= 1:
        raise ValueError(f"confidence {value} is outside 0 to 1")
    return number


def half_of(value: object) -> int:
    """The half, 1 or 2, as a number or text.

    Raises:
        ValueError: when it is anything else.
    """
    number = number_of(value, "half")
    if number not in (1, 2):
        raise ValueError(f"half {value} is neither 1 nor 2")
    return int(number)


def side_of(value: object) -> Side:
    """The side of the acting team; empty where the data do not tell it (`NO_SIDE`, or nothing).

    Raises:
        ValueError: when it is anything else.

    >>> side_of("Left"), side_of("not applicable")
    ('left', '')
    """
    text = value.strip().casefold() if isinstance(value, str) else value
    if text == "left":
        return "left"
    if text == "right":
        return "right"
    if text in NO_SIDE:
        return ""
    raise ValueError(f"team {value!r} is neither left nor right")


def is_visible(value: object) -> bool:
    """Whether a `visibility` says that the moment is on the screen; so it is where none is told.

    Raises:
        ValueError: when it is neither `visible` nor `not shown`.
    """
    if value == "not shown":
        return False
    if value in (None, "", "visible"):
        return True
    raise ValueError(f"visibility {value!r} is neither 'visible' nor 'not shown'")


def parse_game_time(value: object) -> tuple[int, float]:
    """SoccerNet's `gameTime` as half and seconds, parsed by its signs and not by its columns.

    The published readers take fixed characters, which misreads every minute from 100 on.

    Raises:
        ValueError: when it is missing or not of the form `half - minutes:seconds`.

    >>> parse_game_time("1 - 101:42")
    (1, 6102.0)
    """
    if value is None or value == "":
        raise ValueError("has no gameTime")
    found = _GAME_TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None or float(found[3]) >= 60:
        raise ValueError(f"gameTime {value!r} is not of the form '1 - 12:34'")
    return int(found[1]), 60.0 * int(found[2]) + float(found[3])


def format_game_time(half: int, seconds: float) -> str:
    """SoccerNet's `gameTime` of a moment, in whole seconds that have begun.

    >>> format_game_time(1, 6102.92), format_game_time(2, 5.0)
    ('1 - 101:42', '2 - 00:05')
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{half} - {minutes:02}:{rest:02}"

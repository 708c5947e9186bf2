"""The value that stands between a spotting model and everything after it: one event."""

import math
from dataclasses import dataclass
from typing import Literal

from touchline.errors import UsageError

Side = Literal["left", "right", ""]
"""The acting team by the side it defends on the screen; empty where it is not known."""

MIRRORED_SIDE: dict[Side, Side] = {"left": "right", "right": "left", "": ""}
"""What a team's side is called in the mirror image of a video."""


@dataclass(frozen=True, order=True)
class Event:
    """Something that happened at one moment of a video.

    Attributes:
        seconds: from the start of the video of its half, at least 0.
        label: the class, e.g. `PASS`.
        confidence: in [0, 1]; 1 for an annotation.
        team: the side of the acting team.
        half: 1 or 2 where each half has a video of its own; 1 where one video holds the match.
        visible: whether the moment is on the screen.
    """

    seconds: float
    label: str
    confidence: float = 1.0
    team: Side = ""
    half: int = 1
    visible: bool = True


def milliseconds(event: Event) -> int:
    """The event's time as SoccerNet's files write it, in whole milliseconds.

    Raises:
        UsageError: when the time is no finite number.

    >>> milliseconds(Event(16.76, "PASS"))
    16760
    """
    if not math.isfinite(event.seconds):
        raise UsageError(
            "a time in seconds for every event", f"{event.seconds} for a {event.label!r}",
            "Correct or remove the event.",
        )  # fmt: skip
    return round(event.seconds * 1000)

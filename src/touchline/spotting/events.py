"""The value that stands between a spotting model and everything after it: one event."""

from dataclasses import dataclass
from typing import Literal

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

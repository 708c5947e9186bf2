"""The 17 media-day poses of the folder format, as facts about arms, turn and framing.

Left means left in the picture: in a class ending in `-l` the body turns towards the left edge of
the picture, so the chest and nose point left as you look at it; `-r` is its mirror image. The names
are spelled as the folders are, the stray hyphen of `HandsOnHips-90-deg-l` included.

Places are metres on a player 1.80 m tall who faces the camera: x outwards from the middle of the
body, y up from the floor, z towards the camera. `touchline.demo.skeleton` turns them.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from touchline.errors import UsageError

Place = tuple[float, float, float]


@dataclass(frozen=True)
class Arm:
    """Where one arm goes; the elbow's place follows from the lengths of the bones.

    Attributes:
        wrist: the place of the wrist; x below 0 is across the middle of the body.
        elbow: the direction in which the elbow points, x outwards.
        fingers: the direction in which the fingers point, x outwards.
        fist: the hand is closed.
    """

    wrist: Place
    elbow: Place
    fingers: Place
    fist: bool = False


@dataclass(frozen=True)
class Framing:
    """How much of the player is in the picture, in shares of the player's height.

    `lowest` to `highest` is the range of the lower edge, `top` the upper edge on average.
    """

    lowest: float
    highest: float
    top: float


@dataclass(frozen=True)
class Pose:
    """One class of photo.

    Attributes:
        name: the class, spelled as its folder.
        arms: what the two arms do; one of these pairs for each photo.
        framing: how much of the player is seen.
        degrees: how far the body turns from the camera: 0, 45 or 90.
        side: the edge of the picture the body turns to; empty when it faces the camera.
        ball: a ball is held in front of the belly.
        feet: how far each foot is from the middle, in metres.
        chin: how far the face is lifted, in degrees.
        shout: the mouth is open wide.
        lens: the camera's height above the floor, in shares of the player's height.
    """

    name: str
    arms: tuple[tuple[Arm, Arm], ...]
    framing: Framing
    degrees: float = 0.0
    side: Literal["", "left", "right"] = ""
    ball: bool = False
    feet: float = 0.12
    chin: float = 0.0
    shout: bool = False
    lens: float = 0.72


HANGING = Arm((0.25, 0.93, 0.04), (0.5, 0.0, -1.0), (-0.05, -1.0, 0.15))
ON_HIP = Arm((0.215, 1.06, 0.05), (1.0, 0.0, -0.75), (-0.55, -0.35, 0.75))
BEHIND_BACK = Arm((0.06, 1.04, -0.19), (1.0, 0.1, -0.6), (-0.9, -0.3, 0.0))
CROSSED_OVER = Arm((-0.015, 1.245, 0.205), (0.9, -0.7, 0.0), (-0.92, 0.30, -0.25))
CROSSED_UNDER = Arm((-0.005, 1.185, 0.175), (0.9, -0.7, 0.0), (-0.92, 0.20, -0.35))
ON_BALL = Arm((0.145, 1.10, 0.20), (1.0, -0.4, -0.5), (-0.15, 0.1, 1.0))
RAISED = Arm((0.43, 1.93, 0.08), (1.0, -0.3, 0.0), (0.1, 1.0, 0.1), fist=True)
PUMPED = Arm((0.33, 1.40, 0.30), (0.8, -1.0, -0.2), (-0.1, 1.0, 0.1), fist=True)

CROSSED = ((CROSSED_OVER, CROSSED_UNDER),)
THIGHS_UP, WAIST_UP, WHOLE = (
    Framing(0.30, 0.46, 1.06),
    Framing(0.50, 0.55, 1.06),
    Framing(-0.08, -0.03, 1.08),
)

_CATALOGUE = (
    Pose(
        "Celebration",
        ((RAISED, RAISED), (RAISED, PUMPED)),
        Framing(0.18, 0.42, 1.24),
        chin=6,
        shout=True,
    ),
    Pose("CrossedArms-45deg-l", CROSSED, THIGHS_UP, 45, "left"),
    Pose("CrossedArms-45deg-r", CROSSED, THIGHS_UP, 45, "right"),
    Pose("CrossedArms-90deg-l", CROSSED, THIGHS_UP, 90, "left"),
    Pose("CrossedArms-90deg-r", CROSSED, THIGHS_UP, 90, "right"),
    Pose("CrossedArms-frontal", CROSSED, THIGHS_UP),
    Pose("Full Body", ((HANGING, HANGING),), WHOLE),
    Pose("Half Body", ((HANGING, HANGING),), WAIST_UP),
    Pose("HandsOnHips-45deg-l", ((ON_HIP, ON_HIP),), THIGHS_UP, 45, "left"),
    Pose("HandsOnHips-45deg-r", ((ON_HIP, ON_HIP),), THIGHS_UP, 45, "right"),
    Pose("HandsOnHips-90-deg-l", ((ON_HIP, ON_HIP),), THIGHS_UP, 90, "left"),
    Pose("HandsOnHips-90deg-r", ((ON_HIP, ON_HIP),), THIGHS_UP, 90, "right"),
    Pose("Head Shot", ((HANGING, HANGING),), Framing(0.74, 0.79, 1.035), lens=0.9),
    Pose("Hero", ((BEHIND_BACK, BEHIND_BACK),), WHOLE, feet=0.30, chin=14, lens=0.22),
    Pose("HoldingBall", ((ON_BALL, ON_BALL),), Framing(0.05, 0.42, 1.06), ball=True),
    Pose("HoldingBall-45deg-l", ((ON_BALL, ON_BALL),), THIGHS_UP, 45, "left", ball=True),
    Pose("HoldingBall-45deg-r", ((ON_BALL, ON_BALL),), THIGHS_UP, 45, "right", ball=True),
)

POSES: tuple[str, ...] = tuple(pose.name for pose in _CATALOGUE)
"""The 17 class names, in alphabetical order."""

_BY_NAME = {pose.name: pose for pose in _CATALOGUE}


def pose_named(name: str) -> Pose:
    """The pose of a class.

    >>> pose_named("HandsOnHips-90-deg-l").side
    'left'

    Raises:
        UsageError: when there is no such class.
    """
    if name not in _BY_NAME:
        nearest = get_close_matches(name, POSES, n=1) or POSES[:1]
        raise UsageError(
            "one of the 17 drawn poses", repr(name), f"Did you mean {nearest[0]!r}?"
        )  # fmt: skip
    return _BY_NAME[name]

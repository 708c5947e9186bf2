"""Who stands before the camera: a player's build, face, hair and kit, the same in every photo.

Nothing here depends on the pose: the badge is on the left breast, the armband on the left arm and
the parting on one side in every class, so none of them tells left from right.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

Colour = tuple[int, int, int]
Pattern = Literal["plain", "stripes", "hoops", "halves", "sash"]

SKINS: tuple[Colour, ...] = (
    (245, 208, 180), (232, 187, 152), (214, 163, 122), (178, 124, 84), (136, 90, 60), (98, 64, 44),
)  # fmt: skip
HAIRS: tuple[Colour, ...] = (
    (28, 24, 22), (52, 36, 26), (92, 60, 36), (150, 104, 56), (206, 168, 104), (166, 74, 36),
)  # fmt: skip
BOOTS: tuple[Colour, ...] = (
    (24, 24, 28), (236, 236, 240), (232, 88, 40), (208, 230, 60), (60, 150, 230), (226, 60, 120),
)  # fmt: skip


@dataclass(frozen=True)
class Kit:
    """The colours of the clothes, as red, green and blue from 0 to 255."""

    shirt: Colour
    trim: Colour
    shorts: Colour
    socks: Colour
    pattern: Pattern = "plain"


KITS: tuple[Kit, ...] = (
    Kit((196, 30, 48), (250, 246, 238), (246, 244, 240), (196, 30, 48)),
    Kit((28, 62, 140), (250, 214, 70), (24, 46, 104), (28, 62, 140), "stripes"),
    Kit((240, 240, 236), (20, 112, 84), (20, 96, 74), (240, 240, 236), "sash"),
    Kit((46, 160, 120), (20, 30, 40), (24, 34, 44), (46, 160, 120)),
    Kit((250, 206, 56), (24, 24, 28), (24, 24, 28), (250, 206, 56), "hoops"),
    Kit((40, 40, 48), (230, 90, 50), (40, 40, 48), (40, 40, 48), "halves"),
)


@dataclass(frozen=True)
class Hair:
    """A cut. Lengths are in shares of the head's radius; `length` is how far down the back it goes.

    `volume` of 0 is bald; `parting` lifts the hairline on one side (its sign says which).
    """

    colour: Colour
    volume: float
    length: float
    parting: float
    tail: bool = False


CUTS: tuple[tuple[float, float, bool], ...] = (
    (0.07, 0.25, False),  # short
    (0.15, 0.40, False),  # full
    (0.03, 0.15, False),  # shaved
    (0.08, 0.45, True),  # tied back
    (0.22, 0.55, False),  # curls
    (0.12, 1.30, False),  # down to the collar
    (0.00, 0.00, False),  # bald
)
"""Volume, length and whether there is a tail, of each cut."""

PLAYER_STREAM = 0x9E3779
"""Keeps the draws that make a player apart from those that make a photo."""


@dataclass(frozen=True)
class Player:
    """One player: `height` in metres, `build` as a factor on breadth, `beard` from 0 to 1."""

    number: int
    height: float
    build: float
    skin: Colour
    hair: Hair
    beard: float
    kit: Kit
    boots: Colour
    armband: bool


def draw_player(player: int, seed: int) -> Player:
    """The player of that number on the list (0 is the first), the same for the same seed."""
    rng = np.random.default_rng([seed, player, PLAYER_STREAM])
    volume, length, tail = CUTS[player % len(CUTS)]
    return Player(
        number=int(rng.integers(1, 40)),
        height=float(np.clip(rng.normal(1.80, 0.07), 1.62, 1.97)),
        build=float(rng.uniform(0.92, 1.12)),
        skin=SKINS[(player * 5 + int(rng.integers(3))) % len(SKINS)],
        hair=Hair(
            HAIRS[int(rng.integers(len(HAIRS)))],
            volume,
            length,
            parting=float(rng.choice([-0.16, 0.16])),
            tail=tail,
        ),
        beard=0.0 if tail else float(rng.choice([0.0, 0.0, 0.35, 0.8])),
        kit=KITS[player % len(KITS)],
        boots=BOOTS[int(rng.integers(len(BOOTS)))],
        armband=player % 5 == 0,
    )

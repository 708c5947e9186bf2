"""The torso under its shirt: cloth in a pattern, badge, and the number front and back."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from touchline.demo.players import Kit, Player
from touchline.demo.skeleton import Joints
from touchline.demo.surfaces import Patches, Surface, bar, join, sheet, spot
from touchline.demo.vectors import Floats, cross, unit

SPINE = 0.58
"""Metres from the pelvis to the neck of the reference player."""
CLOTH_LIFT, SASH_LIFT, MARK_LIFT, BADGE_LIFT = 0.010, 0.032, 0.040, 0.048
"""Metres: what is printed on the cloth lies on top of it, and under the arms."""

TORSO_RINGS = np.array([
    # height above the pelvis, half width, half depth, how far forward: metres
    (-0.10, 0.172, 0.126, 0.000),
    (0.00, 0.166, 0.124, 0.000),
    (0.12, 0.152, 0.116, 0.004),
    (0.25, 0.160, 0.120, 0.008),
    (0.37, 0.176, 0.128, 0.010),
    (0.45, 0.190, 0.124, 0.004),
    (0.50, 0.190, 0.108, -0.002),
    (0.535, 0.176, 0.088, -0.008),
    (0.560, 0.140, 0.076, -0.008),
    (0.580, 0.090, 0.070, -0.005),
    (0.588, 0.073, 0.067, -0.002),
    (0.600, 0.067, 0.064, 0.000),
])  # fmt: skip
HEM, COLLAR = TORSO_RINGS[0, 0], TORSO_RINGS[-1, 0]
TORSO_HEIGHTS = np.linspace(HEM, COLLAR, 141)
TORSO = PchipInterpolator(TORSO_RINGS[:, 0], TORSO_RINGS[:, 1:])(TORSO_HEIGHTS).T
"""The rings joined by a smooth curve."""

# Seven strokes of a digit, as (left, bottom, right, top) in a box one wide and two high.
STROKES = (
    (0.0, 1.7, 1.0, 2.0), (0.68, 1.0, 1.0, 2.0), (0.68, 0.0, 1.0, 1.0), (0.0, 0.0, 1.0, 0.3),
    (0.0, 0.0, 0.32, 1.0), (0.0, 1.0, 0.32, 2.0), (0.0, 0.85, 1.0, 1.15),
)  # fmt: skip
DIGITS = ("012345", "12", "01346", "01236", "1256", "02356", "023456", "012", "0123456", "012356")


Box = tuple[float, float, float, float]
"""Where a digit is on the shirt: left edge and width in radians, lower edge and half its height."""


class Torso:
    """The axes of a torso and the shirt's surface over them."""

    def __init__(self, joints: Joints, build: float) -> None:
        self.pelvis, self.build = joints["pelvis"], build
        spine = joints["neck"] - self.pelvis
        self.scale = float(np.linalg.norm(spine)) / SPINE
        self.up = unit(spine)
        self.front = unit(cross(joints["left_shoulder"] - joints["right_shoulder"], self.up))
        self.side = cross(self.up, self.front)

    def place(self, azimuth: Floats, height: Floats, swell: float = 1.0) -> Floats:
        """Places on the shirt, made broader by the factor `swell`: shape (..., 3).

        Args:
            azimuth: radians from the breastbone, positive to the player's left.
            height: metres above the pelvis of the reference player.
            swell: above 1 for what lies on the cloth.
        """
        width, depth, ahead = (np.interp(height, TORSO_HEIGHTS, column) for column in TORSO)
        places: Floats = self.pelvis + self.scale * (
            (swell * self.build * width * np.sin(azimuth))[..., None] * self.side
            + height[..., None] * self.up
            + (ahead + swell * self.build * depth * np.cos(azimuth))[..., None] * self.front
        )
        return places


def draw_shirt(torso: Torso, player: Player) -> Patches:
    """The shirt of a player's kit, without its sleeves."""
    return join([*_cloth(torso, player.kit), *_marks(torso, player)])


def _cloth(torso: Torso, kit: Kit) -> list[Patches]:
    azimuth, height = np.meshgrid(np.linspace(-np.pi, np.pi, 37), np.linspace(HEM, COLLAR, 29))
    turned = (azimuth[:-1, :-1] + azimuth[:-1, 1:]) / 2
    risen = (height[:-1, :-1] + height[1:, :-1]) / 2
    coloured = {
        "plain": np.zeros_like(turned, bool),
        "stripes": np.cos(turned * 6) > 0.1,
        "hoops": np.cos((risen - HEM) * 2 * np.pi / 0.15) > 0.1,
        "halves": turned > 0,
        "sash": np.zeros_like(turned, bool),
    }[kit.pattern] | (risen > 0.575)
    colours = np.where(coloured[..., None], np.array(kit.trim, float), np.array(kit.shirt, float))
    shirt = [sheet(torso.place(azimuth, height), colours, CLOTH_LIFT)]
    return shirt + _sash(torso, kit) if kit.pattern == "sash" else shirt


def _sash(torso: Torso, kit: Kit) -> list[Patches]:
    """A band from the left hip over the right shoulder and down the back."""
    height = np.broadcast_to(np.linspace(-0.10, 0.55, 24)[:, None], (24, 4))
    front = np.linspace(1.2, -1.1, 24)[:, None] + np.linspace(-0.25, 0.25, 4)
    back = np.pi - front[:, ::-1]
    return [sheet(torso.place(half, height, 1.005), kit.trim, SASH_LIFT) for half in (front, back)]


def _marks(torso: Torso, player: Player) -> list[Patches]:
    """The badge on the left breast, the maker's mark on the right, the number front and back."""
    kit = player.kit

    def raised(azimuth: Floats, height: Floats) -> Floats:
        return torso.place(azimuth, height, 1.01)

    ink = _readable_on(kit)
    marks = [
        spot(raised, (0.52, 0.43), (0.17, 0.034), (246, 214, 96), MARK_LIFT),
        spot(raised, (0.52, 0.43), (0.11, 0.022), (30, 40, 70), BADGE_LIFT),
        bar(raised, (-0.62, 0.425), (-0.42, 0.44), ink, MARK_LIFT),
    ]
    digits = str(player.number)
    for middle, low, half in ((0.0, 0.19, 0.085), (np.pi, 0.18, 0.13)):
        width = 4.4 * half
        left = middle - width * (1.25 * len(digits) - 0.25) / 2
        for place, digit in enumerate(digits):
            marks += _digit(raised, (left + 1.25 * width * place, low, width, half), digit, ink)
    return marks


def _digit(surface: Surface, box: Box, digit: str, ink: ArrayLike) -> list[Patches]:
    left, low, width, half = box
    return [
        bar(
            surface,
            (left + width * STROKES[int(place)][0], low + half * STROKES[int(place)][1]),
            (left + width * STROKES[int(place)][2], low + half * STROKES[int(place)][3]),
            ink,
            MARK_LIFT,
        )
        for place in DIGITS[int(digit)]
    ]


def _readable_on(kit: Kit) -> Floats:
    return np.array((24, 24, 30) if sum(kit.shirt) > 480 else (250, 250, 250), float)

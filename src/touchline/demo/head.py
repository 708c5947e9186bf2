"""The head: a skull with eyes, brows, nose, mouth and ears that show which way it looks, and hair.

Places on the head are given as an azimuth (radians from the nose, positive to the player's left)
and a height from -1 (chin) to 1 (crown).
"""

import numpy as np

from touchline.demo.players import Player
from touchline.demo.skeleton import Joints
from touchline.demo.surfaces import Patches, bar, join, limb, sheet, spot
from touchline.demo.vectors import Floats, cross, unit

HALF_WIDTH, HALF_DEPTH = 0.076, 0.098
ROWS, COLUMNS = 20, 33
LIFT, MOUTH_LIFT = 0.014, 0.024
"""Metres: eyes lie on the skin, but behind a nose that stands before them."""
WHITE, DARK, LIPS = (240, 238, 234), (34, 24, 22), (166, 84, 80)


class Head:
    """The axes of a head, and the surface over them.

    Args:
        joints: see `touchline.demo.skeleton.stand`; `head`, `face` and `crown` are read.
    """

    def __init__(self, joints: Joints) -> None:
        self.centre = joints["head"]
        self.up = joints["crown"] - self.centre
        self.half_height = float(np.linalg.norm(self.up))
        self.up = self.up / self.half_height
        self.front = unit(joints["face"] - self.centre)
        self.side = cross(self.up, self.front)

    def place(self, azimuth: Floats, height: Floats, swell: Floats | float = 1.0) -> Floats:
        """Places on the skull, made larger by the factor `swell`: shape (..., 3)."""
        roundness = np.where(height > 0, 2.5, 2.1)  # a skull is fuller above than below
        ring = np.clip(1.0 - np.abs(height) ** roundness, 0.0, 1.0) ** (1.0 / roundness)
        ring = ring * (1.04 - 0.12 * np.clip(-height, 0, 1))
        places: Floats = self.centre + swell * (
            (ring * HALF_WIDTH * np.sin(azimuth))[..., None] * self.side
            + (height * self.half_height)[..., None] * self.up
            + (ring * HALF_DEPTH * np.cos(azimuth))[..., None] * self.front
        )
        return places

    def point(self, right: float, height: float, ahead: float) -> Floats:
        """A place in metres from the centre along the head's own axes."""
        return self.centre + right * self.side + height * self.up + ahead * self.front


def draw_head(joints: Joints, player: Player, *, shout: bool) -> Patches:
    """The head and neck of a player; `shout` opens the mouth wide."""
    head = Head(joints)
    skin = np.array(player.skin, float)
    neck = limb(joints["neck"] - (0.0, 0.03, 0.0), head.point(0, -0.05, -0.02),
                [0.062, 0.056, 0.056], skin * 0.94, lift=-0.02)  # fmt: skip
    parts = [neck, *_skull(head, player), *_face(head, player, shout=shout), *_ears(head, skin)]
    if player.hair.volume > 0:
        parts += _hair(head, player)
    return join(parts)


def _grid(azimuth: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Rows of heights from `low` to `high` (each one a column), closer together near the poles."""
    rises = np.arcsin(low) + np.linspace(0.0, 1.0, ROWS)[:, None] * (
        np.arcsin(high) - np.arcsin(low)
    )
    heights = np.sin(rises)
    return np.broadcast_to(azimuth, heights.shape), heights


def _skull(head: Head, player: Player) -> list[Patches]:
    around = np.linspace(-np.pi, np.pi, COLUMNS)
    skin, hair = np.array(player.skin, float), np.array(player.hair.colour, float)
    skull = sheet(
        head.place(*_grid(around, np.full(COLUMNS, -0.999), np.full(COLUMNS, 0.999))), skin
    )
    if not player.beard:
        return [skull]
    jaw = np.linspace(-1.6, 1.6, COLUMNS)
    edge = -0.34 + 0.30 * np.clip(np.abs(jaw) / 1.1, 0, 1) ** 2
    beard = head.place(*_grid(jaw, np.full(COLUMNS, -0.995), edge), 1.006)
    return [skull, sheet(beard, skin + player.beard * 0.8 * (hair - skin), 0.7 * LIFT)]


def _face(head: Head, player: Player, *, shout: bool) -> list[Patches]:
    skin, hair = np.array(player.skin, float), np.array(player.hair.colour, float)
    brow = hair * 0.8 if player.hair.volume > 0 else skin * 0.45

    def raised(azimuth: Floats, height: Floats) -> Floats:
        return head.place(azimuth, height, 1.015)

    parts = []
    for side in (-1, 1):
        parts += [
            spot(raised, (side * 0.40, 0.07), (0.17, 0.065), WHITE, LIFT),
            spot(raised, (side * 0.40, 0.07), (0.075, 0.062), DARK, 1.4 * LIFT),
            bar(raised, (side * 0.42 - 0.22, 0.20), (side * 0.42 + 0.22, 0.25), brow, LIFT),
        ]
    if shout:
        parts += [
            spot(raised, (0.0, -0.50), (0.36, 0.17), (96, 30, 34), MOUTH_LIFT),
            bar(raised, (-0.25, -0.42), (0.25, -0.37), WHITE, 1.4 * MOUTH_LIFT),
        ]
    else:
        parts.append(
            spot(raised, (0.0, -0.47), (0.32, 0.035), 0.5 * skin + 0.5 * np.array(LIPS), MOUTH_LIFT)
        )
    nose = limb(head.point(0, 0.012, HALF_DEPTH), head.point(0, -0.030, HALF_DEPTH + 0.016),
                [0.008, 0.012, 0.016], skin * 0.97)  # fmt: skip
    return [*parts, nose]


def _ears(head: Head, skin: Floats) -> list[Patches]:
    return [
        limb(head.point(side * HALF_WIDTH * 1.06, -0.022, -0.006),
             head.point(side * HALF_WIDTH * 1.10, 0.016, -0.012),
             [0.014, 0.020], skin * 0.92, front=side * head.side, flat=0.5)
        for side in (-1, 1)
    ]  # fmt: skip


def _hair(head: Head, player: Player) -> list[Patches]:
    """A shell over the skull above a hairline that falls from the forehead to the nape."""
    hair = player.hair
    around = np.linspace(-np.pi, np.pi, COLUMNS)
    ahead = np.cos(around)
    hairline = 0.30 + 0.32 * ahead - hair.length * np.clip(0.45 - ahead, 0, 1)
    hairline = hairline + hair.parting * np.sin(around) * np.clip(ahead + 0.3, 0, 1)
    azimuth, height = _grid(around, np.clip(hairline, -0.97, 0.9), np.full(COLUMNS, 0.999))
    thickness = np.linspace(0.0, 1.0, ROWS)[:, None, None] ** 0.35
    shell = head.place(azimuth, height, 1.005 + hair.volume * thickness)
    colour = np.array(hair.colour, float)
    strands = np.where(np.arange(COLUMNS - 1) % 2, 0.92, 1.08)[:, None]
    parts = [sheet(shell, colour * strands, LIFT / 2)]
    if hair.tail:
        knot, tip = head.point(0, 0.05, -HALF_DEPTH * 1.08), head.point(0, -0.13, -0.16)
        parts.append(limb(knot, tip, [0.028, 0.036, 0.030, 0.012], colour * 0.95))
    return parts

"""The head: a skull with eyes, brows, nose, mouth and ears that show which way it looks, and hair.

Places on the head are given as an azimuth (radians from the nose, positive to the player's left)
and a height from -1 (chin) to 1 (crown).
"""

import numpy as np

from touchline.demo.players import Player
from touchline.demo.skeleton import Floats, Joints
from touchline.demo.surfaces import Patches, bar, join, limb, sheet, spot

HALF_WIDTH, HALF_DEPTH = 0.076, 0.098
ROWS, COLUMNS = 22, 36
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
        front = joints["face"] - self.centre
        self.front = front / np.linalg.norm(front)
        self.side = np.cross(self.up, self.front)

    def place(self, azimuth: Floats, height: Floats, swell: float = 1.0) -> Floats:
        """Places on the skull, made larger by the factor `swell`: shape (..., 3)."""
        ring = np.sqrt(np.clip(1.0 - height**2, 0.0, 1.0)) * (1.0 - 0.14 * np.clip(-height, 0, 1))
        ring = ring * (1.0 + 0.10 * (1.0 - height**2))
        return self.centre + swell * (
            (ring * HALF_WIDTH * np.sin(azimuth))[..., None] * self.side
            + (height * self.half_height)[..., None] * self.up
            + (ring * HALF_DEPTH * np.cos(azimuth))[..., None] * self.front
        )

    def point(self, right: float, height: float, ahead: float) -> Floats:
        """A place in metres from the centre along the head's own axes."""
        return self.centre + right * self.side + height * self.up + ahead * self.front


def draw_head(joints: Joints, player: Player, *, shout: bool) -> Patches:
    """The head and neck of a player; `shout` opens the mouth wide."""
    head = Head(joints)
    skin = np.array(player.skin, float)
    neck = limb(joints["neck"] - (0.0, 0.03, 0.0), head.point(0, -0.05, -0.02),
                [0.062, 0.056, 0.056], skin * 0.94)  # fmt: skip
    parts = [neck, _skull(head, player), *_face(head, player, shout=shout), *_ears(head, skin)]
    if player.hair.volume > 0:
        parts += _hair(head, player)
    return join(parts)


def _grid() -> tuple[Floats, Floats]:
    azimuth = np.linspace(-np.pi, np.pi, COLUMNS + 1)
    height = np.sin(np.radians(np.linspace(-88.0, 88.0, ROWS + 1)))
    return tuple(np.meshgrid(azimuth, height))  # type: ignore[return-value]


def _middles(azimuth: Floats, height: Floats) -> tuple[Floats, Floats]:
    return (azimuth[:-1, :-1] + azimuth[:-1, 1:]) / 2, (height[:-1, :-1] + height[1:, :-1]) / 2


def _skull(head: Head, player: Player) -> Patches:
    azimuth, height = _grid()
    turned, risen = _middles(azimuth, height)
    skin, hair = np.array(player.skin, float), np.array(player.hair.colour, float)
    bearded = (risen < -0.28 + 0.25 * (np.abs(turned) > 0.75)) & (np.abs(turned) < 1.65)
    stubble = skin + player.beard * 0.8 * (hair - skin)
    colours = np.where(bearded[..., None], stubble, skin)
    return sheet(head.place(azimuth, height), colours)


def _face(head: Head, player: Player, *, shout: bool) -> list[Patches]:
    skin, hair = np.array(player.skin, float), np.array(player.hair.colour, float)
    brow = hair * 0.8 if player.hair.volume > 0 else skin * 0.45

    def raised(azimuth: Floats, height: Floats) -> Floats:
        return head.place(azimuth, height, 1.015)

    parts = []
    for side in (-1, 1):
        parts += [
            spot(raised, (side * 0.40, 0.07), (0.17, 0.065), WHITE),
            spot(raised, (side * 0.40, 0.07), (0.075, 0.062), DARK),
            bar(raised, (side * 0.42 - 0.22, 0.20), (side * 0.42 + 0.22, 0.25), brow),
        ]
    if shout:
        parts += [
            spot(raised, (0.0, -0.50), (0.36, 0.17), (96, 30, 34)),
            bar(raised, (-0.25, -0.42), (0.25, -0.37), WHITE),
        ]
    else:
        parts.append(spot(raised, (0.0, -0.47), (0.32, 0.035), 0.5 * skin + 0.5 * np.array(LIPS)))
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
    azimuth, height = _grid()
    turned, risen = _middles(azimuth, height)
    backwards = -np.cos(turned)
    hairline = 0.30 - 0.32 * backwards - hair.length * np.clip(backwards + 0.45, 0, 1)
    hairline = hairline + hair.parting * np.sin(turned) * (backwards < 0.2)
    colour = np.array(hair.colour, float)
    strands = 1.0 + 0.10 * np.cos(turned * 18.0)[..., None]
    shell = sheet(head.place(azimuth, height, 1.0 + hair.volume), colour * strands)
    covered = (risen > hairline).reshape(-1)
    parts = [Patches(shell.corners[covered], shell.colours[covered], shell.lift[covered])]
    if hair.tail:
        knot, tip = head.point(0, 0.05, -HALF_DEPTH * 1.08), head.point(0, -0.13, -0.16)
        parts.append(limb(knot, tip, [0.028, 0.036, 0.030, 0.012], colour * 0.95))
    return parts

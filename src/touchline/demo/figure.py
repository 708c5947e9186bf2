"""A player in a pose as one set of patches: clothes, limbs, the ball, and the head on top."""

import numpy as np
from scipy.interpolate import PchipInterpolator
from numpy.typing import ArrayLike

from touchline.demo.head import draw_head
from touchline.demo.players import Kit, Player
from touchline.demo.poses import Pose
from touchline.demo.skeleton import SIDES, Floats, Joints
from touchline.demo.surfaces import Patches, ball, bar, join, limb, sheet, spot, tube

BALL_RADIUS = 0.112
SHIRT_LIFT, SASH_LIFT, MARK_LIFT, BADGE_LIFT = 0.010, 0.032, 0.040, 0.048
SHORTS_LIFT, THIGH_LIFT = -0.03, -0.06
"""Metres: the shirt hangs over the shorts; what is printed on it lies on top, under the arms."""

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
TORSO = PchipInterpolator(TORSO_RINGS[:, 0], TORSO_RINGS[:, 1:])
HEM, COLLAR = TORSO_RINGS[0, 0], TORSO_RINGS[-1, 0]

# Seven strokes of a digit, as (left, bottom, right, top) in a box one wide and two high.
STROKES = (
    (0.0, 1.7, 1.0, 2.0), (0.68, 1.0, 1.0, 2.0), (0.68, 0.0, 1.0, 1.0), (0.0, 0.0, 1.0, 0.3),
    (0.0, 0.0, 0.32, 1.0), (0.0, 1.0, 0.32, 2.0), (0.0, 0.85, 1.0, 1.15),
)  # fmt: skip
DIGITS = ("012345", "12", "01346", "01236", "1256", "02356", "023456", "012", "0123456", "012356")


class Torso:
    """The axes of a torso and the shirt's surface over them."""

    def __init__(self, joints: Joints, build: float) -> None:
        self.pelvis, self.build = joints["pelvis"], build
        up = joints["neck"] - self.pelvis
        self.scale = float(np.linalg.norm(up)) / 0.58
        self.up = up / np.linalg.norm(up)
        side = joints["left_shoulder"] - joints["right_shoulder"]
        self.front = np.cross(side, self.up)
        self.front = self.front / np.linalg.norm(self.front)
        self.side = np.cross(self.up, self.front)

    def place(self, azimuth: Floats, height: Floats, swell: float = 1.0) -> Floats:
        """Places on the shirt: azimuth from the breastbone to the player's left, height in metres
        above the pelvis of the reference player; `swell` is a factor on the breadth.
        """  # fmt: skip
        width, depth, ahead = np.moveaxis(TORSO(height), -1, 0)
        return self.pelvis + self.scale * (
            (swell * self.build * width * np.sin(azimuth))[..., None] * self.side
            + height[..., None] * self.up
            + (ahead + swell * self.build * depth * np.cos(azimuth))[..., None] * self.front
        )


def draw_figure(joints: Joints, pose: Pose, player: Player, spin: float = 0.0) -> Patches:
    """Everything solid in the photo.

    Args:
        joints: see `touchline.demo.skeleton.stand`.
        pose: what the hands and mouth do.
        player: whose body and kit it is.
        spin: how the ball's pattern lies, in radians.
    """
    torso = Torso(joints, player.build)
    parts = [*_shirt(torso, player.kit), *_marks(torso, player), *_shorts(joints, torso, player)]
    for side in SIDES:
        own = {name.removeprefix(f"{side}_"): place for name, place in joints.items()}
        parts += _arm(own, torso, player, band=player.armband and side == "left")
        parts += _leg(own, torso, player)
    parts.append(draw_head(joints, player, shout=pose.shout))
    if "ball" in joints:
        parts.append(ball(joints["ball"], BALL_RADIUS, lambda outward: _panels(outward, spin)))
    return join(parts)


def _shirt(torso: Torso, kit: Kit) -> list[Patches]:
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
    shirt = [sheet(torso.place(azimuth, height), colours, SHIRT_LIFT)]
    return shirt + _sash(torso, kit) if kit.pattern == "sash" else shirt


def _sash(torso: Torso, kit: Kit) -> list[Patches]:
    """A band from the left hip over the right shoulder and down the back."""
    height = np.broadcast_to(np.linspace(-0.10, 0.55, 24)[:, None], (24, 4))
    front = np.linspace(1.2, -1.1, 24)[:, None] + np.linspace(-0.25, 0.25, 4)
    back = np.pi - front[:, ::-1]
    return [sheet(torso.place(half, height, 1.005), kit.trim, SASH_LIFT) for half in (front, back)]


def _marks(torso: Torso, player: Player) -> list[Patches]:
    """The badge on the left breast, the maker's mark on the right, and the number front and back."""
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
    for middle, low, size in ((0.0, 0.19, 0.085), (np.pi, 0.18, 0.13)):
        width = size * 4.4
        left = middle - width * (1.25 * len(digits) - 0.25) / 2
        for place, digit in enumerate(digits):
            marks += _digit(raised, left + 1.25 * width * place, low, width, size, int(digit), ink)
    return marks


def _digit(surface, left: float, low: float, width: float, size: float, digit: int, ink: ArrayLike):
    return [
        bar(
            surface,
            (left + width * STROKES[int(k)][0], low + size * STROKES[int(k)][1]),
            (left + width * STROKES[int(k)][2], low + size * STROKES[int(k)][3]),
            ink,
            MARK_LIFT,
        )
        for k in DIGITS[digit]
    ]


def _readable_on(kit: Kit) -> Floats:
    return np.array((24, 24, 30) if sum(kit.shirt) > 480 else (250, 250, 250), float)


def _shorts(joints: Joints, torso: Torso, player: Player) -> list[Patches]:
    scale = torso.scale * player.build
    heights = np.array([-0.145, -0.08]) * torso.scale
    path = torso.pelvis + heights[:, None] * torso.up
    radii = np.array([(0.145, 0.110), (0.158, 0.116)]) * scale
    parts = [tube(path, radii, player.kit.shorts, torso.front, lift=SHORTS_LIFT)]
    for side in SIDES:
        hip, knee = joints[f"{side}_hip"], joints[f"{side}_knee"]
        path = hip + np.linspace(0.06, 0.66, 6)[:, None] * (knee - hip)
        radii = np.array([0.088, 0.096, 0.098, 0.099, 0.100, 0.101]) * scale
        colours = np.broadcast_to(np.array(player.kit.shorts, float), (5, 22, 3)).copy()
        colours[-1] = player.kit.trim
        parts.append(tube(path[::-1], radii[::-1], colours[::-1], lift=SHORTS_LIFT))
    return parts


def _arm(own: Joints, torso: Torso, player: Player, *, band: bool) -> list[Patches]:
    scale = torso.scale * np.sqrt(player.build)
    shoulder, elbow, wrist, fingers = (own[n] for n in ("shoulder", "elbow", "wrist", "fingers"))
    skin = np.array(player.skin, float)
    sleeve_end = shoulder + 0.68 * (elbow - shoulder)
    bare = shoulder + 0.62 * (elbow - shoulder)
    parts = [
        limb(bare, elbow, np.array([0.048, 0.046, 0.042]) * scale, skin),
        limb(elbow, wrist, np.array([0.042, 0.045, 0.039, 0.030]) * scale, skin),
        limb(wrist, fingers, _hand(wrist, fingers) * scale, skin * 0.98, torso.front, 0.8),
        _sleeve(shoulder, sleeve_end, player.kit, scale),
    ]
    if band:
        start = shoulder + 0.36 * (elbow - shoulder)
        ring = start + np.linspace(0, 0.22, 4)[:, None] * (elbow - shoulder)
        parts.append(tube(ring, np.full(4, 0.071) * scale, (250, 208, 60), lift=0.02))
    return parts


def _hand(wrist: Floats, fingers: Floats) -> Floats:
    """A fist is short and thick, an open hand long and thin."""
    closed = np.linalg.norm(fingers - wrist) < 0.08
    return np.array([0.034, 0.046, 0.044] if closed else [0.030, 0.042, 0.038, 0.024])


def _sleeve(shoulder: Floats, end: Floats, kit: Kit, scale: float) -> Patches:
    along = np.array([-0.36, -0.30, -0.15, 0.0, 0.3, 0.6, 0.9, 1.0])
    radii = np.array([0.001, 0.034, 0.051, 0.058, 0.063, 0.065, 0.065, 0.065]) * scale
    colours = np.broadcast_to(np.array(kit.shirt, float), (7, 22, 3)).copy()
    colours[-1] = kit.trim
    return tube(shoulder + along[:, None] * (end - shoulder), radii, colours)


def _leg(own: Joints, torso: Torso, player: Player) -> list[Patches]:
    scale = torso.scale * np.sqrt(player.build)
    hip, knee, ankle, toe = (own[n] for n in ("hip", "knee", "ankle", "toe"))
    socks = np.array(player.kit.socks, float)
    top = knee + 0.10 * (ankle - knee)
    cuff = np.stack([top + 0.10 * (ankle - knee), top])
    heel = ankle + (0.0, -0.052, 0.0) - 0.28 * (toe - ankle) * (1.0, 0.0, 1.0)
    return [
        limb(
            hip + 0.6 * (knee - hip),
            knee,
            np.array([0.074, 0.066, 0.058]) * scale,
            player.skin,
            lift=THIGH_LIFT,
        ),
        limb(knee, top, np.array([0.056, 0.054]) * scale, player.skin),
        limb(top, ankle, np.array([0.055, 0.061, 0.052, 0.042, 0.040]) * scale, socks),
        tube(cuff, np.array([0.062, 0.060]) * scale, player.kit.trim),
        limb(heel, toe, np.array([0.040, 0.045, 0.046, 0.034]) * scale, player.boots),
    ]


def _panels(outward: Floats, spin: float) -> Floats:
    """A classic ball: white, with a dark patch at each of the icosahedron's twelve corners."""
    golden = (1 + 5**0.5) / 2
    corners = np.array([
        np.roll((0.0, a, b * golden), k) for k in range(3) for a in (-1, 1) for b in (-1, 1)
    ]) / np.hypot(1, golden)  # fmt: skip
    tumble = np.array([
        [np.cos(spin), -np.sin(spin), 0], [np.sin(spin), np.cos(spin), 0], [0, 0, 1],
    ])  # fmt: skip
    nearest = (outward @ (corners @ tumble.T).T).max(axis=-1)
    return np.where((nearest > np.cos(0.38))[..., None], (36.0, 36.0, 42.0), (242.0, 242.0, 238.0))

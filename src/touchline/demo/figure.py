"""A player in a pose as one set of patches: clothes, limbs, the ball, and the head on top."""

import numpy as np

from touchline.demo.head import draw_head
from touchline.demo.players import Colour, Player
from touchline.demo.poses import Pose
from touchline.demo.shirt import Torso, draw_shirt
from touchline.demo.skeleton import SIDES, Joints
from touchline.demo.surfaces import Patches, ball, join, limb, tube
from touchline.demo.vectors import Floats

BALL_RADIUS = 0.112
SLEEVE_LIFT, BAND_LIFT, SHORTS_LIFT, THIGH_LIFT = 0.06, 0.09, -0.03, -0.06
"""Metres: sleeves are set on the shirt, which hangs over the shorts, and these over the thighs."""


def draw_figure(joints: Joints, pose: Pose, player: Player, spin: float = 0.0) -> Patches:
    """Everything solid in the photo.

    Args:
        joints: see `touchline.demo.skeleton.stand`.
        pose: what the hands and mouth do.
        player: whose body and kit it is.
        spin: how the ball's pattern lies, in radians.
    """
    torso = Torso(joints, player.build)
    parts = [draw_shirt(torso, player), *_shorts(joints, torso, player)]
    for side in SIDES:
        own = {name.removeprefix(f"{side}_"): place for name, place in joints.items()}
        parts += _arm(own, torso, player, band=player.armband and side == "left")
        parts += _leg(own, torso, player)
    parts.append(draw_head(joints, player, shout=pose.shout))
    if "ball" in joints:
        parts.append(ball(joints["ball"], BALL_RADIUS, lambda outward: _panels(outward, spin)))
    return join(parts)


def _shorts(joints: Joints, torso: Torso, player: Player) -> list[Patches]:
    scale = torso.scale * player.build
    heights = np.array([-0.20, -0.15, -0.08]) * torso.scale
    path = torso.pelvis + heights[:, None] * torso.up
    radii = np.array([(0.085, 0.085), (0.145, 0.110), (0.158, 0.116)]) * scale
    parts = [tube(path, radii, player.kit.shorts, torso.front, lift=SHORTS_LIFT)]
    for side in SIDES:
        hip, knee = joints[f"{side}_hip"], joints[f"{side}_knee"]
        path = hip + np.linspace(0.06, 0.66, 6)[:, None] * (knee - hip)
        radii = np.array([0.088, 0.096, 0.098, 0.099, 0.100, 0.101]) * scale
        cloth = _hemmed(player.kit.shorts, player.kit.trim, len(radii))
        parts.append(tube(path, radii, cloth, lift=SHORTS_LIFT))
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
        _sleeve(shoulder, sleeve_end, player, scale),
    ]
    if band:
        start = shoulder + 0.36 * (elbow - shoulder)
        ring = start + np.linspace(0, 0.22, 4)[:, None] * (elbow - shoulder)
        parts.append(tube(ring, np.full(4, 0.071) * scale, (250, 208, 60), lift=BAND_LIFT))
    return parts


def _hand(wrist: Floats, fingers: Floats) -> Floats:
    """A fist is short and thick, an open hand long and thin."""
    closed = np.linalg.norm(fingers - wrist) < 0.08
    return np.array([0.034, 0.046, 0.044] if closed else [0.030, 0.042, 0.038, 0.024])


def _sleeve(shoulder: Floats, end: Floats, player: Player, scale: float) -> Patches:
    along = np.array([-0.36, -0.30, -0.15, 0.0, 0.3, 0.6, 0.9, 1.0])
    radii = np.array([0.001, 0.034, 0.051, 0.058, 0.063, 0.065, 0.065, 0.065]) * scale
    cloth = _hemmed(player.kit.shirt, player.kit.trim, len(radii))
    return tube(shoulder + along[:, None] * (end - shoulder), radii, cloth, lift=SLEEVE_LIFT)


def _hemmed(cloth: Colour, trim: Colour, rings: int) -> Floats:
    """The colours of a tube of cloth that ends in a hem: shape (rings - 1, 1, 3)."""
    return np.array([cloth] * (rings - 2) + [trim], float)[:, None]


def _leg(own: Joints, torso: Torso, player: Player) -> list[Patches]:
    scale = torso.scale * np.sqrt(player.build)
    hip, knee, ankle, toe = (own[n] for n in ("hip", "knee", "ankle", "toe"))
    socks = np.array(player.kit.socks, float)
    top = knee + 0.10 * (ankle - knee)
    cuff = np.stack([top + 0.10 * (ankle - knee), top])
    heel = ankle - 0.28 * (toe - ankle)
    heel[1] = ankle[1] - 0.052
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

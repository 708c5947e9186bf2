"""A pose and a stance in, the places of a player's joints out.

The joints are set for a player who faces the camera, then turned towards the right edge of the
picture, and for a left pose mirrored. So a left pose is the mirror image of its right partner for
the same `Stance`, by construction and not by luck.

Axes: x to the right in the picture, y up, z towards the camera; metres. A player who faces the
camera has the left hand at positive x.
"""

from dataclasses import dataclass

import numpy as np

from touchline.demo.poses import Arm, Pose
from touchline.demo.vectors import Floats, leant, lifted, turned_right, unit

Joints = dict[str, Floats]

REFERENCE_HEIGHT = 1.80
UPPER_ARM, FOREARM, HAND = 0.29, 0.265, 0.10
SHOULDER = (0.185, 1.445, 0.0)
BALL = (0.0, 1.10, 0.31)
NECK_TO_HEAD, FACE, CROWN = (0.0, 0.135, 0.02), (0.0, 0.0, 0.1), (0.0, 0.125, 0.0)
SIDES = {"left": 1.0, "right": -1.0}


@dataclass(frozen=True)
class Stance:
    """How one photo differs from the pose in the book.

    Attributes:
        turn: degrees added to the turn of the body.
        gaze: the share of that turn which the head follows; below 1 it looks back at the camera.
        nod, tilt: degrees by which the face is lifted, and the head leans to a shoulder.
        choice: which of the pose's pairs of arms, a share in [0, 1).
        swapped: the arms change roles, e.g. which lies on top.
        scatter: metres by which the joints stray from their places on average.
        seed: chooses where they stray.
    """

    turn: float = 0.0
    gaze: float = 1.0
    nod: float = 0.0
    tilt: float = 0.0
    choice: float = 0.0
    swapped: bool = False
    scatter: float = 0.0
    seed: int = 0


def draw_stance(rng: np.random.Generator) -> Stance:
    """A stance by chance: turned up to 8 degrees too far or too little, joints about 1 cm off."""
    return Stance(
        turn=rng.uniform(-8, 8),
        gaze=rng.uniform(0.35, 1.05),
        nod=rng.normal(0, 3),
        tilt=rng.normal(0, 3),
        choice=rng.random(),
        swapped=bool(rng.random() < 0.5),
        scatter=0.009,
        seed=int(rng.integers(2**32)),
    )


def stand(pose: Pose, stance: Stance, height: float = REFERENCE_HEIGHT) -> Joints:
    """The joints of a player `height` metres tall in a pose.

    Returns:
        `pelvis`, `neck`, `head` (its centre), `face` and `crown` (points on the head's axes), and
        for `left_` and `right_` (the player's own sides) `shoulder`, `elbow`, `wrist`, `fingers`,
        `hip`, `knee`, `ankle`, `toe`; with a ball also `ball`, its centre. Each of shape (3,).
    """
    joints = _facing_the_camera(pose, stance)
    turn = pose.degrees + stance.turn
    joints = {name: place @ turned_right(turn).T for name, place in joints.items()}
    joints |= _head(joints["neck"], turn * stance.gaze, stance.nod + pose.chin, stance.tilt)
    if pose.side == "left":
        joints = mirror(joints)
    return {name: place * (height / REFERENCE_HEIGHT) for name, place in joints.items()}


def mirror(joints: Joints) -> Joints:
    """The joints as a mirror shows them: x changes sign, and the left hand becomes the right."""
    swap = {"left": "right", "right": "left"}
    flip = np.array([-1.0, 1.0, 1.0])
    mirrored = {}
    for name, place in joints.items():
        side, _, joint = name.partition("_")
        mirrored[f"{swap[side]}_{joint}" if side in swap else name] = place * flip
    return mirrored


def bend(start: Floats, end: Floats, towards: Floats, first: float, second: float) -> Floats:
    """The joint between two bones of lengths `first` and `second` from `start` to `end`.

    An `end` out of reach is taken as just within reach, in the same direction.

    >>> bend(np.zeros(3), np.array([0.0, 0.8, 0.0]), np.array([1.0, 0.0, 0.0]), 0.5, 0.5).round(3)
    array([0.3, 0.4, 0. ])
    """
    reach = float(np.linalg.norm(end - start))
    direction = (end - start) / reach
    reach = min(reach, 0.999 * (first + second))
    along = (first**2 - second**2 + reach**2) / (2 * reach)
    outward = unit(towards - (towards @ direction) * direction)
    place: Floats = start + along * direction + np.sqrt(max(first**2 - along**2, 0.0)) * outward
    return place


def _facing_the_camera(pose: Pose, stance: Stance) -> Joints:
    rng = np.random.default_rng(stance.seed)
    arms = pose.arms[int(stance.choice * len(pose.arms))]
    chosen = dict(zip(SIDES, reversed(arms) if stance.swapped else arms, strict=True))
    joints: Joints = {"pelvis": np.array([0.0, 0.95, 0.0]), "neck": np.array([0.0, 1.53, 0.0])}
    if pose.ball:
        joints["ball"] = np.array(BALL)
    for side, sign in SIDES.items():
        outwards = np.array([sign, 1.0, 1.0])
        limbs = _arm(chosen[side], rng.normal(0, stance.scatter, 3))
        limbs |= _leg(pose.feet, rng.normal(0, stance.scatter, 3) * (1.0, 0.0, 2.0))
        joints |= {f"{side}_{name}": place * outwards for name, place in limbs.items()}
    return joints


def _arm(arm: Arm, stray: Floats) -> Joints:
    shoulder = np.array(SHOULDER)
    target = np.array(arm.wrist) + stray
    elbow = bend(shoulder, target, np.array(arm.elbow), UPPER_ARM, FOREARM)
    wrist = elbow + FOREARM * unit(target - elbow)
    fingers = wrist + HAND * (0.6 if arm.fist else 1.0) * unit(np.array(arm.fingers))
    return {"shoulder": shoulder, "elbow": elbow, "wrist": wrist, "fingers": fingers}


def _leg(feet: float, stray: Floats) -> Joints:
    hip, ankle = np.array([0.095, 0.93, 0.0]), np.array([feet, 0.09, 0.0]) + stray
    knee = (hip + ankle) / 2 + np.array([0.0, 0.0, 0.025])
    toe = ankle + np.array([0.045, -0.055, 0.17])
    return {"hip": hip, "knee": knee, "ankle": ankle, "toe": toe}


def _head(neck: Floats, turn: float, nod: float, tilt: float) -> Joints:
    looking = turned_right(turn) @ leant(tilt) @ lifted(nod)
    centre = neck + turned_right(turn) @ np.array(NECK_TO_HEAD)
    return {"head": centre, "face": centre + looking @ FACE, "crown": centre + looking @ CROWN}

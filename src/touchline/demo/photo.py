"""One drawn media-day photo: a pose, a player and a number in, a picture out, always the same."""

import zlib
from dataclasses import replace

import numpy as np
from PIL import Image

from touchline.demo.camera import Camera, draw_camera, draw_light, paint
from touchline.demo.figure import draw_figure
from touchline.demo.players import draw_player
from touchline.demo.poses import pose_named
from touchline.demo.skeleton import Joints, draw_stance, stand
from touchline.demo.studio import draw_backdrop, expose
from touchline.errors import UsageError

SMALLEST_SIDE, LARGEST_SIDE = 64, 4096


def draw_photo(
    pose: str,
    player: int,
    index: int,
    seed: int,
    size: tuple[int, int] = (480, 640),
    burst_frame: int = 0,
) -> Image.Image:
    """A photo of one player in one pose, in RGB.

    It depends on nothing but its arguments, so more classes, players or photos change no other.

    Args:
        pose: the class, one of `touchline.demo.POSES`.
        player: which player, from 0.
        index: which photo of that player in that pose, from 0.
        seed: the seed of the whole archive, from 0.
        size: width and height in pixels.
        burst_frame: 0 for the photo itself; 1, 2, ... for those taken a moment later, in which the
            player and the camera have moved by a few millimetres.

    Raises:
        UsageError: when the pose is unknown or the size outside 64 to 4096 pixels a side.
    """
    facts = pose_named(pose)
    check_size(size)
    key = [seed, zlib.crc32(pose.encode()), player, index]
    rng, moment = np.random.default_rng(key), np.random.default_rng([*key, burst_frame])
    who = draw_player(player, seed)
    joints = stand(facts, draw_stance(rng), who.height)
    camera = draw_camera(facts, who.height, rng)
    if burst_frame:
        joints, camera = _a_moment_later(joints, camera, moment)
    light, spin = draw_light(rng), rng.uniform(0, np.pi)
    backdrop = draw_backdrop(joints, camera, size, rng)
    # Painted at twice the size and averaged down, so that edges come out smooth.
    picture = backdrop.resize((2 * size[0], 2 * size[1]), Image.Resampling.NEAREST)
    paint(picture, draw_figure(joints, facts, who, spin), camera, light)
    return expose(picture.reduce(2), rng, moment)


def parse_size(text: str) -> tuple[int, int]:
    """The width and height a person typed.

    >>> parse_size("480x640")
    (480, 640)

    Raises:
        UsageError: when it is not two whole numbers with an x between them.
    """
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise UsageError(
            "a size such as 480x640", repr(text), "Write WIDTHxHEIGHT in pixels."
        )  # fmt: skip
    return int(width), int(height)


def check_size(size: tuple[int, int]) -> None:
    """Refuse a size in which no figure could be drawn, or that would fill the memory.

    Raises:
        UsageError: when a side is not from 64 to 4096 pixels.
    """
    if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in size):
        raise UsageError(
            f"a width and a height from {SMALLEST_SIDE} to {LARGEST_SIDE} pixels",
            f"{size[0]}x{size[1]}", "Give a size such as 480x640.",
        )  # fmt: skip


def _a_moment_later(
    joints: Joints, camera: Camera, moment: np.random.Generator
) -> tuple[Joints, Camera]:
    moved = {name: place + moment.normal(0, 0.003, 3) for name, place in joints.items()}
    shift = moment.normal(0, 0.006, 2)
    return moved, replace(
        camera,
        middle=camera.middle + shift[0],
        bottom=camera.bottom + shift[1],
        top=camera.top + shift[1],
    )

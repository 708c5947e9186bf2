"""What is behind the player, and what the camera makes of the light: backdrops, exposure, noise.

Lamps, boards and shadows fall left and right by chance, whatever the pose.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from scipy.special import ndtri

from touchline.demo.camera import Camera
from touchline.demo.skeleton import Joints
from touchline.demo.vectors import Floats

SMALL = 5
"""Backdrops are drawn this many times smaller and enlarged, which blurs them as a lens does."""

NORMAL_STEPS = ndtri((np.arange(256) + 0.5) / 256)
"""256 equally likely steps of the standard normal distribution."""

BOARD_TONES = ((15, 110), (140, 250), (140, 250))
"""The range of red, green and blue of an interview wall and of the marks on it."""

PAPERS = (
    (204, 208, 214), (236, 236, 234), (96, 104, 118),
    (38, 42, 52), (120, 150, 186), (188, 176, 160),
)  # fmt: skip


def draw_backdrop(
    joints: Joints, camera: Camera, size: tuple[int, int], rng: np.random.Generator
) -> Image.Image:
    """A backdrop by chance for a picture of `size` (width, height), with the player's shadow."""
    small = max(size[0] // SMALL, 2), max(size[1] // SMALL, 2)
    backdrop = BACKDROPS[int(rng.integers(len(BACKDROPS)))](small, rng)
    feet = np.stack(
        [joints[f"{side}_{end}"] for side in ("left", "right") for end in ("ankle", "toe")]
    )
    feet[:, 1] = 0.0
    shaded = backdrop * _shadow(camera.project(feet, small), small)[..., None]
    picture = Image.fromarray(np.clip(shaded, 0, 255).astype(np.uint8))
    return picture.resize(size, Image.Resampling.BICUBIC)


def expose(
    picture: Image.Image, rng: np.random.Generator, grain: np.random.Generator
) -> Image.Image:
    """The picture as a camera stores it: brightness, colour cast, softness, sensor noise.

    Args:
        picture: what was before the lens, in RGB.
        rng: decides on brightness, cast and softness; the same for all photos of a burst.
        grain: makes the noise, another for each photo.
    """
    gains = rng.uniform(0.86, 1.12) * (1.0 + rng.normal(0, 0.025, 3))
    gamma = rng.uniform(0.9, 1.1)
    levels = 255.0 * (np.arange(256) / 255.0) ** gamma
    curve = np.clip(gains[:, None] * levels, 0, 255).astype(int).reshape(-1).tolist()
    softness, noise = rng.random(), rng.uniform(2.0, 6.0)
    if softness < 0.15:
        picture = picture.filter(ImageFilter.GaussianBlur(picture.height * 0.0012))
    # Even bytes become normal noise through a table: much cheaper than normal numbers.
    speckle = Image.frombytes("L", picture.size, grain.bytes(picture.width * picture.height))
    grey = speckle.point((128 + noise * NORMAL_STEPS).astype(int).tolist())
    return ImageChops.add(picture.point(curve), Image.merge("RGB", [grey] * 3), offset=-128)


def _places(size: tuple[int, int]) -> tuple[Floats, Floats]:
    """Across and down the picture, each from 0 to 1: shapes (1, width) and (height, 1)."""
    return np.linspace(0, 1, size[0])[None, :], np.linspace(0, 1, size[1])[:, None]


def _paper(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Seamless paper with a pool of light."""
    x, y = _places(size)
    colour = np.array(PAPERS[int(rng.integers(len(PAPERS)))], float) * rng.uniform(0.9, 1.08)
    pool = (x - rng.uniform(0.25, 0.75)) ** 2 + (y - rng.uniform(0.2, 0.6)) ** 2
    return colour * (1.12 - 0.5 * pool)[..., None]


def _boards(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """An interview wall: rows of coloured marks."""
    ground, first, second = (_muted(rng.integers(*tones, 3)) for tones in BOARD_TONES)
    wall = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(wall)
    step = size[1] / rng.uniform(6, 10)
    shift = rng.uniform(0, step, 2)
    for row in range(-1, 11):
        for column in range(-1, 9):
            left = shift[0] + (column + 0.5 * (row % 2)) * 1.6 * step
            top = shift[1] + row * step
            mark = second if (row + column) % 2 else first
            draw.rectangle([left, top, left + step, top + 0.34 * step], fill=mark)
    return np.asarray(wall.filter(ImageFilter.GaussianBlur(size[1] / 130)), float)


def _muted(colour: NDArray[np.int64]) -> tuple[int, ...]:
    """The colour halfway to grey."""
    return tuple(int(value) for value in (colour + colour.mean()) / 2)


def _lamps(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """A dark hall with lamps out of focus."""
    x, y = _places(size)
    hall = np.array([26, 30, 44]) + rng.integers(0, 24, 3) + 26.0 * (1 - y)[..., None]
    hall = np.broadcast_to(hall, (size[1], size[0], 3)).copy()
    for _ in range(int(rng.integers(4, 10))):
        radius = rng.uniform(0.03, 0.08)
        away = np.hypot((x - rng.random()) * size[0] / size[1], y - rng.uniform(0, 0.6)) / radius
        tint = np.array([255, 238, 205]) * rng.uniform(0.3, 0.75)
        hall += np.clip(1.6 - 1.6 * away, 0, 1)[..., None] * tint
    return hall


def _pitch(size: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Out of doors: sky, a stand, and grass, far out of focus."""
    _, y = _places(size)
    sky, grass = np.array([150, 186, 222]) * rng.uniform(0.85, 1.1), np.array([72, 120, 62])
    stand = np.array([104, 106, 122]) * rng.uniform(0.8, 1.1)
    top, foot = rng.uniform(0.12, 0.3), rng.uniform(0.55, 0.75)
    upper = 1 / (1 + np.exp(-(y - top) * 40))[..., None]
    lower = 1 / (1 + np.exp(-(y - foot) * 40))[..., None]
    scene = sky * (1 - upper) + stand * upper * (1 - lower) + grass * lower
    heads = rng.integers(96, 160, (size[1] // 3 + 1, size[0] // 3 + 1), dtype=np.uint8)
    crowd = np.asarray(Image.fromarray(heads).resize(size, Image.Resampling.BILINEAR), float) - 128
    return scene + crowd[..., None] * upper * (1 - lower)


BACKDROPS: tuple[Callable[[tuple[int, int], np.random.Generator], Floats], ...] = (
    _paper, _paper, _boards, _lamps, _pitch,
)  # fmt: skip


def _shadow(feet: Floats, size: tuple[int, int]) -> Floats:
    """How much light reaches each pixel around feet at these pixels: shape (height, width)."""
    x, y = np.arange(size[0])[None, :], np.arange(size[1])[:, None]
    middle, spread = feet.mean(axis=0), np.ptp(feet[:, 0]) * 0.5 + size[1] * 0.03
    away = ((x - middle[0]) / spread) ** 2 + ((y - middle[1]) / (size[1] * 0.022)) ** 2
    light: Floats = 1.0 - 0.45 * np.exp(-away)
    return light

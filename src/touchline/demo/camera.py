"""The camera and the light: patches in metres in, painted pixels out.

The lens can be shifted as on a view camera, so uprights stay upright when it stands low. What lies
further away is painted first, so an arm behind the back is hidden by the back.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from touchline.demo.poses import Pose
from touchline.demo.surfaces import Patches
from touchline.demo.vectors import Floats


@dataclass(frozen=True)
class Camera:
    """Where the camera stands and what it frames; metres, in the plane of the player.

    Attributes:
        distance: from the player.
        height: of the lens above the floor.
        bottom, top: the heights at the lower and upper edges of the picture.
        middle: the place at the middle of the picture from left to right.
        roll: radians by which the camera is tilted.
    """

    distance: float
    height: float
    bottom: float
    top: float
    middle: float = 0.0
    roll: float = 0.0

    def project(self, places: Floats, size: tuple[int, int]) -> Floats:
        """Pixels (x, y) of places in a picture of `size` (width, height): (..., 3) to (..., 2)."""
        shrink = self.distance / (self.distance - places[..., 2])
        x = places[..., 0] * shrink - self.middle
        y = (places[..., 1] - self.height) * shrink + self.height - (self.bottom + self.top) / 2
        scale = size[1] / (self.top - self.bottom)
        cosine, sine = np.cos(self.roll), np.sin(self.roll)
        return np.stack(
            [
                size[0] / 2 + scale * (cosine * x - sine * y),
                size[1] / 2 - scale * (sine * x + cosine * y),
            ],
            axis=-1,
        )


@dataclass(frozen=True)
class Light:
    """A key light from `direction` (towards it, shape (3,), length 1) and light from all around."""

    direction: Floats
    key: float
    ambient: float


def draw_camera(pose: Pose, height: float, rng: np.random.Generator) -> Camera:
    """A camera by chance for a pose and a player `height` metres tall."""
    framing = pose.framing
    return Camera(
        distance=rng.uniform(2.8, 4.5),
        height=height * (pose.lens + rng.normal(0, 0.03)),
        bottom=height * rng.uniform(framing.lowest, framing.highest),
        top=height * (framing.top + rng.normal(0, 0.012)),
        middle=height * (framing.top - framing.highest) * rng.normal(0, 0.035),
        roll=np.radians(rng.normal(0, 1.2)),
    )


def draw_light(rng: np.random.Generator) -> Light:
    """A light by chance, from the left as often as from the right."""
    azimuth, elevation = np.radians(rng.uniform(-65, 65)), np.radians(rng.uniform(15, 55))
    direction = np.array([
        np.cos(elevation) * np.sin(azimuth), np.sin(elevation), np.cos(elevation) * np.cos(azimuth),
    ])  # fmt: skip
    return Light(direction, key=rng.uniform(0.45, 0.75), ambient=rng.uniform(0.48, 0.64))


def paint(picture: Image.Image, patches: Patches, camera: Camera, light: Light) -> None:
    """Paint the patches that face the camera onto `picture`, the furthest first."""
    lens = np.array([0.0, camera.height, camera.distance])
    low_left, low_right, high_right, high_left = np.moveaxis(patches.corners, 1, 0)
    normals = np.cross(high_right - low_left, high_left - low_right)
    sight = lens - (low_left + high_right) / 2
    facing = np.einsum("nk,nk->n", normals, sight)
    # The furthest first; what faces away is never seen, as every body is closed.
    order = np.flatnonzero(facing > 0)
    away = np.linalg.norm(sight[order], axis=1)
    nearest_last = np.argsort(patches.lift[order] - away, kind="stable")
    order, away = order[nearest_last], away[nearest_last]

    lengths = np.linalg.norm(normals[order], axis=1)
    lit = light.ambient + light.key * np.clip(normals[order] @ light.direction / lengths, 0, None)
    # Surfaces that turn away darken, which draws a soft outline where an arm crosses the shirt.
    lit *= 0.62 + 0.38 * np.sqrt(facing[order] / (lengths * away))
    colours = np.clip(patches.colours[order] * lit[:, None], 0, 255).astype(int)

    pixels = camera.project(patches.corners[order], picture.size)
    framed = (pixels.max(axis=1) > 0).all(axis=1) & (pixels.min(axis=1) < picture.size).all(axis=1)
    draw = ImageDraw.Draw(picture)
    for corners, colour in zip(
        pixels[framed].reshape(-1, 8).tolist(), colours[framed].tolist(), strict=True
    ):
        draw.polygon(corners, fill=tuple(colour))

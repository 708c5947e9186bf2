"""Rotation, zoom, shift, crop and the camera's move over a clip, as one resampling of a frame."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from touchline.media.augment import CROP_RATIOS, Augmentation, draw_box


def draw_views(
    time: int,
    height: int,
    width: int,
    settings: Augmentation,
    camera_motion: float,
    rng: np.random.Generator,
) -> Tensor | None:
    """Random views: for each frame the map from places in the result to places in the frame.

    The picture is turned, magnified and shifted, and of the result a part is cropped and stretched
    to its size; shift and magnification go on evenly while the camera moves, and are in the middle
    of the clip what they would be without.

    Args:
        time: frames of the clip.
        height: of a frame in pixels.
        width: of a frame in pixels.
        settings: how strong all but the camera's move is.
        camera_motion: drift over the clip as a share of each side, and magnification less 1.
        rng: what everything is drawn from.

    Returns:
        `(time, 2, 3)` in the coordinates of `affine_grid`; None where every frame stays as it is.
    """
    angle = math.radians(rng.uniform(-settings.degrees, settings.degrees))
    zoom, shift = rng.uniform(*settings.scale), rng.uniform(-1, 1, 2) * settings.translate
    growth = rng.uniform(-1, 1) * math.log1p(camera_motion)
    drift = rng.uniform(-1, 1, 2) * camera_motion
    top, left, tall, wide = 0, 0, height, width
    if settings.crop_area < 1:
        top, left, tall, wide = draw_box(height, width, (settings.crop_area, 1.0), CROP_RATIOS, rng)
    size = np.array([width, height], dtype=np.float64)
    # In pixels from the middle: a place of the result lies here in the turned picture ...
    stretched = np.diag(np.array([wide, tall]) / 2)
    middle = np.array([left + wide / 2, top + tall / 2]) - size / 2
    # ... and from there it is turned back, reduced and shifted back.
    back = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    views = np.empty((time, 2, 3))
    for index in range(time):
        moment = (index - (time - 1) / 2) / max(1, time - 1)  # from -1/2 to 1/2
        whole = back / (zoom * math.exp(moment * growth)) / (size[:, None] / 2)
        views[index, :, :2] = whole @ stretched
        views[index, :, 2] = whole @ (middle - (shift + moment * drift) * size)
    return None if np.allclose(views, np.eye(2, 3), atol=1e-7) else torch.from_numpy(views).float()


def seen_through(pixels: Tensor, view: Tensor, beyond: Tensor) -> Tensor:
    """A frame seen through a view.

    Args:
        pixels: floats, `channels x height x width`.
        view: one of `draw_views`, `(2, 3)`.
        beyond: the colour of what is not in the frame, `(channels, 1, 1)`.
    """
    grid = F.affine_grid(view[None], [1, *pixels.shape], align_corners=False)
    # The border goes on and is then painted over: blended with what is beyond, it would be a seam.
    seen = F.grid_sample(pixels[None], grid, padding_mode="border", align_corners=False)[0]
    return torch.where((grid[0].abs() > 1).any(dim=-1), beyond, seen)

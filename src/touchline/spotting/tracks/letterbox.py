"""Frames as a detector of fixed size takes them: cut into squares, scaled, in batches."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

PADDING = 114.0
FRAMES_A_RUN = 8


def squares_across(width: int, height: int, squares: int) -> tuple[list[int], int]:
    """Where a frame is cut: the left edges, and the width of each piece, which together cover it.

    >>> squares_across(398, 224, 2)
    ([0, 174], 224)
    >>> squares_across(398, 224, 1)
    ([0], 398)
    >>> squares_across(540, 960, 2)
    ([0], 540)
    """
    side = max(height, -(-width // squares))
    if side >= width:
        return [0], width
    return [int(left) for left in np.linspace(0, width - side, squares).round()], side


def letterbox(frames: np.ndarray, size: tuple[int, int]) -> tuple[Tensor, float]:
    """Shrink or enlarge frames into the top left of a grey field, as YOLOX was trained.

    Args:
        frames: uint8 RGB `(n, 3, height, width)`.
        size: height and width of the field.

    Returns:
        float32 BGR `(n, 3, *size)` from 0 to 255, and by how much the frames were scaled.
    """
    height, width = frames.shape[2:]
    scale = min(size[0] / height, size[1] / width)
    inner = (round(height * scale), round(width * scale))
    bgr = torch.from_numpy(np.ascontiguousarray(frames[:, ::-1])).float()
    field = torch.full((len(frames), 3, *size), PADDING)
    field[:, :, : inner[0], : inner[1]] = F.interpolate(bgr, size=inner, mode="bilinear")
    return field, scale


def batches(crops: Iterator[np.ndarray], fixed: int | None) -> Iterator[tuple[np.ndarray, int]]:
    """Stack crops into batches, and say how many of each are real.

    Args:
        crops: arrays of one shape.
        fixed: the one batch size that the network takes, made up with zeros; any when None.
    """
    size = fixed or FRAMES_A_RUN
    while waiting := [crop for _, crop in zip(range(size), crops, strict=False)]:
        filled = len(waiting)
        if fixed:
            waiting += [np.zeros_like(waiting[0])] * (fixed - filled)
        yield np.stack(waiting), filled

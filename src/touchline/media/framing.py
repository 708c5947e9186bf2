"""A picture of any shape onto the square a network sees, and from there to numbers.

Letterbox keeps the whole picture (feet, ball and all) and fills the rest with grey; crop keeps the
middle of the longer side at full height.
"""

from typing import Literal

import numpy as np
import torch
from PIL import Image
from torch import Tensor

Framing = Literal["letterbox", "crop", "squash"]
GREY = (128, 128, 128)
"""The fill beside a letterboxed picture; close to zero once the pixels are normalised."""


def frame(image: Image.Image, size: int, framing: Framing) -> Image.Image:
    """Bring a picture to `size` x `size` pixels.

    Args:
        image: an RGB picture of any shape.
        size: the side of the square, in pixels.
        framing: `letterbox` (whole picture, grey beside it), `crop` (middle square of the picture)
            or `squash` (whole picture, its shape not kept).
    """
    width, height = image.size
    if framing == "squash":
        return _resize(image, size, size)
    side = max(width, height) if framing == "letterbox" else min(width, height)
    scaled = _resize(image, max(1, round(width * size / side)), max(1, round(height * size / side)))
    left, top = (size - scaled.width) // 2, (size - scaled.height) // 2
    if framing == "crop":
        return scaled.crop((-left, -top, size - left, size - top))
    square = Image.new("RGB", (size, size), GREY)
    square.paste(scaled, (left, top))
    return square


def side_needed(framing: Framing) -> Literal["shorter", "longer"]:
    """Which side of the source must have at least `size` pixels for nothing to be enlarged."""
    return "longer" if framing == "letterbox" else "shorter"


def as_pixels(image: Image.Image) -> Tensor:
    """A picture as a uint8 tensor, `3 x height x width`."""
    return torch.from_numpy(np.array(image, dtype=np.uint8)).permute(2, 0, 1)


def normalise(pixels: Tensor, mean: tuple[float, ...], std: tuple[float, ...]) -> Tensor:
    """uint8 pixels `batch x 3 x height x width` as floats (value/255 - mean)/std, channels last."""
    spread = torch.tensor(std, device=pixels.device).view(1, -1, 1, 1)
    offset = -torch.tensor(mean, device=pixels.device).view(1, -1, 1, 1) / spread
    # One pass over floats that are in their final order already: the memory traffic is the cost.
    values = pixels.contiguous(memory_format=torch.channels_last).float()
    return torch.addcmul(offset, values, 1 / (255.0 * spread))


def _resize(image: Image.Image, width: int, height: int) -> Image.Image:
    if image.size == (width, height):
        return image
    # A box reduction first makes large pictures quick; two pixels in for one out keeps it sharp.
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)

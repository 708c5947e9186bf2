"""Random changes of a picture that leave its label as it is.

Mirroring is not among them: it swaps left and right labels, so it belongs to whoever knows these.
Every parameter is drawn from the generator given, so a picture's change depends on nothing else
and threads do not disturb each other.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as F

from touchline.errors import UsageError
from touchline.media.blur import blurred
from touchline.media.framing import GREY

CROP_RATIOS = (3 / 4, 4 / 3)
"""Width over height of a random crop, as in GoogLeNet's (https://arxiv.org/abs/1409.4842)."""
ERASED_SHARES, ERASED_RATIOS = (0.02, 1 / 3), (0.3, 3.3)
"""Share and shape of an erased box, as in random erasing (https://arxiv.org/abs/1708.04896)."""


@dataclass(frozen=True)
class Augmentation:
    """How strong the changes are; as it stands here nothing changes.

    Raises:
        UsageError: when a value is out of its range.
    """

    degrees: float = 0.0
    """Rotation by up to this many degrees either way, in [0, 180]."""
    translate: float = 0.0
    """Shift by up to this share of each side, in [0, 1]."""
    scale: tuple[float, float] = (1.0, 1.0)
    """Zoom between these factors, above 0."""
    crop_area: float = 1.0
    """Smallest share of the area that a random crop keeps, in (0, 1]; 1 does not crop."""
    brightness: float = 0.0
    """Brightness changes by up to this share, in [0, 1]; so do contrast and saturation."""
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    """Hue turns by up to this share of the colour circle either way, in [0, 0.5]."""
    blur: float = 0.0
    """Largest standard deviation of a Gaussian blur, in pixels, at least 0."""
    erase: float = 0.0
    """Probability of greying out a random box, in [0, 1]."""

    def __post_init__(self) -> None:
        for name, largest in (
            ("degrees", 180), ("translate", 1), ("crop_area", 1), ("brightness", 1),
            ("contrast", 1), ("saturation", 1), ("hue", 0.5), ("blur", math.inf), ("erase", 1),
        ):  # fmt: skip
            value = getattr(self, name)
            if not 0 <= value <= largest or (name == "crop_area" and value == 0):
                raise UsageError(
                    f"{name} between 0 and {largest}", repr(value), "Change that value."
                )
        if not 0 < self.scale[0] <= self.scale[1]:
            raise UsageError(
                "scale as two rising factors above 0", repr(self.scale), "Change that value."
            )


def augment(image: Tensor, settings: Augmentation, rng: np.random.Generator) -> Tensor:
    """A randomly changed copy of a picture.

    Corners and boxes laid bare are filled with the letterbox's grey before the colours change, so
    that all grey changes alike.

    Args:
        image: uint8, `3 x height x width`; not changed.
        settings: how strong the changes are.
        rng: for a change that can be repeated, e.g. `np.random.default_rng((seed, epoch, index))`.

    Returns:
        uint8, of the same shape.
    """
    image = _warp(image, settings, rng)
    if settings.crop_area < 1:
        image = _crop(image, settings, rng)
    if rng.random() < settings.erase:
        image = _erase(image, rng)
    image = _recolour(image, settings, rng)
    if settings.blur > 0:
        image = _blur(image, rng.uniform(0.0, settings.blur))
    return image


def _warp(image: Tensor, settings: Augmentation, rng: np.random.Generator) -> Tensor:
    """Rotation, zoom and shift in one resampling, which loses less than three."""
    angle = rng.uniform(-settings.degrees, settings.degrees)
    zoom = rng.uniform(*settings.scale)
    across, down = rng.uniform(-settings.translate, settings.translate, 2)
    if (angle, zoom, across, down) == (0.0, 1.0, 0.0, 0.0):
        return image
    height, width = image.shape[-2:]
    # Moved as its difference from grey, so that what comes in from outside is 0: torchvision's own
    # fill leaves a dark seam where it meets the picture.
    grey = torch.tensor(GREY, dtype=torch.float32).view(3, 1, 1)
    moved: Tensor = F.affine(
        image - grey, angle, [across * width, down * height], zoom, [0.0, 0.0],
        interpolation=InterpolationMode.BILINEAR,
    )  # fmt: skip
    return (moved + grey).round_().clamp_(0, 255).to(torch.uint8)


def _crop(image: Tensor, settings: Augmentation, rng: np.random.Generator) -> Tensor:
    """A random part of the picture, stretched to its size."""
    height, width = image.shape[-2:]
    box = draw_box(height, width, (settings.crop_area, 1.0), CROP_RATIOS, rng)
    cropped: Tensor = F.resized_crop(image, *box, [height, width], antialias=True)
    return cropped


def _erase(image: Tensor, rng: np.random.Generator) -> Tensor:
    """A random box in the letterbox's grey."""
    height, width = image.shape[-2:]
    box = draw_box(height, width, ERASED_SHARES, ERASED_RATIOS, rng)
    erased: Tensor = F.erase(image, *box, image.new_tensor(GREY).view(3, 1, 1))
    return erased


def _recolour(image: Tensor, settings: Augmentation, rng: np.random.Generator) -> Tensor:
    for change, strength in (
        (F.adjust_brightness, settings.brightness),
        (F.adjust_contrast, settings.contrast),
        (F.adjust_saturation, settings.saturation),
    ):
        if strength > 0:
            image = change(image, rng.uniform(1 - strength, 1 + strength))
    if settings.hue > 0:
        image = F.adjust_hue(image, rng.uniform(-settings.hue, settings.hue))
    return image


def _blur(image: Tensor, sigma: float) -> Tensor:
    return blurred(image.float(), sigma).round_().to(torch.uint8)


def draw_box(
    height: int,
    width: int,
    shares: tuple[float, float],
    ratios: tuple[float, float],
    rng: np.random.Generator,
) -> tuple[int, int, int, int]:
    """Top, left, height and width of a random box inside `height x width`, at least one pixel.

    Its share of the area and the logarithm of its width over height are uniform; a side that is
    longer than the picture's is cut to it.
    """
    area = rng.uniform(*shares) * height * width
    ratio = math.exp(rng.uniform(*np.log(ratios)))
    tall = min(height, max(1, round(math.sqrt(area / ratio))))
    wide = min(width, max(1, round(math.sqrt(area * ratio))))
    return int(rng.integers(height - tall + 1)), int(rng.integers(width - wide + 1)), tall, wide

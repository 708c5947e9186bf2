"""A Gaussian blur of pictures, along rows and then along columns."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

SIGMAS = 2.0
"""The Gaussian is cut off this many standard deviations from its middle."""
SMALLEST_SIGMA = 1e-3
"""No blur at all, but not a division by zero."""


def blurred(pixels: Tensor, sigma: float) -> Tensor:
    """Blur a picture; at the borders it is continued by its mirror image.

    As torchvision's, and many times faster: two passes of n taps instead of one of n x n.

    Args:
        pixels: floats, `channels x height x width`.
        sigma: standard deviation in pixels, at least 0; for a tiny picture the Gaussian is cut off
            earlier, at the picture's size.
    """
    radius = min(math.ceil(SIGMAS * sigma), min(pixels.shape[-2:]) - 1)
    distance = torch.arange(-radius, radius + 1, dtype=pixels.dtype, device=pixels.device)
    weights = torch.exp(-0.5 * (distance / max(sigma, SMALLEST_SIGMA)) ** 2)
    channels = len(pixels)
    taps = (weights / weights.sum()).repeat(channels, 1, 1, 1)
    wider = F.pad(pixels[None], (radius, radius, radius, radius), mode="reflect")
    across = F.conv2d(wider, taps, groups=channels)
    return F.conv2d(across, taps.view(channels, 1, -1, 1), groups=channels)[0]

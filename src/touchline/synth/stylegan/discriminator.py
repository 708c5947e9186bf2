"""The discriminator: how real a picture looks for a picture of its class."""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from touchline.synth.config import StyleganSettings
from touchline.synth.stylegan.layers import EqualConv, EqualLinear
from touchline.synth.stylegan.mapping import Mapping
from touchline.synth.stylegan.synthesis import FIRST_SIDE, widths

GROUP = 4
"""Pictures that are compared with each other, at most."""
LABEL_LAYERS = 4
"""Fully connected layers between a class and what it is judged by."""


class ResidualBlock(nn.Module):
    """Two convolutions, the second of which halves the side, and a way around them."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        half = math.sqrt(0.5)  # the sum of two ways keeps the variance
        self.first = EqualConv(inputs, inputs, 3)
        self.second = EqualConv(inputs, outputs, 3, down=True, gain=half)
        self.around = EqualConv(inputs, outputs, 1, down=True, active=False, gain=half)

    def forward(self, maps: Tensor) -> Tensor:
        """`(n, inputs, side, side)` to `(n, outputs, side / 2, side / 2)`."""
        around: Tensor = self.around(maps)
        return around.add_(self.second(self.first(maps)))


def with_deviation(maps: Tensor) -> Tensor:
    """Add a map that says how much the pictures of a group differ: 0 for a group of equal ones.

    Args:
        maps: `(n, channels, side, side)`. Groups are of `GROUP` pictures, or of the most below
            that n can be divided by.

    Returns:
        float32 `(n, channels + 1, side, side)`.
    """
    n, _, height, width = maps.shape
    group = next(count for count in range(GROUP, 0, -1) if n % count == 0)
    grouped = maps.float().reshape(group, n // group, *maps.shape[1:])
    deviation = (grouped.var(dim=0, unbiased=False) + 1e-8).sqrt().mean(dim=(1, 2, 3))
    new = deviation.repeat(group)[:, None, None, None].expand(n, 1, height, width)
    return torch.cat([maps.float(), new], dim=1)


class Discriminator(nn.Module):
    """Residual blocks down to a side of 4, then the product with a vector of the class.

    Args:
        size: side of the pictures, a power of two from 8.
        classes: how many there are.
        settings: widths and lengths.
        precision: number format of the feature maps.
    """

    def __init__(
        self, size: int, classes: int, settings: StyleganSettings, precision: torch.dtype
    ) -> None:
        super().__init__()
        self.precision = precision
        channels = widths(size, settings)
        last = channels[FIRST_SIDE]
        self.pictures = EqualConv(3, channels[size], 1)
        self.blocks = nn.Sequential(
            *(ResidualBlock(*pair) for pair in pairwise(reversed(channels.values())))
        )
        self.convolution = EqualConv(last + 1, last, 3)
        self.features = EqualLinear(last * FIRST_SIDE**2, last, active=True)
        self.verdict = EqualLinear(last, settings.latent)
        self.label = Mapping(classes, 0, settings.latent, LABEL_LAYERS)

    def forward(self, pictures: Tensor, labels: Tensor) -> Tensor:
        """Judge pictures `(n, 3, size, size)` of classes `(n,)`: float32 `(n,)`, real above 0."""
        maps = pictures.to(self.precision, memory_format=torch.channels_last)
        maps = self.blocks(self.pictures(maps))
        features = self.features(self.convolution(with_deviation(maps)).flatten(1))
        judged: Tensor = self.verdict(features) * self.label(labels)
        return judged.sum(dim=1) / math.sqrt(judged.shape[1])

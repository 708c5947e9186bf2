"""The generator: from noise and classes to pictures."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from touchline.synth.config import StyleganSettings
from touchline.synth.stylegan.layers import ACTIVATION_GAIN, ModulatedConv, leaky
from touchline.synth.stylegan.mapping import Mapping
from touchline.synth.stylegan.resampling import double

FIRST_SIDE = 4
_BASE_SIZE = 64
"""The size that `channel_base` speaks of."""


def widths(size: int, settings: StyleganSettings) -> dict[int, int]:
    """How many feature maps there are at each side, from 4 to `size`.

    >>> widths(64, StyleganSettings(channel_base=2048, channel_max=128))
    {4: 128, 8: 128, 16: 128, 32: 64, 64: 32}
    >>> widths(128, StyleganSettings(channel_base=2048, channel_max=128))
    {4: 128, 8: 128, 16: 128, 32: 128, 64: 64, 128: 32}
    """
    sides = [FIRST_SIDE << place for place in range((size // FIRST_SIDE).bit_length())]
    finest = settings.channel_base // _BASE_SIZE
    return {side: min(finest * size // side, settings.channel_max) for side in sides}


class StyleLayer(nn.Module):
    """A modulated convolution, noise of a learnt strength, a bias and a leaky ReLU."""

    def __init__(self, inputs: int, outputs: int, latent: int, up: bool) -> None:
        super().__init__()
        self.convolution = ModulatedConv(inputs, outputs, 3, latent, up=up, gain=ACTIVATION_GAIN)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.noise_strength = nn.Parameter(torch.zeros(()))

    def forward(self, maps: Tensor, w: Tensor, noise: Tensor) -> Tensor:
        """Maps `(n, inputs, side, side)`; noise `(n, 1, s, s)` of the side that comes out."""
        maps, scale = self.convolution(maps, w)
        bias = (self.bias * ACTIVATION_GAIN).to(maps.dtype)[:, None, None]
        maps = torch.addcmul(bias, maps, scale)
        strength = self.noise_strength * ACTIVATION_GAIN
        return leaky(maps + (noise * strength).to(maps.dtype))


class PictureLayer(nn.Module):
    """Three colours out of feature maps, by a modulated convolution without demodulation."""

    def __init__(self, inputs: int, latent: int) -> None:
        super().__init__()
        self.convolution = ModulatedConv(inputs, 3, 1, latent, demodulate=False)
        self.bias = nn.Parameter(torch.zeros(3))

    def forward(self, maps: Tensor, w: Tensor) -> Tensor:
        """`(n, inputs, side, side)` to float32 `(n, 3, side, side)`."""
        colours: Tensor = self.convolution(maps, w)[0]  # the scale is 1
        return colours.float() + self.bias[:, None, None]


class StyleGenerator(nn.Module):
    """Mapping and synthesis.

    Pictures of every side are made, and each is added to the doubled picture of the side before.

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
        self.latent, self.precision, self.widths = (
            settings.latent,
            precision,
            widths(size, settings),
        )
        self.mapping = Mapping(classes, self.latent, self.latent, settings.mapping_layers)
        first = self.widths[FIRST_SIDE]
        self.constant = nn.Parameter(torch.randn(first, FIRST_SIDE, FIRST_SIDE))
        layers = [StyleLayer(first, first, self.latent, up=False)]
        for before, after in pairwise(self.widths.values()):
            layers.append(StyleLayer(before, after, self.latent, up=True))
            layers.append(StyleLayer(after, after, self.latent, up=False))
        self.layers = nn.ModuleList(layers)
        self.pictures = nn.ModuleList(
            PictureLayer(width, self.latent) for width in self.widths.values()
        )

    @property
    def styles(self) -> int:
        """How many vectors w a picture is made of: one for each layer, and the last picture's."""
        return len(self.layers) + 1

    def noise_sides(self) -> list[int]:
        """The side of the noise that each layer adds, in order."""
        return [side for side in self.widths for _ in range(1 if side == FIRST_SIDE else 2)]

    def forward(self, styles: Tensor, noise: list[Tensor]) -> Tensor:
        """Make pictures.

        Args:
            styles: w of each layer, `(n, styles, latent)`.
            noise: for each layer `(n, 1, side, side)`.

        Returns:
            float32 `(n, 3, size, size)`, by and large in [-1, 1].
        """
        maps = self.constant.to(self.precision).expand(len(styles), -1, -1, -1)
        maps = maps.contiguous(memory_format=torch.channels_last)
        picture: Tensor | None = None
        for place, layer in enumerate(self.layers):
            maps = layer(maps, styles[:, place], noise[place])
            if place % 2 == 0:  # the last layer of its side
                colours = self.pictures[place // 2](maps, styles[:, place + 1])
                picture = colours if picture is None else double(picture) + colours
        assert picture is not None
        return picture

"""A change of brightness, contrast, saturation and hue as one multiplication of the colours."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from touchline.media.augment import Augmentation

YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
"""Red, green and blue to brightness and two axes of colour (NTSC)."""


@dataclass(frozen=True)
class ColourChange:
    """How colours change; as it stands here, not at all.

    Attributes:
        brightness: factor; 0 is black.
        contrast: factor of the difference from the mean brightness; 0 is an even grey.
        saturation: factor of the difference from the pixel's own grey; 0 is gray.
        hue: turn of the colour circle, 1 being the whole; red goes towards green. The turn keeps
            the brightness, unlike one of the hue in HSV, and is linear.
    """

    brightness: float = 1.0
    contrast: float = 1.0
    saturation: float = 1.0
    hue: float = 0.0

    def as_matrix(self, mean: Tensor) -> tuple[Tensor, Tensor]:
        """The matrix and the offset that turn old colours into new ones.

        Args:
            mean: mean colour of what is changed, `(channels,)`; one channel is gray and has
                neither saturation nor hue.

        Returns:
            `(channels, channels)` and `(channels, 1)`.
        """
        factor = self.brightness * self.contrast
        colours, grey = np.eye(len(mean)), np.ones(1)
        if len(mean) == 3:
            turn = 2 * math.pi * self.hue
            axes = self.saturation * np.array(
                [[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]]
            )
            change = np.block([[np.ones((1, 1)), np.zeros((1, 2))], [np.zeros((2, 1)), axes]])
            colours, grey = np.linalg.inv(YIQ) @ change @ YIQ, YIQ[0]
        offset = (1 - self.contrast) * self.brightness * float(grey @ mean.numpy())
        return (
            torch.from_numpy(factor * colours).float(),
            torch.full((len(mean), 1), offset, dtype=torch.float32),
        )


def draw_colour_change(settings: Augmentation, rng: np.random.Generator) -> ColourChange:
    """A random change as strong as the settings allow."""
    return ColourChange(
        brightness=float(rng.uniform(1 - settings.brightness, 1 + settings.brightness)),
        contrast=float(rng.uniform(1 - settings.contrast, 1 + settings.contrast)),
        saturation=float(rng.uniform(1 - settings.saturation, 1 + settings.saturation)),
        hue=float(rng.uniform(-settings.hue, settings.hue)),
    )

"""From the pixels of a video to what a picture network takes: three channels, normalised."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from touchline.backbones.loading import Backbone


class Normalisation(nn.Module):
    """Pixels in 0..255 to numbers of about mean 0 and deviation 1, by channel.

    Args:
        mean, std: of each channel of pixels in [0, 1].

    >>> half = Normalisation([0.5], [0.25])
    >>> half(torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1, 1)).flatten().tolist()
    [-2.0, 2.0]
    """

    scale: Tensor
    offset: Tensor

    def __init__(self, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        average, deviation = (
            torch.tensor(mean).view(1, -1, 1, 1),
            torch.tensor(std).view(1, -1, 1, 1),
        )
        self.register_buffer("scale", 1 / (255 * deviation), persistent=False)
        self.register_buffer("offset", -average / deviation, persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Normalise `(pictures, channels, height, width)` of any type, in the network's type."""
        return pixels.to(self.scale.dtype) * self.scale + self.offset


def gray_normalisation(backbone: Backbone) -> Normalisation:
    """Normalisation where a picture network is shown three gray frames as its three channels.

    All three are treated alike, so that nothing moves between frames of a still scene.
    """
    return Normalisation([math.fsum(backbone.mean) / 3] * 3, [math.fsum(backbone.std) / 3] * 3)


def with_neighbours(frames: Tensor) -> Tensor:
    """Each gray frame between the one before and the one after it, as three channels.

    Args:
        frames: `(batch, time, 1, height, width)`.

    Returns:
        `(batch, time, 3, height, width)`; the first and the last frame are their own neighbour.

    >>> with_neighbours(torch.tensor([5, 6, 9]).view(1, 3, 1, 1, 1)).view(3, 3).tolist()
    [[5, 5, 6], [5, 6, 9], [6, 9, 9]]
    """
    padded = torch.cat([frames[:, :1], frames, frames[:, -1:]], dim=1)
    return torch.cat([padded[:, :-2], frames, padded[:, 2:]], dim=2)


def pad_to_multiple(pictures: Tensor, multiple: int) -> Tensor:
    """Pictures with zeros at the right and below, until both sides are multiples of `multiple`.

    >>> pad_to_multiple(torch.zeros(1, 3, 20, 32), 16).shape
    torch.Size([1, 3, 32, 32])
    """
    if multiple == 1:
        return pictures
    height, width = pictures.shape[-2:]
    return F.pad(pictures, (0, -width % multiple, 0, -height % multiple))

"""Low-pass filters for halving and doubling the side of feature maps without aliasing."""

import torch
from torch import Tensor
from torch.nn import functional as F

from touchline.synth.stylegan.linear_maps import linear

TAPS = (1.0, 3.0, 3.0, 1.0)
"""The filter along one axis, before it is scaled to a sum of 1."""


def blur(maps: Tensor, padding: int, gain: float = 1.0) -> Tensor:
    """Filter every feature map with the outer product of `TAPS` with itself.

    Args:
        maps: `(n, channels, side, side)` of any floating type.
        padding: rows and columns of zeros around the maps.
        gain: the sum of the filter; 4 makes up for the zeros between the pixels of maps that were
            spread to twice their side.

    Returns:
        `(n, channels, s, s)` with s = side + 2 x padding - 3.

    >>> blur(torch.ones(1, 1, 6, 6), padding=1)[0, 0, 2]
    tensor([0.8750, 1.0000, 1.0000, 1.0000, 0.8750])
    """
    taps = torch.tensor(TAPS, device=maps.device)
    kernel = torch.outer(taps, taps) * (gain / taps.sum() ** 2)
    channels = maps.shape[1]
    weight = kernel.to(maps.dtype).repeat(channels, 1, 1, 1)

    def filtered(values: Tensor, edge: int) -> Tensor:
        return F.conv2d(values, weight, padding=edge, groups=channels)

    # The filter is symmetric: transposed, it is itself with the rest of the full padding.
    rest = len(TAPS) - 1 - padding
    return linear(
        maps, lambda values: filtered(values, padding), lambda values: filtered(values, rest)
    )


def double(pictures: Tensor) -> Tensor:
    """Pictures of twice the side: the same filter between the pixels, their edges repeated."""
    return F.interpolate(pictures, scale_factor=2, mode="bilinear", align_corners=False)

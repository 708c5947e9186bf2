"""Pictures moved by matrices."""

import torch
from torch import Tensor
from torch.nn import functional as F

from touchline.synth.stylegan.linear_maps import linear

_BILINEAR, _REFLECTION = 0, 2  # as aten counts them


def warp(pictures: Tensor, matrices: Tensor) -> Tensor:
    """Move pictures; what lies outside them is their reflection.

    Args:
        pictures: `(n, 3, side, side)`.
        matrices: `(n, 3, 3)`, invertible: where a point (x, y, 1) of the picture goes, with x and
            y in [-1, 1] from edge to edge; they get no gradients.
    """
    back = torch.linalg.inv(matrices)[:, :2]
    grid = F.affine_grid(back, list(pictures.shape), align_corners=False)

    def sampled(values: Tensor) -> Tensor:
        return F.grid_sample(values, grid, "bilinear", "reflection", align_corners=False)

    def spread(values: Tensor) -> Tensor:
        """Give each value back to the pixels it was sampled from."""
        shape_only = torch.empty_like(values)
        gradients: tuple[Tensor, Tensor] = torch.ops.aten.grid_sampler_2d_backward(
            values, shape_only, grid, _BILINEAR, _REFLECTION, False, (True, False)
        )
        return gradients[0]

    return linear(pictures, sampled, spread)

"""The augmentations that the discriminator sees all pictures through, real and made alike.

Each is applied to each picture with the probability p. Up to a p of about 0.8 the generator still
learns the distribution of the pictures themselves, since a random change that is often left out
can be told from the pictures' own variety (Karras et al. 2020, section 3).

The papers' groups "blit", "geometric" and "colour" are here, but for one: pictures are never
mirrored. A mirrored left kick is a right kick, so the labels would be wrong; the batch is mirrored
already, with its labels. No other flip may come in its place: an upside-down flip is a mirror image
turned by 180 degrees. So all geometric matrices are products of turns, positive scales and
shifts, and their determinants are positive.
"""

import math

import torch
from torch import Tensor

from touchline.synth.stylegan.warping import warp

BLIT_SHIFT = 0.125
"""The largest shift by whole pixels, as a share of the side."""
SCALE_DEVIATION = 0.2
"""Of the binary logarithm of the scales, of both kinds."""
SHIFT_DEVIATION = 0.125
"""Of the shift by parts of pixels, as a share of the side."""
BRIGHTNESS_DEVIATION = 0.2
CONTRAST_DEVIATION = 0.5
"""Of the binary logarithm of the contrast."""
SATURATION_DEVIATION = 1.0
"""Of the binary logarithm of the saturation."""


def augment(pictures: Tensor, strength: float) -> Tensor:
    """Change pictures at random.

    Args:
        pictures: float32 `(n, 3, side, side)`, by and large in [-1, 1]; what comes out may leave
            that range.
        strength: the probability p of each change, 0 to 1; at 0 the pictures come back as they are.
    """
    if strength == 0:
        return pictures
    n, _, side, _ = pictures.shape
    device = pictures.device
    placed = warp(pictures, geometric_matrices(n, side, strength, device))
    return recolour(placed, colour_matrices(n, strength, device))


def geometric_matrices(n: int, side: int, strength: float, device: torch.device) -> Tensor:
    """Random changes of place `(n, 3, 3)`, for points (x, y, 1) with x and y in [-1, 1].

    In the order of application: quarter turns and shifts by whole pixels; a scale, a turn, a
    stretch along one axis, another turn, and a shift.
    """

    def chosen(values: Tensor, probability: float = strength) -> Tensor:
        return values * (torch.rand(n, device=device) < probability)

    def normal(deviation: float) -> Tensor:
        return torch.randn(n, device=device) * deviation

    def uniform(low: float, high: float) -> Tensor:
        return torch.empty(n, device=device).uniform_(low, high)

    pixel = 2 / side
    quarters = torch.randint(4, (n,), device=device) * (math.pi / 2)
    matrices = _turns(chosen(quarters))
    whole = [(uniform(-BLIT_SHIFT, BLIT_SHIFT) * side).round() * pixel for _ in range(2)]
    shifted = chosen(torch.ones(n, device=device))
    matrices = _shifts(whole[0] * shifted, whole[1] * shifted) @ matrices
    scale = torch.exp2(chosen(normal(SCALE_DEVIATION)))
    matrices = _scales(scale, scale) @ matrices
    # Two turns, each less probable, so that with both together the probability is the strength.
    turned = 1 - math.sqrt(1 - strength)
    matrices = _turns(chosen(uniform(-math.pi, math.pi), turned)) @ matrices
    stretch = torch.exp2(chosen(normal(SCALE_DEVIATION)))
    matrices = _scales(stretch, 1 / stretch) @ matrices
    matrices = _turns(chosen(uniform(-math.pi, math.pi), turned)) @ matrices
    shifted = chosen(torch.full((n,), 2 * SHIFT_DEVIATION, device=device))
    return _shifts(normal(1.0) * shifted, normal(1.0) * shifted) @ matrices


def colour_matrices(n: int, strength: float, device: torch.device) -> Tensor:
    """Random changes of colour `(n, 4, 4)`, for colours (red, green, blue, 1) in [-1, 1].

    In the order of application: brightness, contrast, light and dark exchanged, a turn of the hue,
    saturation.
    """

    def chosen(values: Tensor) -> Tensor:
        return (values * (torch.rand(n, device=device) < strength))[:, None, None]

    def normal(deviation: float) -> Tensor:
        return torch.randn(n, device=device) * deviation

    identity = torch.eye(4, device=device)
    grey = torch.zeros(4, 4, device=device)  # onto the axis from black to white
    grey[:3, :3] = 1 / 3
    hueless = grey + torch.diag(torch.tensor([0.0, 0.0, 0.0, 1.0], device=device))
    brighter = torch.zeros(4, 4, device=device)
    brighter[:3, 3] = 1.0
    matrices = identity + chosen(normal(BRIGHTNESS_DEVIATION)) * brighter
    contrast = torch.exp2(chosen(normal(CONTRAST_DEVIATION)))
    colours = torch.diag(torch.tensor([1.0, 1.0, 1.0, 0.0], device=device))
    matrices = (identity + (contrast - 1) * colours) @ matrices
    flipped = chosen(torch.randint(2, (n,), device=device).float())
    matrices = (identity - 2 * flipped * grey) @ matrices
    angle = chosen(torch.empty(n, device=device).uniform_(-math.pi, math.pi))
    matrices = _hue_turns(angle, hueless, identity) @ matrices
    saturation = torch.exp2(chosen(normal(SATURATION_DEVIATION)))
    return (hueless + (identity - hueless) * saturation) @ matrices


def recolour(pictures: Tensor, matrices: Tensor) -> Tensor:
    """Apply colour matrices `(n, 4, 4)` to pictures `(n, 3, side, side)`."""
    colours = torch.baddbmm(matrices[:, :3, 3:], matrices[:, :3, :3], pictures.flatten(2))
    return colours.view_as(pictures)


def _turns(angles: Tensor) -> Tensor:
    sine, cosine, zero, one = angles.sin(), angles.cos(), angles * 0, angles * 0 + 1
    rows = [cosine, -sine, zero, sine, cosine, zero, zero, zero, one]
    return torch.stack(rows, dim=1).view(-1, 3, 3)


def _scales(across: Tensor, down: Tensor) -> Tensor:
    return torch.diag_embed(torch.stack([across, down, torch.ones_like(down)], dim=1))


def _shifts(right: Tensor, down: Tensor) -> Tensor:
    matrices = torch.eye(3, device=right.device).repeat(len(right), 1, 1)
    matrices[:, 0, 2], matrices[:, 1, 2] = right, down
    return matrices


def _hue_turns(angles: Tensor, hueless: Tensor, identity: Tensor) -> Tensor:
    """Turns around the axis from black to white, by Rodrigues' formula; angles `(n, 1, 1)`."""
    cross = torch.zeros_like(identity)
    cross[:3, :3] = torch.tensor([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]])
    cross = cross / math.sqrt(3)
    return hueless + (identity - hueless) * angles.cos() + cross * angles.sin()

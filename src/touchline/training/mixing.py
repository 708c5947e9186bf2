"""Mixup and cutmix: two examples of a batch made into one, pixels and labels alike.

Labels are mixed by the very share that the pixels are; mixing pixels alone trains on wrong targets
(seen in a published baseline). Random numbers come from a generator, torch's default one if None.
"""

import math

import numpy as np
import torch
from torch import Generator, Tensor


def mix(
    images: Tensor,
    targets: Tensor,
    mixup_alpha: float,
    cutmix_alpha: float,
    generator: Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Mixup, cutmix, one of the two at even chances, or the batch as it is: an alpha of 0 is off.

    Args and returns as for `mixup`.
    """
    on = [(mixup, mixup_alpha), (cutmix, cutmix_alpha)]
    on = [(mixing, alpha) for mixing, alpha in on if alpha > 0]
    if not on:
        return images, targets
    mixing, alpha = on[int(torch.randint(len(on), (), generator=generator))]
    return mixing(images, targets, alpha, generator)


def mixup(
    images: Tensor, targets: Tensor, alpha: float, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Each example as λ of itself and 1 - λ of another (https://arxiv.org/abs/1710.09412).

    Args:
        images: floats, `batch x ...`.
        targets: class shares, `batch x classes`, each row summing to 1.
        alpha: λ is drawn once for the batch from Beta(alpha, alpha); above 0.
        generator: on the CPU, wherever the batch is.

    Returns:
        New images and targets of the same shapes; what was given is not changed.
    """
    share, partner = draw_mix(len(images), alpha, generator)
    partner = partner.to(images.device)
    return (
        share * images + (1.0 - share) * images[partner],
        share * targets + (1.0 - share) * targets[partner],
    )


def draw_mix(count: int, alpha: float, generator: Generator | None = None) -> tuple[float, Tensor]:
    """What mixup draws for a batch, for those who mix targets of several kinds themselves.

    Args:
        count: examples in the batch.
        alpha: above 0.
        generator: on the CPU.

    Returns:
        λ from Beta(alpha, alpha), and for each example the place of its partner.
    """
    return _beta(alpha, generator), torch.randperm(count, generator=generator)


def cutmix(
    images: Tensor, targets: Tensor, alpha: float, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Each example with a box pasted in from another (https://arxiv.org/abs/1905.04899).

    The box is to cover 1 - λ of the picture and is cut off at the borders; the labels are mixed by
    the area it really covers.

    Args:
        images: `batch x channels x height x width`.
        targets: class shares, `batch x classes`, each row summing to 1.
        alpha: λ is drawn once for the batch from Beta(alpha, alpha); above 0.
        generator: on the CPU, wherever the batch is.

    Returns:
        New images and targets of the same shapes; what was given is not changed.
    """
    height, width = images.shape[-2:]
    side = math.sqrt(1.0 - _beta(alpha, generator))
    partner = torch.randperm(len(images), generator=generator).to(images.device)
    middle = torch.rand(2, generator=generator).tolist()
    top, bottom = _span(middle[0], side, height)
    left, right = _span(middle[1], side, width)
    mixed = images.clone()
    mixed[..., top:bottom, left:right] = images[partner][..., top:bottom, left:right]
    share = 1.0 - (bottom - top) * (right - left) / (height * width)
    return mixed, share * targets + (1.0 - share) * targets[partner]


def _beta(alpha: float, generator: Generator | None) -> float:
    """One draw from Beta(alpha, alpha); torch's own sampler takes no generator."""
    seed = int(torch.randint(2**62, (), generator=generator))
    return float(np.random.default_rng(seed).beta(alpha, alpha))


def _span(middle: float, share: float, size: int) -> tuple[int, int]:
    """First and one past the last pixel of `share` of a side around `middle`, both within [0, 1].

    >>> _span(0.5, 0.5, 8), _span(0.0, 0.5, 8), _span(1.0, 0.5, 8)
    ((2, 6), (0, 2), (6, 8))
    """
    first, last = round((middle - share / 2) * size), round((middle + share / 2) * size)
    return max(0, first), min(size, last)

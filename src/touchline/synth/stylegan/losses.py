"""The losses of both networks and their two penalties."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def generator_loss(fake: Tensor) -> Tensor:
    """The non-saturating logistic loss: low where the verdicts `(n,)` on made pictures are high.

    >>> round(generator_loss(torch.zeros(2)).item(), 4)
    0.6931
    """
    return F.softplus(-fake).mean()


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """The logistic loss: low where real pictures get high verdicts `(n,)` and made ones low.

    >>> round(discriminator_loss(torch.zeros(2), torch.zeros(2)).item(), 4)
    1.3863
    """
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def squared_gradients(verdicts: Tensor, pictures: Tensor) -> Tensor:
    """The squared length of each verdict's gradient in its own picture, averaged (R1).

    Args:
        verdicts: `(n,)`, computed from the pictures.
        pictures: `(n, ...)`, which require gradients.
    """
    (gradients,) = torch.autograd.grad(verdicts.sum(), pictures, create_graph=True)
    return gradients.square().flatten(1).sum(dim=1).mean()


def path_lengths(pictures: Tensor, styles: Tensor) -> Tensor:
    """How far each picture moves, in a random direction, when its styles do.

    Args:
        pictures: `(n, 3, side, side)`, made from the styles.
        styles: `(n, layers, latent)`, which require gradients.

    Returns:
        `(n,)` the length of the gradient in w, its square averaged over the layers.
    """
    direction = torch.randn_like(pictures) / math.sqrt(pictures.shape[2] * pictures.shape[3])
    (gradients,) = torch.autograd.grad((pictures * direction).sum(), styles, create_graph=True)
    return gradients.square().sum(dim=2).mean(dim=1).sqrt()

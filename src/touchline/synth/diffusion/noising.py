"""From photo to noise along a straight line, and how far along it is looked at.

This is flow matching with a linear path (Lipman et al. 2023; Liu et al. 2023): at time t a photo x
with noise e is (1 - t) x + t e, and moves with the velocity e - x. Among the kinds of diffusion it
suits short training and few steps of sampling best: its paths are the straightest; at t = 1 there
is truly nothing but noise, so that flat backgrounds get their own brightness, for which other
schedules must be mended (zero terminal SNR); and the error of the velocity is of one size at all
times, so that no weighting such as min-SNR is needed. What is left to choose is how often each time
is looked at: those near neither end, where there is most to learn (Esser et al. 2024).
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

TIME_LOGIT_SPREAD = 1.0
"""Standard deviation of the logit of the times that are learnt from."""
EARLIEST_TIME = 0.05
"""Errors at earlier times weigh as much as at this one: noise that nobody sees is not learnt."""


def as_clean(pixels: Tensor) -> Tensor:
    """uint8 pixels as floats in [-1, 1].

    >>> as_clean(torch.tensor([0, 255], dtype=torch.uint8))
    tensor([-1.,  1.])
    """
    return pixels.float() / 127.5 - 1.0


def as_pixels(clean: Tensor) -> Tensor:
    """Floats as uint8 pixels; what lies outside [-1, 1] is clipped.

    >>> as_pixels(torch.tensor([-1.5, -1.0, 0.0, 1.0]))
    tensor([  0,   0, 128, 255], dtype=torch.uint8)
    """
    return ((clean + 1.0) * 127.5).round().clamp(0, 255).to(torch.uint8)


def mix(clean: Tensor, noise: Tensor, times: Tensor) -> Tensor:
    """Photos `(n, 3, h, w)` with noise, each at its time `(n,)` in [0, 1].

    >>> mix(torch.ones(1, 1, 1, 1), torch.zeros(1, 1, 1, 1), torch.tensor([0.25])).item()
    0.75
    """
    return torch.lerp(clean, noise, times.view(-1, 1, 1, 1))


def velocity(clean: Tensor, noisy: Tensor, times: Tensor | float) -> Tensor:
    """How a noisy photo moves, if it came from that clean one.

    Args:
        clean: `(n, 3, h, w)`.
        noisy: of the same shape.
        times: above 0, of a shape that goes with it.

    >>> photo, noise = torch.tensor(0.2), torch.tensor(-1.0)
    >>> round(velocity(photo, 0.5 * photo + 0.5 * noise, 0.5).item(), 4)
    -1.2
    """
    return (noisy - clean) / times


def velocity_errors(predicted: Tensor, clean: Tensor, times: Tensor) -> Tensor:
    """The mean squared error of each photo's velocity, `(n,)`, had it come from the predicted one.

    >>> ones, zeros = torch.ones(2, 3, 1, 1), torch.zeros(2, 3, 1, 1)
    >>> velocity_errors(ones, zeros, torch.tensor([1.0, 0.5])).tolist()
    [1.0, 4.0]
    """
    errors = F.mse_loss(predicted, clean, reduction="none").mean(dim=(1, 2, 3))
    return errors / times.clamp(min=EARLIEST_TIME) ** 2


def shifted(times: Tensor, size: int) -> Tensor:
    """Times of a photo of 64 pixels, as those at which one of `size` is as hard to recognise.

    Neighbouring pixels of a large photo tell the same, so that it stands more noise: the standard
    deviation relative to the photo's may grow with the side.

    >>> shifted(torch.tensor([0.0, 0.5, 1.0]), 128).tolist()
    [0.0, 0.6666666865348816, 1.0]
    """
    ratio = size / 64
    return ratio * times / (1.0 + (ratio - 1.0) * times)


def draw_times(count: int, size: int, generator: torch.Generator) -> Tensor:
    """Times to learn from, `(count,)`: normal in their logit, and shifted for the size.

    They are spread evenly over the batch, one in each of `count` equally probable stretches, which
    makes the loss less noisy, and dealt to its photos in random order.
    """
    order = torch.randperm(count, generator=generator)
    shares = (order + torch.rand(count, generator=generator)) / count
    deviates = torch.special.ndtri(shares.double().clamp(1e-6, 1 - 1e-6)) * TIME_LOGIT_SPREAD
    return shifted(torch.sigmoid(deviates), size).float()


def half_life_decay(count: int, shown: int, half_life: int) -> float:
    """What a moving average keeps of itself when `count` photos more have been seen.

    At the start the half-life is a twentieth of what was shown, so that the random first weights
    are soon forgotten.

    Args:
        count: photos since the last update.
        shown: photos shown in all, these included.
        half_life: photos in which half is forgotten, in the long run.

    >>> half_life_decay(100, 1_000_000, 100), round(half_life_decay(32, 320, 10_000), 4)
    (0.5, 0.25)
    """
    return math.pow(0.5, count / min(half_life, shown / 20))

"""What a score has to be read beside: copies with noise, and real photos against real ones."""

import numpy as np
import torch
from torch import Tensor

from touchline.synth.scores.judge import parted
from touchline.synth.scores.scored_photos import ScoredPhotos

STRENGTHS = (0.05, 0.1, 0.2, 0.4)
"""Standard deviations of the noise, in shares of the full range of a pixel."""


def noisy_copies(
    training: ScoredPhotos, count: int, strength: float, seed: int
) -> tuple[Tensor, np.ndarray]:
    """Training photos with Gaussian noise: what a generator that only copied would pass off.

    Args:
        training: the photos learnt from.
        count: how many copies; beyond the number of photos, photos are taken again.
        strength: standard deviation of the noise in shares of the full range; 0 copies exactly.
        seed: of the choice and the noise.

    Returns:
        Pixels uint8 `(count, 3, side, side)`, clipped, and `(count,)` the photos' classes.
    """
    generator = torch.Generator().manual_seed(seed)
    rounds = -(-count // len(training))
    orders = [torch.randperm(len(training), generator=generator) for _ in range(rounds)]
    chosen = torch.cat(orders)[:count]
    pixels = training.pixels[chosen]
    noise = torch.randn(pixels.shape, generator=generator)
    noisy = (pixels + 255 * strength * noise).round().clamp(0, 255).to(torch.uint8)
    return noisy, training.labels[chosen.numpy()]


def halves(photos: ScoredPhotos, seed: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Places of two halves alike in classes, whole groups in one; None where that cannot be.

    It cannot where there is one group only, or a half would hold fewer than two photos.
    """
    if len(np.unique(photos.groups)) < 2:
        return None
    part = parted(photos.labels, photos.groups, 2, seed)
    first, second = np.flatnonzero(part == 0), np.flatnonzero(part == 1)
    return (first, second) if min(len(first), len(second)) >= 2 else None

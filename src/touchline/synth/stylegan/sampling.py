"""Photos of given classes and seeds from a taught generator."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from touchline.synth.config import SynthConfig
from touchline.synth.generators import Sampler
from touchline.synth.stylegan.synthesis import StyleGenerator
from touchline.training.saved_weights import load_saved_weights

TOGETHER = 8
"""Photos that are made at a time, always: fewer are filled up. A photo then takes the same
arithmetic whatever else is made, and comes out the same to the last bit."""
AVERAGED = 1024
"""Latent vectors that the average of a class is taken over."""


def load_sampler(
    config: SynthConfig, classes: Sequence[str], weights: Path, device: torch.device,
    precision: torch.dtype,
) -> Sampler:  # fmt: skip
    """A taught generator, from the safetensors file of a trainee's `weights`.

    Raises:
        UsageError: the file is missing, damaged, or of a generator that the configuration does not
            describe.
    """
    generator = StyleGenerator(config.size, len(classes), config.stylegan, precision)
    load_saved_weights(generator, weights)
    generator = generator.to(device).eval()

    def sampler(labels: Sequence[int], seeds: Sequence[int]) -> Tensor:
        return sample(generator, labels, seeds, config.stylegan.truncation)

    return sampler


@torch.no_grad()
def sample(
    generator: StyleGenerator, labels: Sequence[int], seeds: Sequence[int], truncation: float
) -> Tensor:
    """Make one photo for each class place and seed, each from its own class and seed only.

    Args:
        generator: taught or not.
        labels: places of classes, 0 up.
        seeds: as many.
        truncation: how far the photos stay from the average of their class: 1 is where they fall,
            0 would be the average itself.

    Returns:
        uint8 `(n, 3, size, size)`, on the CPU.
    """
    device = generator.constant.device
    averages = class_averages(generator) if truncation < 1 else None
    made = []
    for start in range(0, len(labels), TOGETHER):
        some = list(
            zip(labels[start : start + TOGETHER], seeds[start : start + TOGETHER], strict=True)
        )
        filled = some + [some[0]] * (TOGETHER - len(some))
        places = torch.tensor([label for label, _ in filled], device=device)
        chance = [_chance(generator, seed) for _, seed in filled]
        w = generator.mapping(places, torch.stack([z for z, _ in chance]).to(device))
        if averages is not None:
            w = averages[places].lerp(w, truncation)
        noise = [torch.stack(maps).to(device) for maps in zip(*(n for _, n in chance), strict=True)]
        pictures = generator(w[:, None].expand(-1, generator.styles, -1), noise)
        made.append(as_pixels(pictures[: len(some)]).cpu())
    side = max(generator.widths)
    return torch.cat(made) if made else torch.empty((0, 3, side, side), dtype=torch.uint8)


@torch.no_grad()
def class_averages(generator: StyleGenerator) -> Tensor:
    """The average w of each class `(classes, latent)`, over the same latent vectors for all."""
    device = generator.constant.device
    z = torch.randn(AVERAGED, generator.latent, generator=torch.Generator().manual_seed(0))
    z = z.to(device)
    return torch.stack(
        [
            generator.mapping(torch.full((AVERAGED,), label, device=device), z).mean(dim=0)
            for label in range(generator.mapping.embedding.num_embeddings)
        ]
    )


def as_pixels(pictures: Tensor) -> Tensor:
    """Pictures in [-1, 1] as uint8; what lies outside is cut off.

    >>> as_pixels(torch.tensor([-1.5, -1.0, 0.0, 1.0])).tolist()
    [0, 0, 128, 255]
    """
    return (pictures * 127.5 + 127.5).round().clamp(0, 255).to(torch.uint8)


def as_pictures(pixels: Tensor) -> Tensor:
    """Pixels 0 to 255 as float32 in [-1, 1]."""
    return pixels.float() / 127.5 - 1


def _chance(generator: StyleGenerator, seed: int) -> tuple[Tensor, list[Tensor]]:
    """The z `(latent,)` and the noise `(1, side, side)` of each layer that belong to a seed."""
    source = torch.Generator().manual_seed(seed)
    z = torch.randn(generator.latent, generator=source)
    sides = generator.noise_sides()
    return z, [torch.randn(1, side, side, generator=source) for side in sides]

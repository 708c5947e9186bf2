"""Photos from noise: the flow followed backwards, with guidance by the class."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from touchline.synth.config import SynthConfig
from touchline.synth.diffusion.network import Denoiser, build_network
from touchline.synth.diffusion.noising import as_pixels, shifted, velocity
from touchline.synth.diffusion.solver import follow
from touchline.synth.generators import Sampler
from touchline.training.saved_weights import load_saved_weights

PIXELS_TOGETHER = 16 * 64 * 64
"""How many pixels are made in one go."""


def load_sampler(
    config: SynthConfig, classes: Sequence[str], weights: Path, device: torch.device,
    precision: torch.dtype,
) -> Sampler:  # fmt: skip
    """A taught model, from the file of its `weights`.

    Raises:
        UsageError: the file is not of the model that the configuration describes.
        EnvironmentMissingError: diffusers is not installed.
    """
    network = build_network(config.diffusion, config.size, len(classes))
    load_saved_weights(network, weights)
    network.to(device)

    def sample(labels: Sequence[int], seeds: Sequence[int]) -> Tensor:
        return draw_photos(network, config, len(classes), labels, seeds, precision)

    return sample


@torch.no_grad()
def draw_photos(
    network: Denoiser, config: SynthConfig, classes: int, labels: Sequence[int],
    seeds: Sequence[int], precision: torch.dtype,
) -> Tensor:  # fmt: skip
    """One photo for each class place and seed: uint8 `(n, 3, size, size)`, on the CPU.

    They are made in portions that are filled up to one length: how a sum is rounded depends on how
    much is computed together, and a photo must not change with its company.

    Args:
        network: on the device where the photos are made.
        config: size, guidance and steps.
        classes: how many the network knows.
        labels: places of classes.
        seeds: of the noise that each photo begins as; all its chance.
        precision: bf16 for autocast, else float32.
    """
    size, guidance = config.size, config.diffusion.guidance
    device = next(network.parameters()).device
    together = max(1, PIXELS_TOGETHER // size**2)
    times = shifted(torch.linspace(1.0, 0.0, config.diffusion.sample_steps + 1), size).tolist()
    made = [torch.empty(0, 3, size, size, dtype=torch.uint8)]
    for start in range(0, len(labels), together):
        portion = slice(start, start + together)
        noise = [_noise(seed, size) for seed in seeds[portion]]
        missing = together - len(noise)
        noisy = torch.stack(noise + noise[:1] * missing).to(device)
        places = torch.tensor([*labels[portion], *[0] * missing], device=device)

        def moving(noisy: Tensor, time: float, places: Tensor = places) -> Tensor:
            with torch.autocast(device.type, precision, enabled=precision != torch.float32):
                clean = guided(network, noisy, time, places, classes, guidance)
            return velocity(clean, noisy, time)

        made.append(as_pixels(follow(moving, noisy, times)).cpu()[: len(noise)])
    return torch.cat(made)


def guided(
    network: Denoiser, noisy: Tensor, time: float, places: Tensor, nowhere: int, guidance: float
) -> Tensor:
    """The photo of a class that is expected, and beyond: away from what all classes share.

    Args:
        network: the model.
        noisy: `(n, 3, size, size)`.
        time: in [0, 1].
        places: int64 `(n,)`, classes.
        nowhere: the place that stands for "no class".
        guidance: 1 expects what the class does; more goes further (Ho and Salimans 2022).
    """
    times = noisy.new_full((len(noisy),), time)
    if guidance == 1.0:
        clean: Tensor = network(noisy, times, places)
        return clean
    both = network(
        noisy.repeat(2, 1, 1, 1), times.repeat(2),
        torch.cat([places, torch.full_like(places, nowhere)]),
    )  # fmt: skip
    conditional, unconditional = both.chunk(2)
    return torch.lerp(unconditional, conditional, guidance)


def _noise(seed: int, size: int) -> Tensor:
    return torch.randn(3, size, size, generator=torch.Generator().manual_seed(seed))

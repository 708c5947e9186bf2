"""Photos from noise: one at a time, so that each depends on its own class and seed only."""

import copy
import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from touchline.errors import UsageError
from touchline.synth.config import SynthConfig
from touchline.synth.generators import Sampler
from touchline.synth.lora import memory
from touchline.synth.lora.adapted import AdaptedPipeline, adapt
from touchline.synth.lora.adapters import load_adapter_weights
from touchline.synth.lora.pictures import from_latent


def load_sampler(
    config: SynthConfig, classes: Sequence[str], weights: Path, device: torch.device,
    precision: torch.dtype,
) -> Sampler:  # fmt: skip
    """The pipeline of a configuration with the adapters of a file; see `Sampler`.

    Raises:
        UsageError: the file is missing or damaged, or holds other adapters.
        EnvironmentMissingError: a package or the pipeline is missing or damaged.
    """
    try:
        tensors = load_file(weights)
    except (OSError, SafetensorError) as error:
        raise UsageError(
            "the weights of adapters", f"{str(error).splitlines()[0]} in {weights}",
            "Give the weights file of a training with generator=lora.",
        ) from error  # fmt: skip
    adapted = adapt(config, classes, precision)
    load_adapter_weights(adapted.unet, tensors, str(weights))
    return sampler_of(adapted, config, device)


def sampler_of(adapted: AdaptedPipeline, config: SynthConfig, device: torch.device) -> Sampler:
    """A sampler that always uses the adapters as they are at the time."""
    offload, settings = config.lora.cpu_offload, config.lora
    side = config.size // memory.pixels_of_latent(adapted.vae)

    @torch.no_grad()
    def sample(labels: Sequence[int], seeds: Sequence[int]) -> Tensor:
        unet, vae = adapted.unet, adapted.vae
        # All latents first: each network then comes to the device once, and they are small.
        with (
            memory.at_work(unet, device, offload),
            memory.sliced_attention(unet, settings.attention_slicing),
        ):
            latents = [
                _denoise(
                    adapted, label, torch.Generator().manual_seed(seed), side,
                    settings.guidance, settings.sample_steps,
                )
                for label, seed in zip(labels, seeds, strict=True)
            ]  # fmt: skip
        with memory.at_work(vae, device, offload):
            photos = [from_latent(vae, latent) for latent in latents]
        empty = torch.empty(0, 3, config.size, config.size, dtype=torch.uint8)
        return torch.cat([empty, *photos])

    return sample


def _denoise(
    adapted: AdaptedPipeline, label: int, chance: torch.Generator, side: int, guidance: float,
    steps: int,
) -> Tensor:  # fmt: skip
    """The latent `(1, channels, side, side)` that the words of a class lead to, from noise.

    With guidance (Ho & Salimans 2022, arXiv 2207.12598) the UNet answers with and without words,
    and each step goes further from the answer without towards, and past, the answer with.
    """
    unet, scheduler = adapted.unet, copy.deepcopy(adapted.scheduler)
    guided = guidance > 1
    words = adapted.embeddings[[-1, label] if guided else [label]].to(unet.device, unet.dtype)
    scheduler.set_timesteps(steps, device=unet.device)
    noise = torch.randn(1, unet.config.in_channels, side, side, generator=chance)
    latent: Tensor = (noise * scheduler.init_noise_sigma).to(unet.device)
    for time in scheduler.timesteps:
        shown = scheduler.scale_model_input(latent, time).expand(len(words), -1, -1, -1)
        answer = unet(shown.to(unet.dtype), time, words).sample.float()
        if guided:
            without, within = answer.chunk(2)
            answer = without + guidance * (within - without)
        latent = scheduler.step(answer, time, latent, **_chance_of(scheduler, chance)).prev_sample
    return latent


def _chance_of(scheduler: Any, chance: torch.Generator) -> dict[str, torch.Generator]:
    """Only schedulers that draw noise at each step can be told where to draw it from."""
    takes = "generator" in inspect.signature(scheduler.step).parameters
    return {"generator": chance} if takes else {}

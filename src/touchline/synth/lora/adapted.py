"""A Stable Diffusion ready for one set of classes: with adapters, and its words known for good."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from touchline.errors import UsageError
from touchline.photos.mirror import pair_classes
from touchline.synth.config import SynthConfig
from touchline.synth.lora import memory
from touchline.synth.lora.adapters import add_adapters
from touchline.synth.lora.pipeline import load_pipeline
from touchline.synth.lora.prompts import embed, prompts_of


@dataclass(frozen=True)
class AdaptedPipeline:
    """What is left of a pipeline when the only words it will ever hear are known.

    Attributes:
        unet: frozen, on the CPU, with adapters that may learn.
        vae: frozen, on the CPU.
        scheduler: the schedule of noise, and how a sample steps along it.
        embeddings: `(classes + 1, tokens, features)`, the last of no words.
        adapters: the parameters that learn.
    """

    unet: Any
    vae: Any
    scheduler: Any
    embeddings: Tensor
    adapters: list[nn.Parameter]


def adapt(
    config: SynthConfig, classes: Sequence[str], precision: torch.dtype
) -> AdaptedPipeline:  # fmt: skip
    """Load the pipeline of a configuration, hear its words, and put adapters into it.

    The text encoder is let go of as soon as it has read the prompts of the classes.

    Raises:
        UsageError: the pipeline is of another kind, or its prompts or steps do not fit.
        EnvironmentMissingError: a package or the pipeline is missing or damaged.
    """
    settings = config.lora
    mirror = pair_classes(classes, config.mirror.pairs, config.mirror.undirected)
    prompts = prompts_of(mirror, settings.prompt, settings.words)
    pipeline = load_pipeline(settings.pipeline, precision)
    most = pipeline.scheduler.config.num_train_timesteps
    if settings.sample_steps > most:
        raise UsageError(
            f"at most the {most} steps of the pipeline's noise", f"{settings.sample_steps}",
            "Lower lora.sample_steps.",
        )  # fmt: skip
    if settings.vae_tiling:
        memory.tile_pictures(pipeline.vae)
    return AdaptedPipeline(
        unet=pipeline.unet,
        vae=pipeline.vae,
        scheduler=pipeline.scheduler,
        embeddings=embed(pipeline, prompts),
        adapters=add_adapters(pipeline.unet, settings.rank, config.seed),
    )

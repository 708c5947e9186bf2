"""Configurations, batches and trainees so small that a step takes a moment."""

from typing import Any

import torch

from touchline.synth.config import SynthConfig
from touchline.synth.stylegan.trainee import StyleganTrainee, make_trainee

CPU = torch.device("cpu")
CLASSES = ("Hero", "Kick-l", "Kick-r")


def tiny_config(size: int = 64, batch_size: int = 4, **stylegan: Any) -> SynthConfig:
    style = {
        "channel_base": 256, "channel_max": 16, "latent": 16, "mapping_layers": 2,
        "path_weight": 2.0, **stylegan,
    }  # fmt: skip
    training = {"batch_size": batch_size}
    return SynthConfig.model_validate(
        {"data": "photos", "size": size, "stylegan": style, "training": training}
    )


def tiny_trainee(
    size: int = 64, precision: torch.dtype = torch.float32, **stylegan: Any
) -> StyleganTrainee:
    return make_trainee(tiny_config(size, **stylegan), CLASSES, CPU, precision)


def tiny_batch(seed: int, size: int = 64, n: int = 4) -> tuple[torch.Tensor, torch.Tensor]:
    source = torch.Generator().manual_seed(seed)
    pixels = torch.randint(0, 256, (n, 3, size, size), dtype=torch.uint8, generator=source)
    return pixels, torch.randint(0, len(CLASSES), (n,), generator=source)

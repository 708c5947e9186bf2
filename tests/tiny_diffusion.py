"""A diffusion model small enough for tests, and two classes that it learns in seconds."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from touchline.synth.config import DiffusionSettings, SynthConfig
from touchline.synth.diffusion.trainee import DiffusionTrainee, make_trainee

CLASSES = ("dark", "bright")


def tiny_config(size: int = 64, **diffusion: Any) -> SynthConfig:
    """64 pixels in 8 x 8 places, one resolution, unless told otherwise."""
    settings = {"channels": (16,), "patch": 8, "attention_side": 0, "sample_steps": 8, **diffusion}
    return SynthConfig(
        data=Path("photos"), generator="diffusion", size=size, seed=3,
        diffusion=DiffusionSettings(**settings),
    )  # fmt: skip


def tiny_trainee(config: SynthConfig, precision: torch.dtype = torch.float32) -> DiffusionTrainee:
    return make_trainee(config, CLASSES, torch.device("cpu"), precision)


def dark_and_bright(count: int, size: int = 64) -> tuple[Tensor, Tensor]:
    """Flat squares: those of class 0 of brightness 30 to 70, those of class 1 of 185 to 225."""
    chance = torch.Generator().manual_seed(count)
    labels = torch.arange(count) % 2
    brightness = 30 + 155 * labels + torch.randint(0, 41, (count,), generator=chance)
    return brightness.view(-1, 1, 1, 1).expand(-1, 3, size, size).to(torch.uint8), labels

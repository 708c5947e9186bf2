"""A generator of photos that learns nothing, and takes what a test asks it to take."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from touchline.errors import EnvironmentMissingError
from touchline.synth.config import SynthConfig
from touchline.synth.generators import Generator

BYTES_A_PHOTO = 4 << 20
"""What `step` holds for each photo of a batch, at 64 pixels."""


def generator(name: str) -> Generator:
    """The one whose trainee is made by the function of that name here."""
    return Generator(f"small_trainees:{name}", "")


class SmallTrainee:
    def __init__(self, config: SynthConfig) -> None:
        self.size, self.steps = config.size, 0
        self.weight = torch.zeros(1000)

    def step(self, pixels: Tensor, labels: Tensor, seed: int) -> Mapping[str, float]:
        assert pixels.dtype == torch.uint8
        assert pixels.shape == (len(labels), 3, self.size, self.size)
        held = torch.ones(len(labels) * BYTES_A_PHOTO * (self.size // 64) ** 2, dtype=torch.uint8)
        self.weight += float(held[-1])
        self.steps += 1
        return {"loss": float(seed)}

    def sample(self, labels: Sequence[int], seeds: Sequence[int]) -> Tensor:
        assert len(labels) == len(seeds)
        return torch.zeros((len(labels), 3, self.size, self.size), dtype=torch.uint8)

    def weights(self) -> dict[str, Tensor]:
        return {"weight": self.weight.clone()}

    def state(self) -> dict[str, Any]:
        return {"weight": self.weight.clone(), "steps": self.steps}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.weight, self.steps = state["weight"], state["steps"]


def make_trainee(config: SynthConfig, *_: Any) -> SmallTrainee:
    sys.stdout.write("what a library prints must not spoil the answer")
    return SmallTrainee(config)


def make_broken(*_: Any) -> SmallTrainee:
    raise ZeroDivisionError("a fault of ours")


def make_aborting(*_: Any) -> SmallTrainee:
    os.abort()


def make_refusing(*_: Any) -> SmallTrainee:
    raise EnvironmentMissingError("weights", "none", "Fetch them.")


def score(photos: Tensor, config: SynthConfig) -> object:
    assert photos.shape[1:] == (3, config.size, config.size)
    return photos.float().mean()

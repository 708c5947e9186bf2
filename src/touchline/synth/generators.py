"""The generators, and what each promises: to learn step by step, and to make photos of a class."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from touchline.synth.config import GeneratorName, SynthConfig

Sampler = Callable[[Sequence[int], Sequence[int]], Tensor]
"""Makes one photo for each class place and seed: uint8 `(n, 3, size, size)`, on the CPU. A photo
depends on its own class and seed only, not on what else is made with it."""


class Trainee(Protocol):
    """A generator that is being taught.

    All chance in `step` comes from its `seed`, so that what is interrupted and goes on from a
    `state` learns what it would have learnt.
    """

    def step(self, pixels: Tensor, labels: Tensor, seed: int) -> Mapping[str, float]:
        """Learn from one batch.

        Args:
            pixels: uint8 `(n, 3, size, size)`, on the CPU.
            labels: int64 `(n,)` places of classes.
            seed: of everything random in this step.

        Returns:
            Figures to follow, the same names at every step; NaN where a step has none.
        """

    def sample(self, labels: Sequence[int], seeds: Sequence[int]) -> Tensor:
        """As a `Sampler`, by the weights that `weights` gives."""

    def weights(self) -> dict[str, Tensor]:
        """What sampling needs and nothing else, contiguous, on the CPU."""

    def state(self) -> dict[str, Any]:
        """All that learning on needs: tensors and plain values, for `torch.save`."""

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state`."""


@dataclass(frozen=True)
class Generator:
    """Where a generator's two functions live, as `module:name`.

    Attributes:
        trainee: (config, classes, device, precision) to a `Trainee`.
        sampler: (config, classes, weights file, device, precision) to a `Sampler`.
    """

    trainee: str
    sampler: str


GENERATORS: dict[GeneratorName, Generator] = {
    "stylegan": Generator(
        "touchline.synth.stylegan.trainee:make_trainee",
        "touchline.synth.stylegan.sampling:load_sampler",
    ),
    "diffusion": Generator(
        "touchline.synth.diffusion.trainee:make_trainee",
        "touchline.synth.diffusion.sampling:load_sampler",
    ),
    "lora": Generator(
        "touchline.synth.lora.trainee:make_trainee",
        "touchline.synth.lora.sampling:load_sampler",
    ),
}


def make_trainee(
    config: SynthConfig, classes: Sequence[str], device: torch.device, precision: torch.dtype
) -> Trainee:
    """The generator of a configuration, untaught.

    Raises:
        EnvironmentMissingError: a package or the weights to begin with are missing.
    """
    trainee: Trainee = _function(GENERATORS[config.generator].trainee)(
        config, tuple(classes), device, precision
    )
    return trainee


def load_sampler(
    config: SynthConfig, classes: Sequence[str], weights: Path, device: torch.device,
    precision: torch.dtype,
) -> Sampler:  # fmt: skip
    """A taught generator, from the file of its `weights`.

    Raises:
        UsageError: the file is not of this generator.
        EnvironmentMissingError: a package or the weights it stands on are missing.
    """
    sampler: Sampler = _function(GENERATORS[config.generator].sampler)(
        config, tuple(classes), weights, device, precision
    )
    return sampler


def _function(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function

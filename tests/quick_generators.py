"""Generators that need no learning, in place of StyleGAN: what they make is known beforehand.

Photos of a class are a tint on noise, as in `tinted_world`, with less noise; `wrong` ones show the
next class.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor

from touchline.synth.config import SynthConfig
from touchline.synth.generators import Generator

TINTS = {"amber": (108, 128, 128), "jade": (128, 108, 128), "violet": (128, 128, 108)}
GOOD = Generator("quick_generators:make_good", "quick_generators:load_good")
WRONG = Generator("quick_generators:make_wrong", "quick_generators:load_wrong")


def tinted(label: str, seed: int, size: int = 64, noise: float = 60.0) -> np.ndarray:
    """uint8 `(size, size, 3)`: coarse noise, and the tint of a class."""
    chance = np.random.default_rng((seed, *label.encode()))
    coarse = chance.normal(0, noise, (4, 4, 3)).repeat(size // 4, 0).repeat(size // 4, 1)
    fine = chance.normal(0, 6, (size, size, 3))
    return np.clip(np.array(TINTS[label]) + coarse + fine, 0, 255).astype(np.uint8)


def tinted_world(folder: Path, count: int) -> Path:
    """Folders of so many tinted photos by class."""
    for label in TINTS:
        (folder / label).mkdir(parents=True)
        for number in range(count):
            Image.fromarray(tinted(label, number)).save(folder / label / f"{number:03}.png")
    return folder


class QuickGenerator:
    """Makes tinted photos of the class that stands `shift` places after the one asked for."""

    def __init__(self, classes: Sequence[str], size: int, shift: int) -> None:
        self.classes, self.size, self.shift, self.shown = classes, size, shift, 0

    def step(self, pixels: Tensor, labels: Tensor, seed: int) -> Mapping[str, float]:  # noqa: ARG002
        self.shown += len(pixels)
        return {"shown": float(self.shown)}

    def sample(self, labels: Sequence[int], seeds: Sequence[int]) -> Tensor:
        names = [self.classes[(label + self.shift) % len(self.classes)] for label in labels]
        seeded = zip(names, seeds, strict=True)
        photos = [tinted(name, 1000 + seed, self.size, noise=30.0) for name, seed in seeded]
        return torch.from_numpy(np.stack(photos)).permute(0, 3, 1, 2).contiguous()

    def weights(self) -> dict[str, Tensor]:
        return {"shift": torch.tensor([self.shift])}

    def state(self) -> dict[str, Any]:
        return {"shown": self.shown}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.shown = int(state["shown"])


def make_good(config: SynthConfig, classes: Sequence[str], *_: object) -> QuickGenerator:
    """As `touchline.synth.generators.make_trainee`."""
    return QuickGenerator(classes, config.size, 0)


def make_wrong(config: SynthConfig, classes: Sequence[str], *_: object) -> QuickGenerator:
    """Likewise; the photos are of another class than was asked for."""
    return QuickGenerator(classes, config.size, 1)


def load_good(config: SynthConfig, classes: Sequence[str], weights: Path, *_: object) -> Any:
    """As `touchline.synth.generators.load_sampler`."""
    return QuickGenerator(classes, config.size, int(load_file(weights)["shift"])).sample


load_wrong = load_good


def mean_colours(pixels: Tensor, views: Sequence[object] = (None,), *, quiet: bool = False) -> Any:  # noqa: ARG001
    """Features in place of a network's: what an `Embedder` gives, in a moment."""
    small = torch.nn.functional.adaptive_avg_pool2d(pixels.float() / 255, 2).flatten(1).numpy()
    return np.repeat(small[:, None], len(views), axis=1)

"""Teaching the generator against the discriminator, step by step."""

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Adam

from touchline.synth.config import SynthConfig
from touchline.synth.stylegan.adaptive import AdaptiveStrength
from touchline.synth.stylegan.augmentation import augment
from touchline.synth.stylegan.chance import seeded
from touchline.synth.stylegan.discriminator import Discriminator
from touchline.synth.stylegan.losses import (
    discriminator_loss,
    generator_loss,
    path_lengths,
    squared_gradients,
)  # fmt: skip
from touchline.synth.stylegan.sampling import as_pictures, sample
from touchline.synth.stylegan.synthesis import StyleGenerator

ADAM_BETAS = (0.0, 0.99)
PATH_DECAY = 0.01
"""Share of a new path length in the moving mean."""
EMA_SHARE = 0.05
"""The moving average forgets half within at most this share of the images so far, so that short
runs do not keep their random first weights."""


def make_trainee(
    config: SynthConfig, classes: Sequence[str], device: torch.device, precision: torch.dtype
) -> "StyleganTrainee":
    """A generator and a discriminator with the random weights of the configuration's seed."""
    with seeded(config.seed, device):
        return StyleganTrainee(config, len(classes), device, precision)


class StyleganTrainee:
    """Both networks, their optimisers, the generator's moving average and the strength of ADA.

    A step makes one batch of pictures; the discriminator learns from them and the photos, then the
    generator from the discriminator's new verdicts on the same pictures. Each penalty is computed
    at every so-manyth step only and weighs that much more (lazy regularisation); it is part of the
    loss of that step, so that the optimisers need no correction.
    """

    def __init__(
        self, config: SynthConfig, classes: int, device: torch.device, precision: torch.dtype
    ) -> None:
        self.settings, self.device = config.stylegan, device
        self.generator = StyleGenerator(config.size, classes, config.stylegan, precision).to(device)
        self.discriminator = Discriminator(config.size, classes, config.stylegan, precision)
        self.discriminator.to(device)
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        self.optimisers = {
            name: Adam(network.parameters(), config.stylegan.learning_rate, ADAM_BETAS, fused=True)
            for name, network in self._learning().items()
        }
        self.r1_weight = config.stylegan.r1_gamma / 2
        self.ada = AdaptiveStrength()
        self.path_mean = 0.0
        self.steps, self.images = 0, 0

    def step(self, pixels: Tensor, labels: Tensor, seed: int) -> Mapping[str, float]:
        """Learn from one batch; see `Trainee`.

        Returns:
            loss_generator, loss_discriminator; r1 and path_length, the penalties without their
            weights, NaN at steps without; ada_strength; ada_sign, the r_t of this batch.
        """
        with seeded(seed, self.device):
            photos = as_pictures(pixels.to(self.device))
            labels = labels.to(self.device)
            made = self.generator(self._styles(labels), self._noise(len(labels)))
            figures = self._teach_discriminator(photos, made.detach(), labels)
            figures |= self._teach_generator(made, labels)
        self.steps, self.images = self.steps + 1, self.images + len(labels)
        if self.steps % self.settings.ada_interval == 0:
            self.ada = self.ada.adjusted(self.settings.ada_target, self.settings.ada_images)
        self._follow(len(labels))
        return figures

    def sample(self, labels: Sequence[int], seeds: Sequence[int]) -> Tensor:
        """Photos by the moving average of the generator; see `Sampler`."""
        return sample(self.average, labels, seeds, self.settings.truncation)

    def weights(self) -> dict[str, Tensor]:
        """The moving average of the generator."""
        return _copied(self.average)

    def state(self) -> dict[str, Any]:
        """Everything that learning on needs; later steps do not change it."""
        return {
            "networks": {name: _copied(network) for name, network in self._networks().items()},
            "optimisers": {
                name: copy.deepcopy(optimiser.state_dict())
                for name, optimiser in self.optimisers.items()
            },
            "ada": asdict(self.ada),
            "path_mean": self.path_mean,
            "steps": self.steps,
            "images": self.images,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state`."""
        for name, network in self._networks().items():
            network.load_state_dict(state["networks"][name])
        for name, optimiser in self.optimisers.items():
            optimiser.load_state_dict(copy.deepcopy(state["optimisers"][name]))
        self.ada = AdaptiveStrength(**state["ada"])
        self.path_mean = state["path_mean"]
        self.steps, self.images = state["steps"], state["images"]

    def _learning(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "discriminator": self.discriminator}

    def _networks(self) -> dict[str, nn.Module]:
        return {**self._learning(), "average": self.average}

    def _teach_discriminator(
        self, photos: Tensor, made: Tensor, labels: Tensor
    ) -> dict[str, float]:
        self.discriminator.requires_grad_(True)
        penalised = self.r1_weight > 0 and self.steps % self.settings.r1_interval == 0
        photos.requires_grad_(penalised)
        real = self.discriminator(augment(photos, self.ada.strength), labels)
        fake = self.discriminator(augment(made, self.ada.strength), labels)
        loss = discriminator_loss(real, fake)
        penalty = torch.tensor(math.nan)
        total = loss
        if penalised:
            penalty = squared_gradients(real, photos)
            total = loss + penalty * (self.r1_weight * self.settings.r1_interval)
        self._descend("discriminator", total)
        strength = self.ada.strength
        self.ada = self.ada.observed(real)
        return {
            "loss_discriminator": loss.item(),
            "r1": penalty.item(),
            "ada_strength": strength,
            "ada_sign": real.detach().sign().mean().item(),
        }

    def _teach_generator(self, made: Tensor, labels: Tensor) -> dict[str, float]:
        self.discriminator.requires_grad_(False)
        fake = self.discriminator(augment(made, self.ada.strength), labels)
        loss = generator_loss(fake)
        total, length = loss, math.nan
        if self.settings.path_weight and self.steps % self.settings.path_interval == 0:
            penalty, length = self._path_penalty(labels[: max(1, len(labels) // 2)])
            total = loss + penalty * (self.settings.path_weight * self.settings.path_interval)
        self._descend("generator", total)
        return {"loss_generator": loss.item(), "path_length": length}

    def _path_penalty(self, labels: Tensor) -> tuple[Tensor, float]:
        """How unequal path lengths are, and their mean."""
        styles = self._styles(labels)
        lengths = path_lengths(self.generator(styles, self._noise(len(labels))), styles)
        length = lengths.mean().item()
        self.path_mean += PATH_DECAY * (length - self.path_mean)
        return (lengths - self.path_mean).square().mean(), length

    def _descend(self, name: str, loss: Tensor) -> None:
        self.optimisers[name].zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimisers[name].step()

    def _styles(self, labels: Tensor) -> Tensor:
        """A w for each layer: one for all, or another one from a random layer on."""
        n, count = len(labels), self.generator.styles
        z = torch.randn(2, n, self.generator.latent, device=self.device)
        w, other = (self.generator.mapping(labels, some)[:, None] for some in z)
        first = torch.randint(1, count, (n, 1, 1), device=self.device)
        first[torch.rand(n, device=self.device) >= self.settings.style_mixing] = count
        return torch.where(torch.arange(count, device=self.device)[:, None] < first, w, other)

    def _noise(self, n: int) -> list[Tensor]:
        sides = self.generator.noise_sides()
        return [torch.randn(n, 1, side, side, device=self.device) for side in sides]

    @torch.no_grad()
    def _follow(self, batch: int) -> None:
        """Move the average towards the generator."""
        half_life = min(self.settings.ema_images, self.images * EMA_SHARE)
        keep = 0.5 ** (batch / half_life)
        present = self.generator.state_dict()
        for name, tensor in self.average.state_dict().items():
            tensor.lerp_(present[name], 1 - keep)


def _copied(network: nn.Module) -> dict[str, Tensor]:
    """A network's tensors, contiguous, on the CPU and its own no more."""
    return {
        name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
        for name, tensor in network.state_dict().items()
    }

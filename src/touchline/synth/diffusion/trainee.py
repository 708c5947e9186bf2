"""The diffusion model while it is taught: one step, and everything that a resume needs."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from touchline.synth.config import SynthConfig
from touchline.synth.diffusion.network import Denoiser, build_network
from touchline.synth.diffusion.noising import (
    as_clean,
    draw_times,
    half_life_decay,
    mix,
    velocity_errors,
)
from touchline.synth.diffusion.sampling import draw_photos

WARMUP_IMAGES = 2_000
"""Photos until the learning rate is at its full height."""
LARGEST_GRADIENT = 1.0
"""Norm to which the gradient of a step is clipped."""


def make_trainee(
    config: SynthConfig, classes: Sequence[str], device: torch.device, precision: torch.dtype
) -> "DiffusionTrainee":
    """An untaught diffusion model, its weights by the configuration's seed.

    Raises:
        EnvironmentMissingError: diffusers is not installed.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        network = build_network(config.diffusion, config.size, len(classes)).to(device)
    return DiffusionTrainee(config, len(classes), network, precision)


class DiffusionTrainee:
    """A `Trainee` that learns to see the photo in noise.

    Args:
        config: of the training.
        classes: how many there are.
        network: untaught, where it is to learn.
        precision: bf16 for autocast, else float32; the weights are float32.
    """

    def __init__(
        self, config: SynthConfig, classes: int, network: Denoiser, precision: torch.dtype
    ) -> None:
        self.config, self.classes, self.precision = config, classes, precision
        self.network = network
        self.average = copy.deepcopy(network).requires_grad_(False)
        self.optimiser = torch.optim.AdamW(
            network.parameters(), lr=config.diffusion.learning_rate, betas=(0.9, 0.99),
            weight_decay=0.01, fused=True,
        )  # fmt: skip
        self.device = next(network.parameters()).device
        self.shown = 0

    def step(self, pixels: Tensor, labels: Tensor, seed: int) -> Mapping[str, float]:
        """Learn from one batch; see `Trainee`.

        Returns:
            `loss`, the mean squared error of the velocity, where photos and noise have about unit
            size; `loss_early` and `loss_late`, that of the less noisy and of the noisier half of
            the batch; `gradient`, its norm before clipping.
        """
        chance = torch.Generator().manual_seed(seed)
        noise = torch.randn(pixels.shape, generator=chance)
        times = draw_times(len(pixels), self.config.size, chance)
        nameless = torch.rand(len(pixels), generator=chance) < self.config.diffusion.label_dropout
        places = torch.where(nameless, self.classes, labels)
        self.shown += len(pixels)
        errors = self._errors(pixels, noise, times, places)
        gradient = self._descend(errors.mean())
        self._follow(len(pixels))
        return _figures(errors.detach().cpu(), times, gradient)

    def sample(self, labels: Sequence[int], seeds: Sequence[int]) -> Tensor:
        """By the moving average of the weights; see `Trainee`."""
        return draw_photos(self.average, self.config, self.classes, labels, seeds, self.precision)

    def weights(self) -> dict[str, Tensor]:
        """The moving average; see `Trainee`."""
        return {k: v.contiguous().cpu() for k, v in self.average.state_dict().items()}

    def state(self) -> dict[str, Any]:
        """See `Trainee`."""
        state: dict[str, Any] = _on_cpu({
            "shown": self.shown,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        })  # fmt: skip
        return state

    def restore(self, state: Mapping[str, Any]) -> None:
        """See `Trainee`."""
        self.shown = state["shown"]
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(copy.deepcopy(state["optimiser"]))

    def _errors(self, pixels: Tensor, noise: Tensor, times: Tensor, places: Tensor) -> Tensor:
        """The mean squared error of each photo's velocity, `(n,)`."""
        clean, noise = as_clean(pixels.to(self.device)), noise.to(self.device)
        times, places = times.to(self.device), places.to(self.device)
        with torch.autocast(
            self.device.type, self.precision, enabled=self.precision != torch.float32
        ):
            predicted = self.network(mix(clean, noise, times), times, places)
        return velocity_errors(predicted, clean, times)

    def _descend(self, loss: Tensor) -> float:
        rate = self.config.diffusion.learning_rate * min(1.0, self.shown / WARMUP_IMAGES)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), LARGEST_GRADIENT)
        self.optimiser.step()
        return float(norm)

    @torch.no_grad()
    def _follow(self, count: int) -> None:
        """Move the average towards the network."""
        kept = half_life_decay(count, self.shown, self.config.diffusion.ema_images)
        torch._foreach_lerp_(
            list(self.average.parameters()), list(self.network.parameters()), 1 - kept
        )


def _figures(errors: Tensor, times: Tensor, gradient: float) -> dict[str, float]:
    early, late = errors[times.argsort()].tensor_split(2)
    return {
        "loss": float(errors.mean()),
        "loss_early": float(early.mean()),
        "loss_late": float(late.mean()),
        "gradient": gradient,
    }


def _on_cpu(value: Any) -> Any:
    """Copies of all tensors in nested dicts and lists, on the CPU; other values as they are."""
    if isinstance(value, Tensor):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, dict):
        return {key: _on_cpu(inner) for key, inner in value.items()}
    return [_on_cpu(inner) for inner in value] if isinstance(value, list) else value

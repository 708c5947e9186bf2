"""Adapters that learn what the photos of each class look like; all else stays as it was."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from touchline.synth.config import SynthConfig
from touchline.synth.diffusers_package import from_diffusers
from touchline.synth.lora import memory
from touchline.synth.lora.adapted import AdaptedPipeline, adapt
from touchline.synth.lora.adapters import adapter_weights, load_adapter_weights
from touchline.synth.lora.pictures import to_latents
from touchline.synth.lora.sampling import sampler_of

GRADIENT_CLIP = 1.0


class LoraTrainee:
    """A Stable Diffusion whose adapters are being taught; a `Trainee`.

    Learning is that of its makers: noise of a random strength is laid over the photos' latents, and
    the UNet is to tell the noise (or the velocity, where the pipeline predicts that) from what it
    sees and the words of the class; now and then without words, so that guidance is possible.

    Args:
        adapted: the pipeline, its adapters as they begin.
        config: of the training.
        device: where to learn.
    """

    def __init__(
        self, adapted: AdaptedPipeline, config: SynthConfig, device: torch.device
    ) -> None:  # fmt: skip
        self._adapted, self._settings, self._device = adapted, config.lora, device
        if config.lora.gradient_checkpointing:
            memory.checkpoint_gradients(adapted.unet)
        adapted.unet.to(device)
        self._optimiser = memory.make_optimiser(
            adapted.adapters, config.lora.learning_rate, config.lora.eight_bit_optimiser
        )
        self._noising = from_diffusers("DDPMScheduler").from_config(adapted.scheduler.config)
        self._sample = sampler_of(adapted, config, device)

    def step(self, pixels: Tensor, labels: Tensor, seed: int) -> Mapping[str, float]:
        """Learn from one batch.

        Args:
            pixels: uint8 `(n, 3, size, size)`.
            labels: int64 `(n,)`, of the photos as they are to be seen, mirrored or not.
            seed: of the noise, its strength, and of who is shown without words.

        Returns:
            The loss, and the norm of its gradient before clipping.
        """
        adapted, chance = self._adapted, torch.Generator().manual_seed(seed)
        with memory.at_work(adapted.vae, self._device, self._settings.cpu_offload):
            latents = to_latents(adapted.vae, pixels, chance)
        noise = torch.randn(latents.shape, generator=chance).to(self._device)
        times = torch.randint(
            self._noising.config.num_train_timesteps, (len(labels),), generator=chance
        ).to(self._device)
        silent = torch.rand(len(labels), generator=chance) < self._settings.prompt_dropout
        words = adapted.embeddings[labels.cpu().masked_fill(silent, len(adapted.embeddings) - 1)]
        loss = self._loss(latents, noise, times, words.to(self._device))
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(adapted.adapters, GRADIENT_CLIP)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        return {"loss": float(loss.detach()), "gradient": float(norm)}

    def _loss(self, latents: Tensor, noise: Tensor, times: Tensor, words: Tensor) -> Tensor:
        unet = self._adapted.unet.to(self._device)  # sampling may have put it away
        wanted = noise
        if self._noising.config.prediction_type == "v_prediction":
            wanted = self._noising.get_velocity(latents, noise, times)
        noisy = self._noising.add_noise(latents, noise, times)
        answer = unet(noisy.to(unet.dtype), times, words.to(unet.dtype)).sample
        return F.mse_loss(answer.float(), wanted)

    def sample(self, labels: Sequence[int], seeds: Sequence[int]) -> Tensor:
        """As a `Sampler`, by the adapters as they are now."""
        return self._sample(labels, seeds)

    def weights(self) -> dict[str, Tensor]:
        """The adapters alone; diffusers' own `load_lora_weights` reads them too."""
        return adapter_weights(self._adapted.unet)

    def state(self) -> dict[str, Any]:
        """The adapters and the optimiser's state."""
        optimiser = copy.deepcopy(self._optimiser.state_dict())
        return {"adapters": self.weights(), "optimiser": optimiser}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state`.

        Raises:
            UsageError: it is of other adapters.
        """
        load_adapter_weights(self._adapted.unet, state["adapters"], "the state to resume from")
        self._optimiser.load_state_dict(state["optimiser"])


def make_trainee(
    config: SynthConfig, classes: Sequence[str], device: torch.device, precision: torch.dtype
) -> LoraTrainee:
    """The pipeline of a configuration with adapters that have learnt nothing yet.

    Args:
        config: of the training.
        classes: names of the classes, in the order of the labels.
        device: where to learn.
        precision: of the frozen weights and of all computing but that of the adapters.

    Raises:
        UsageError: the pipeline is of another kind, or its prompts or steps do not fit.
        EnvironmentMissingError: a package or the pipeline is missing or damaged.
    """
    return LoraTrainee(adapt(config, classes, precision), config, device)

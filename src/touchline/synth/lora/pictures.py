"""Photos to the latents that a Stable Diffusion thinks in, and back."""

from typing import Any

import torch
from torch import Tensor


def to_latents(vae: Any, pixels: Tensor, chance: torch.Generator) -> Tensor:
    """Latents of photos, drawn from what the encoder holds possible.

    Args:
        vae: where it is to work.
        pixels: uint8 `(n, 3, height, width)`.
        chance: on the CPU.

    Returns:
        float32 `(n, channels, height / s, width / s)`, where the VAE is.
    """
    shown = pixels.to(vae.device, vae.dtype) / 127.5 - 1
    with torch.no_grad():
        drawn = vae.encode(shown).latent_dist.sample(chance)
    scaled: Tensor = drawn.float() * vae.config.scaling_factor
    return scaled


def from_latent(vae: Any, latent: Tensor) -> Tensor:
    """The photo uint8 `(1, 3, height, width)` of a latent, on the CPU."""
    scaled = (latent / vae.config.scaling_factor).to(vae.device, vae.dtype)
    with torch.no_grad():
        shown = vae.decode(scaled).sample.float()
    photo: Tensor = ((shown + 1) * 127.5).clamp(0, 255).round().to("cpu", torch.uint8)
    return photo

"""What lowers the memory that a Stable Diffusion takes, one function for each.

What each spares, and where it does not, is measured by `benchmarks/lora_memory.py`. The precision
of the frozen weights, the plainest of them, is an argument of `load_pipeline`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend

from touchline.errors import EnvironmentMissingError
from touchline.synth.diffusers_package import from_diffusers

TILE = 256
"""Side of a tile in pixels: what is smaller is encoded and decoded in one piece."""
_PROBED_TOKENS = 64


def checkpoint_gradients(unet: Any) -> None:
    """Keep only what enters each block of the UNet, and compute the rest again when learning."""
    unet.enable_gradient_checkpointing()


def tile_pictures(vae: Any) -> None:
    """Encode and decode one picture at a time, and large ones in overlapping tiles.

    What is made in tiles differs a little from what is made in one piece, because each tile is
    normalised by itself; pictures up to `TILE` pixels are not affected.
    """
    vae.enable_slicing()
    vae.enable_tiling()
    vae.tile_sample_min_size = TILE
    vae.tile_latent_min_size = TILE // pixels_of_latent(vae)


def pixels_of_latent(vae: Any) -> int:
    """How many pixels wide and high a latent is."""
    return int(2 ** (len(vae.config.block_out_channels) - 1))


@contextmanager
def sliced_attention(unet: Any, wanted: bool = True) -> Iterator[bool]:
    """Compute the attention of one head and picture at a time, for as long as the context lasts.

    Only where it spares memory: PyTorch's fused attention never holds the matrix of all pairs of
    places, of which slices hold a part, so where it serves every layer nothing is sliced.

    Yields:
        Whether attention is sliced.
    """
    slicing = wanted and not fused_attention(unet)
    if slicing:
        unet.set_attention_slice("max")
    try:
        yield slicing
    finally:
        if slicing:
            unet.set_attention_slice(None)


def fused_attention(unet: Any) -> bool:
    """Whether PyTorch computes every attention of this UNet, where it now is, by a fused kernel."""
    attention = from_diffusers("Attention", "diffusers.models.attention_processor")
    widths = {
        layer.inner_dim // layer.heads for layer in unet.modules() if isinstance(layer, attention)
    }
    return all(_is_fused(width, unet.device, unet.dtype) for width in widths)


def _is_fused(width: int, device: torch.device, precision: torch.dtype) -> bool:
    probe = torch.zeros(1, 1, _PROBED_TOKENS, width, device=device, dtype=precision)
    try:
        # The question that scaled_dot_product_attention itself asks; there is no public name.
        chosen = torch._fused_sdp_choice(probe, probe, probe)
    except (NotImplementedError, RuntimeError):  # a device that has no answer has no choice
        return False
    return bool(chosen not in (SDPBackend.MATH.value, SDPBackend.ERROR.value))


@contextmanager
def at_work(network: nn.Module, device: torch.device, offload: bool) -> Iterator[None]:
    """Have a network on a device while the context lasts; offloaded, on the CPU afterwards."""
    network.to(device)
    try:
        yield
    finally:
        if offload and device.type != "cpu":
            network.to("cpu")


def make_optimiser(
    parameters: Sequence[nn.Parameter], learning_rate: float, eight_bit: bool
) -> torch.optim.Optimizer:
    """AdamW; with its state in 8 bits where that is wanted, and bitsandbytes and a GPU are there.

    Args:
        parameters: already where they learn.
        learning_rate: of all of them.
        eight_bit: whether 8 bits are wanted.

    Raises:
        EnvironmentMissingError: bitsandbytes is there, but does not work.
    """
    on_gpu = all(parameter.device.type == "cuda" for parameter in parameters)
    if eight_bit and on_gpu and find_spec("bitsandbytes") is not None:
        return _eight_bit(parameters, learning_rate)
    return torch.optim.AdamW(parameters, lr=learning_rate)


def _eight_bit(parameters: Sequence[nn.Parameter], learning_rate: float) -> torch.optim.Optimizer:
    try:
        kind = import_module("bitsandbytes.optim").AdamW8bit
        optimiser: torch.optim.Optimizer = kind(parameters, lr=learning_rate)
    except (ImportError, AttributeError, RuntimeError) as error:
        raise EnvironmentMissingError(
            "a bitsandbytes that works with this GPU", f"that it does not ({error})",
            "Mend it, or set lora.eight_bit_optimiser=false.",
        ) from error  # fmt: skip
    return optimiser

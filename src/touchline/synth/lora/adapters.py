"""Low-rank adapters (Hu et al. 2021, arXiv 2106.09685) in the attention of a UNet."""

from collections.abc import Mapping
from typing import Any

import torch
from peft import LoraConfig, get_peft_model_state_dict, set_peft_model_state_dict
from torch import Tensor, nn

from touchline.errors import UsageError

ADAPTED = ["to_q", "to_k", "to_v", "to_out.0"]
"""The linear layers of each attention: queries, keys, values, and what is made of them."""
PREFIX = "unet."
"""What diffusers puts before the names of a UNet's adapters: `load_lora_weights` reads them."""


def add_adapters(unet: Any, rank: int, seed: int) -> list[nn.Parameter]:
    """Put adapters beside the layers of every attention of a frozen UNet.

    They begin at zero: the UNet's answers stay the same until something is learnt. They are in
    float32 whatever the UNet is in, since the small steps of learning are lost in bfloat16.

    Args:
        unet: changed in place.
        rank: the rank of each adapter; its scale is 1.
        seed: of their random half.

    Returns:
        The adapters' parameters, the only ones that learn.
    """
    config = LoraConfig(
        r=rank, lora_alpha=rank, target_modules=ADAPTED, init_lora_weights="gaussian"
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        unet.add_adapter(config)
    learning = [parameter for parameter in unet.parameters() if parameter.requires_grad]
    for parameter in learning:
        parameter.data = parameter.data.float()
    return learning


def adapter_weights(unet: nn.Module) -> dict[str, Tensor]:
    """A copy of the adapters' tensors on the CPU, contiguous, by the names that diffusers uses."""
    return {
        PREFIX + name: tensor.detach().to("cpu", copy=True).contiguous()
        for name, tensor in get_peft_model_state_dict(unet).items()
    }


def load_adapter_weights(unet: nn.Module, weights: Mapping[str, Tensor], source: str) -> None:
    """Copy such tensors into the adapters of a UNet.

    Args:
        unet: with adapters of the same rank.
        weights: as `adapter_weights` gives them.
        source: where they come from, for the message.

    Raises:
        UsageError: they are of other adapters.
    """
    wanted = {name: tensor.shape for name, tensor in adapter_weights(unet).items()}
    given = {name: tensor.shape for name, tensor in weights.items()}
    if given != wanted:
        odd = next(n for n in sorted(wanted | given) if wanted.get(n) != given.get(n))
        raise UsageError(
            "adapters of the pipeline and rank that the configuration names",
            f"{odd} of {_shape(given.get(odd))}, not {_shape(wanted.get(odd))}, in {source}",
            "Keep lora.pipeline and lora.rank as they were, or train again.",
        )
    set_peft_model_state_dict(
        unet, {name.removeprefix(PREFIX): tensor for name, tensor in weights.items()}
    )


def _shape(shape: torch.Size | None) -> str:
    return "none" if shape is None else str(tuple(shape))

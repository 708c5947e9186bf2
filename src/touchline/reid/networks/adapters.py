"""Low-rank adapters (LoRA, Hu et al. 2021, arXiv 2106.09685) in the attention of a transformer.

A frozen layer W gets a learnt part B A of low rank beside it. The transformer's own weights stay
what pre-training made them, and what is learnt is a few per cent of them.
"""

import copy
import re

import torch
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.tuners_utils import BaseTunerLayer
from torch import nn

from touchline.errors import UsageError
from touchline.reid.config import NetworkSettings

ADAPTED = r".*\.attn\.(qkv|proj)"
"""The linear layers that are adapted: queries, keys and values (one layer in timm), and the
projection behind them."""


def add_adapters(network: nn.Module, settings: NetworkSettings, seed: int) -> None:
    """Freeze a timm transformer and put adapters beside the layers of its attention.

    They begin at zero: the answers stay the same until something is learnt.

    Args:
        network: changed in place.
        settings: rank, scale and dropout of the adapters.
        seed: of their random half.

    Raises:
        UsageError: when the network has no such layers.
    """
    if not any(re.fullmatch(ADAPTED, name) for name, _ in network.named_modules()):
        raise UsageError(
            "a transformer whose attention can be adapted", settings.name,
            "Choose a vision transformer, e.g. vit_small_patch14_dinov2, or set "
            "network.lora_rank=0.",
        )  # fmt: skip
    config = LoraConfig(
        r=settings.lora_rank, lora_dropout=settings.lora_dropout, target_modules=ADAPTED,
        lora_alpha=settings.lora_alpha,  # type: ignore[arg-type]  # any number will do
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        inject_adapter_in_model(config, network)


def merged(network: nn.Module) -> nn.Module:
    """A copy with every adapter added to the layer it stands beside: the same answers, no detour.

    A network without adapters is merely copied.
    """
    network = copy.deepcopy(network)
    for name, layer in list(network.named_modules()):
        if isinstance(layer, BaseTunerLayer):
            layer.merge()
            network.set_submodule(name, layer.get_base_layer())
    return network

"""Where gate-shift modules go: in front of the first convolution of each residual block.

There the identity path still carries each frame's own features, whatever the shift does to them.
"""

from torch import nn

from touchline.backbones.loading import TimmNetwork
from touchline.errors import UsageError
from touchline.spotting.networks.gate_shift import GateShift, Shift

STAGES = {
    "ResNet": ("layer1", "layer2", "layer3", "layer4"),
    "RegNet": ("s1", "s2", "s3", "s4"),
    "ConvNeXt": ("stages",),
    "EfficientNet": ("blocks",),
    "MobileNetV3": ("blocks",),
}
"""timm class -> its stages in order; a single name holds them all as children."""

FIRST_CONVOLUTION = {
    "BasicBlock": "conv1",
    "Bottleneck": "conv1",
    "ConvNeXtBlock": "conv_dw",
    "ConvBnAct": "conv",
    "DepthwiseSeparableConv": "conv_dw",
    "EdgeResidual": "conv_exp",
    "InvertedResidual": "conv_pw",
}
"""timm block -> the module its first convolution is in."""


def insert_shifts(network: TimmNetwork, name: str, shift: Shift, stages: int) -> int:
    """Put a gate-shift module into every block of the last `stages` stages, in place.

    Args:
        network: a ResNet, RegNet, ConvNeXt, EfficientNet or MobileNetV3 of timm.
        name: what to call it in messages.
        shift: `gsm` or `gsf`.
        stages: at least 1.

    Returns:
        The reach of all of them together, in frames.

    Raises:
        UsageError: for any other network, or more stages than it has.
    """
    chosen = _last_stages(network, name, stages)
    reach = 0
    for block in [block for stage in chosen for block in _blocks(stage, name)]:
        place = FIRST_CONVOLUTION[type(block).__name__]
        first = block.get_submodule(place)
        module = GateShift(_channels(first), fuse=shift == "gsf")
        block.set_submodule(place, nn.Sequential(module, first))
        reach += module.reach
    return reach


def _last_stages(network: TimmNetwork, name: str, stages: int) -> list[nn.Module]:
    if type(network).__name__ not in STAGES:
        raise UsageError(
            "a ResNet, RegNet, ConvNeXt, EfficientNet or MobileNetV3 to shift features in", name,
            "Name one of these, or leave the shift out.",
        )  # fmt: skip
    parts = [network.get_submodule(part) for part in STAGES[type(network).__name__]]
    found = list(parts[0].children()) if len(parts) == 1 else parts
    if not 1 <= stages <= len(found):
        raise UsageError(
            f"1 to {len(found)} stages of {name} to shift features in", str(stages),
            "Shift in fewer, or leave the shift out.",
        )  # fmt: skip
    return found[-stages:]


def _blocks(stage: nn.Module, name: str) -> list[nn.Module]:
    found = [part for part in stage.modules() if type(part).__name__ in FIRST_CONVOLUTION]
    if not found:
        kinds = sorted({type(part).__name__ for part in stage.children()})
        raise UsageError(
            f"stages of residual blocks to shift features in ({', '.join(FIRST_CONVOLUTION)})",
            f"{', '.join(kinds)} in {name}", "Name another network, or leave the shift out.",
        )  # fmt: skip
    return found


def _channels(module: nn.Module) -> int:
    """Channels that a convolution, alone or with its normalisation, takes."""
    return next(part.in_channels for part in module.modules() if isinstance(part, nn.Conv2d))

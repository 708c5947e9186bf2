"""Batch normalisation folded into the convolutions before it: the same answers, twice as fast.

In evaluation, batch normalisation is a fixed scale and shift of each channel, which a convolution
can do at no cost. On a CPU the separate pass over memory costs as much as the convolution.
"""

import copy

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

TOLERANCE = 1e-3
"""The largest change of a feature, relative to the largest feature, that folding may cause."""


def fold_batch_normalisation(
    network: nn.Module, example: Tensor, *, frozen_only: bool = False
) -> nn.Module:
    """A copy of `network` for evaluation with its batch normalisation folded away.

    Pairs are found by running `example` through: a normalisation whose input is the very tensor
    that a convolution returned follows it. The copy's answer on `example` is compared with the
    original's; where they differ (a convolution used elsewhere too) an unfolded copy is returned.

    Args:
        network: any network in evaluation mode.
        example: an input of the right shape, of any size.
        frozen_only: fold only where no parameter requires gradients, so that the rest can still be
            trained and goes by the same names as in `network`.
    """
    original = copy.deepcopy(network).eval()
    folded = copy.deepcopy(original)
    with torch.no_grad():
        expected = _values(original(example))
        pairs = _pairs(folded, example)
        for convolution, normalisation in pairs:
            if frozen_only and not _frozen(folded, convolution, normalisation):
                continue
            _fold(folded, convolution, normalisation)
        scale = expected.abs().max().clamp_min(1e-12)
        same = (_values(folded(example)) - expected).abs().max() <= TOLERANCE * scale
    return folded if same else original


def _values(output: Tensor | tuple[Tensor, ...]) -> Tensor:
    """All numbers of a network's answer, which may be several tensors."""
    parts = output if isinstance(output, tuple) else (output,)
    return torch.cat([part.flatten() for part in parts])


def _pairs(network: nn.Module, example: Tensor) -> list[tuple[str, str]]:
    """Names of (convolution, normalisation after it), in the order they run."""
    made_by: dict[int, str] = {}
    kept: list[Tensor] = []  # an output must live on, or its id may be given to another tensor
    pairs: list[tuple[str, str]] = []
    handles = []

    def remember(name: str) -> object:
        def hook(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
            made_by[id(output)] = name
            kept.append(output)

        return hook

    def match(name: str) -> object:
        def hook(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            if id(inputs[0]) in made_by:
                pairs.append((made_by[id(inputs[0])], name))

        return hook

    for name, module in network.named_modules():
        if isinstance(module, nn.Conv2d):
            handles.append(module.register_forward_hook(remember(name)))  # type: ignore[arg-type]
        elif isinstance(module, nn.BatchNorm2d):
            handles.append(module.register_forward_pre_hook(match(name)))  # type: ignore[arg-type]
    network(example)
    for handle in handles:
        handle.remove()
    return pairs


def _frozen(network: nn.Module, *names: str) -> bool:
    modules = [network.get_submodule(name) for name in names]
    return not any(p.requires_grad for module in modules for p in module.parameters())


def _fold(network: nn.Module, convolution: str, normalisation: str) -> None:
    first, second = network.get_submodule(convolution), network.get_submodule(normalisation)
    assert isinstance(first, nn.Conv2d)
    assert isinstance(second, nn.BatchNorm2d)
    frozen = _frozen(network, convolution, normalisation)
    network.set_submodule(convolution, fuse_conv_bn_eval(first, second).requires_grad_(not frozen))
    # timm's normalisation layers carry the activation inside them: that part must stay.
    network.set_submodule(normalisation, getattr(second, "act", None) or nn.Identity())

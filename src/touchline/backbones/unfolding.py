"""Batch normalisation with honest statistics, for networks whose own were folded away or forgotten.

A network read from an inference file has its normalisation folded into the convolutions: read back,
every layer claims mean 0 and variance 1, whatever it is fed. In evaluation that is exact; taught
further, its first batch would be normalised by statistics the weights never knew.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


@dataclass
class _Moments:
    """Count, mean and sum of squared deviations of each channel, gathered batch by batch."""

    count: int
    mean: Tensor
    deviations: Tensor

    def add(self, other: "_Moments") -> "_Moments":
        """Of both together (Chan, Golub and LeVeque, 1979)."""
        count = self.count + other.count
        apart = other.mean - self.mean
        mean = self.mean + apart * (other.count / count)
        shared = apart.square() * (self.count * other.count / count)
        return _Moments(count, mean, self.deviations + other.deviations + shared)


def spread_batch_normalisation(network: nn.Module, batches: Iterable[Tensor]) -> None:
    """Give each batch normalisation the statistics of what it is fed, without changing an answer.

    With mean m and variance v of its inputs over all `batches`, a layer that computes `a x + b` in
    evaluation gets running mean m, running variance v, weight `a sqrt(v + eps)` and bias `b + a m`:
    the same function, but for rounding. In training mode, where the batch's own statistics are
    used, the answer on those batches is then nearly the same too, and exactly on a single one.

    Layers without weights or without running statistics are left alone, and so are those that the
    batches never reach.

    Args:
        network: changed in place; its training mode and its gradients are left as they are.
        batches: inputs of the network, in evaluation mode; a few hundred pictures are enough.
    """
    layers = [module for module in network.modules() if _can_be_spread(module)]
    seen: dict[nn.Module, _Moments] = {}

    def watch(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        fresh = _moments(inputs[0])
        seen[layer] = seen[layer].add(fresh) if layer in seen else fresh

    training = {module: module.training for module in network.modules()}
    handles = [layer.register_forward_pre_hook(watch) for layer in layers]
    try:
        network.eval()
        with torch.no_grad():
            for batch in batches:
                network(batch)
    finally:
        for handle in handles:
            handle.remove()
        for module, mode in training.items():
            module.training = mode
    for layer, moments in seen.items():
        _spread(layer, moments)


def _can_be_spread(module: nn.Module) -> bool:
    return isinstance(module, _BatchNorm) and module.affine and module.running_var is not None


def _moments(values: Tensor) -> _Moments:
    channels = values.transpose(0, 1).flatten(1).double()
    variance, mean = torch.var_mean(channels, dim=1, correction=0)
    return _Moments(channels.shape[1], mean, variance * channels.shape[1])


def _spread(layer: nn.Module, moments: _Moments) -> None:
    assert isinstance(layer, _BatchNorm)
    assert layer.running_mean is not None
    assert layer.running_var is not None
    variance = moments.deviations / moments.count
    with torch.no_grad():
        scale = layer.weight.double() / (layer.running_var.double() + layer.eps).sqrt()
        shift = layer.bias.double() - layer.running_mean.double() * scale
        layer.weight.copy_(scale * (variance + layer.eps).sqrt())
        layer.bias.copy_(shift + moments.mean * scale)
        layer.running_mean.copy_(moments.mean)
        layer.running_var.copy_(variance)

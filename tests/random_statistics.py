"""Networks whose normalisation layers hold statistics, as if they had learnt something."""

import torch
from torch import nn


def with_random_statistics(network: nn.Module, seed: int = 0) -> nn.Module:
    """Random means, variances, weights and biases in every normalisation; evaluation mode."""
    generator = torch.Generator().manual_seed(seed)

    def drawn(count: int, low: float) -> torch.Tensor:
        return torch.rand(count, generator=generator) + low

    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d | nn.InstanceNorm2d):
                module.weight.copy_(drawn(module.num_features, 0.5))
                module.bias.copy_(drawn(module.num_features, -0.5) / 2)
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                module.running_mean.copy_(drawn(module.num_features, -0.5) / 2)
                module.running_var.copy_(drawn(module.num_features, 0.5))
    return network.eval()

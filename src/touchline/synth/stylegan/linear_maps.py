"""Linear maps that can be differentiated any number of times, at the cost of one map each time.

The gradient of a linear map is the transposed map, whose gradient is the map again. Torch's own
sampling has no second gradient, and that of its depthwise convolution also computes, channel by
channel, gradients in the filter that nobody asks for.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

Map = Callable[[Tensor], Tensor]


def linear(values: Tensor, forward: Map, transposed: Map) -> Tensor:
    """Apply a linear map whose transposed map is known.

    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> linear(x, lambda values: 3 * values, lambda values: 3 * values).sum().backward()
    >>> x.grad
    tensor([3., 3.])
    """
    mapped: Tensor = _Linear.apply(values, forward, transposed)
    return mapped


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, values: Tensor, forward: Map, transposed: Map) -> Tensor:
        context.forward_map, context.transposed = forward, transposed
        return forward(values)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        return linear(gradients[0], context.transposed, context.forward_map), None, None

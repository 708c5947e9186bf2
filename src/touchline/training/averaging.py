"""A moving average of a network's weights, which often scores better than the last weights.

Lightning's own callback averages around its own validation loop only, copies frozen parts and
averages counters; this one follows what training changes, and lends its weights to any code.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn


def changing_state(network: nn.Module) -> dict[str, Tensor]:
    """The tensors that training changes, by their names: trainable weights and all buffers.

    They are the network's own tensors, not copies.
    """
    state = network.state_dict()
    frozen = {name for name, weight in network.named_parameters() if not weight.requires_grad}
    return {name: tensor.detach() for name, tensor in state.items() if name not in frozen}


class MovingAverage:
    """An exponential moving average of `changing_state`, updated after each optimiser step.

    The decay grows as min(decay, (1 + t) / (10 + t)) with the update t from 0, so that short runs
    do not keep their random first weights. Integer buffers (counters) are copied.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.network, self.decay, self.updates = network, decay, 0
        self.average = {name: tensor.clone() for name, tensor in changing_state(network).items()}

    @torch.no_grad()
    def update(self) -> None:
        """Move the average towards the network's present weights."""
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        self.updates += 1
        for name, present in changing_state(self.network).items():
            average = self.average[name] = self.average[name].to(present.device)
            if present.is_floating_point():
                average.lerp_(present, 1.0 - decay)
            else:
                average.copy_(present)

    def state(self) -> dict[str, Any]:
        """What a checkpoint must hold."""
        return {"updates": self.updates, "average": self.average}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state`."""
        self.updates, self.average = state["updates"], dict(state["average"])

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Lend the averaged weights to the network for the length of a `with` block."""
        present = {name: tensor.clone() for name, tensor in changing_state(self.network).items()}
        load(self.network, self.average)
        try:
            yield
        finally:
            load(self.network, present)


@torch.no_grad()
def load(network: nn.Module, state: dict[str, Tensor]) -> None:
    """Copy the tensors of `state` into the network's of the same names; others stay."""
    own = network.state_dict()
    for name, tensor in state.items():
        own[name].copy_(tensor)

"""Random numbers that a seed decides, without a trace outside."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Within a `with` block all of torch's random numbers come from `seed`; then as before.

    Args:
        seed: 0 up.
        device: where, besides the CPU, random numbers are drawn. On MPS its own source of them
            stays at the place that the block leaves it.
    """
    devices = [device.index or 0] if device.type == "cuda" else []
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        yield

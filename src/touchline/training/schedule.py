"""The learning rate over a run: a linear warm-up, then half a cosine down to a minimum.

One formula covers the whole run. Chaining a warm-up with a cosine scheduler that counts its steps
from zero makes the rate miss its minimum and rise again at the end (seen in published baselines).
"""

import math

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR


def warmup_cosine(step: int, total_steps: int, warmup_steps: int, minimum_fraction: float) -> float:
    """What the learning rate is multiplied with at `step`: exactly the minimum at the last one.

    The rate rises linearly to 1 at step `warmup_steps`, then follows half a cosine (Loshchilov and
    Hutter, https://arxiv.org/abs/1608.03983) and is `minimum_fraction` at step `total_steps - 1`
    and ever after. A warm-up that leaves no room is shortened to `total_steps - 2`, so that the
    peak is reached; a run of a single step is its own last step.

    Args:
        step: the optimiser step, from 0.
        total_steps: how many steps the run has, at least 1.
        warmup_steps: steps below the peak at the start; 0 starts at the peak.
        minimum_fraction: the multiplier of the last step, in [0, 1].

    >>> [round(warmup_cosine(step, 7, 2, 0.1), 4) for step in range(7)]
    [0.3333, 0.6667, 1.0, 0.8682, 0.55, 0.2318, 0.1]
    >>> [warmup_cosine(step, 2, 5, 0.0) for step in range(3)]
    [1.0, 0.0, 0.0]
    """
    last = total_steps - 1
    warmup = max(0, min(warmup_steps, last - 1))
    if step >= last:
        return minimum_fraction
    if step < warmup:
        return (step + 1) / (warmup + 1)
    height = 0.5 * (1.0 + math.cos(math.pi * (step - warmup) / (last - warmup)))
    return height + minimum_fraction * (1.0 - height)


def warmup_cosine_schedule(
    optimizer: Optimizer, total_steps: int, warmup_steps: int, minimum_fraction: float
) -> LambdaLR:
    """`warmup_cosine` as a scheduler of every group's rate, to be stepped after each step."""
    return LambdaLR(
        optimizer, lambda step: warmup_cosine(step, total_steps, warmup_steps, minimum_fraction)
    )

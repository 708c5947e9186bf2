"""An ordinary differential equation followed in few steps."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from torch import Tensor


def follow(
    velocity: Callable[[Tensor, float], Tensor], start: Tensor, times: Sequence[float]
) -> Tensor:
    """Where a point ends that moves with a velocity, from the first time to the last.

    The second-order method of Adams and Bashforth: each step extrapolates the velocity from the
    last two, so that it is asked for once a step. The first step is Euler's.

    Args:
        velocity: (points, time) to what a unit of time changes.
        start: the points at the first time.
        times: at least one, rising or falling.

    >>> import torch
    >>> follow(lambda x, t: torch.tensor(2 * t), torch.tensor(0.0), [0.0, 0.5, 1.0, 1.5]).item()
    2.0
    """
    points, before, step_before = start, None, 1.0
    for time, following in pairwise(times):
        step, now = following - time, velocity(points, time)
        ahead = now if before is None else now + (now - before) * (step / (2 * step_before))
        points = points + step * ahead
        before, step_before = now, step
    return points

"""The solver against paths that are known exactly."""

import math

import pytest
import torch
from torch import Tensor

from touchline.synth.diffusion.solver import follow


def times(steps: int) -> list[float]:
    return torch.linspace(1.0, 0.0, steps + 1).tolist()


@pytest.mark.parametrize(("mean", "spread"), [(0.3, 0.5), (-0.8, 0.05)])
def test_noise_becomes_normal_data_by_their_exact_velocity(mean: float, spread: float) -> None:
    """For data N(m, s^2) the best velocity and where it leads, m + s times the noise, are known."""

    def velocity(noisy: Tensor, time: float) -> Tensor:
        variance = (1 - time) ** 2 * spread**2 + time**2
        slope = (time - (1 - time) * spread**2) / variance
        return slope * (noisy - (1 - time) * mean) - mean

    noise = torch.tensor([-2.0, 0.0, 1.0], dtype=torch.float64)
    reached = follow(velocity, noise, times(50))
    assert torch.allclose(reached, mean + spread * noise, atol=0.02)


def test_twice_the_steps_leave_a_quarter_of_the_error() -> None:
    def error(steps: int) -> float:
        start = torch.tensor(1.0, dtype=torch.float64)
        return abs(float(follow(lambda x, _: x, start, times(steps))) - math.exp(-1))

    assert error(40) / error(80) == pytest.approx(4, rel=0.1)


def test_uneven_steps_are_as_exact_for_a_velocity_that_changes_evenly() -> None:
    uneven = [0.0, 1e-6, 0.3, 0.4, 1.0]
    reached = follow(lambda _, time: torch.tensor(2 * time), torch.tensor(0.0), uneven)
    assert float(reached) == pytest.approx(1.0, abs=1e-5)


def test_one_time_leads_nowhere() -> None:
    assert follow(lambda x, _: x, torch.tensor(3.0), [1.0]).item() == 3.0

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from touchline.training.schedule import warmup_cosine, warmup_cosine_schedule


@pytest.mark.parametrize(
    ("total", "warmup", "minimum", "expected"),
    [
        (5, 0, 0.0, [1.0, 0.8535534, 0.5, 0.1464466, 0.0]),  # (1 + cos(k pi / 4)) / 2
        (4, 1, 0.5, [0.5, 1.0, 0.75, 0.5]),  # half way down the cosine is half way to the minimum
        (1, 0, 0.3, [0.3]),  # the only step is the last
        (1, 9, 0.3, [0.3]),
        (2, 9, 0.0, [1.0, 0.0]),  # no room to warm up
        (4, 9, 0.1, [1 / 3, 2 / 3, 1.0, 0.1]),  # warm-up as long as the run: still peaks and ends
        (3, 1, 1.0, [0.5, 1.0, 1.0]),  # a minimum of 1 is no decay
    ],
)
def test_hand_checked_numbers(
    total: int, warmup: int, minimum: float, expected: list[float]
) -> None:
    assert [warmup_cosine(step, total, warmup, minimum) for step in range(total)] == pytest.approx(
        expected
    )


@given(
    total=st.integers(1, 300),
    warmup=st.integers(0, 400),
    minimum=st.floats(0, 1),
)
def test_ends_exactly_at_its_minimum_and_never_rises_after_the_peak(
    total: int, warmup: int, minimum: float
) -> None:
    rates = [warmup_cosine(step, total, warmup, minimum) for step in range(total + 3)]
    assert rates[total - 1 :] == [minimum] * 4
    peak = rates.index(max(rates))
    assert all(
        later <= earlier for earlier, later in zip(rates[peak:], rates[peak + 1 :], strict=False)
    )
    assert max(rates) == (1.0 if total > 1 else minimum)


def test_the_chained_schedules_of_the_baselines_would_fail_here() -> None:
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.AdamW([weight], lr=8e-4)
    epochs, steps, warmup = 20, 5, 3
    chained = torch.optim.lr_scheduler.ChainedScheduler(
        [
            torch.optim.lr_scheduler.LinearLR(optimizer, 0.01, 1.0, warmup * steps),
            torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, (epochs - warmup) * steps),
        ]
    )
    rates = []
    for _ in range(epochs * steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        chained.step()
    assert rates[-1] > 10 * min(rates[: 18 * steps])  # it rises again; ours cannot


def test_the_scheduler_steps_every_group_to_its_own_minimum() -> None:
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": rate} for rate in (0.1, 0.01)]
    optimizer = torch.optim.AdamW(groups)
    schedule = warmup_cosine_schedule(optimizer, 6, 2, 0.25)
    seen = []
    for _ in range(6):
        seen.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        schedule.step()
    assert seen[0] == pytest.approx([0.1 / 3, 0.01 / 3])
    assert seen[2] == [0.1, 0.01]
    assert seen[-1] == [0.1 * 0.25, 0.01 * 0.25]
    assert math.isclose(optimizer.param_groups[0]["lr"], 0.025)

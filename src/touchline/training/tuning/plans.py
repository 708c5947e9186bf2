"""What is tried in which order: by chance, by a grid, or by what earlier trials taught (TPE)."""

import itertools
import math
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

import numpy as np
import optuna
from optuna.samplers import BaseSampler, RandomSampler, TPESampler

from touchline.errors import UsageError
from touchline.training.tuning.space import Choice, Range, Space, Value

SamplerName = Literal["tpe", "random", "grid"]
MOST_POINTS = 100_000
"""Of a grid; nobody waits for more trials, and making the points takes memory."""
Plan: TypeAlias = Callable[[int], Mapping[str, Value] | None]
"""From a place in the study, from 0, to the values it tries: none laid down (TPE chooses), or None
where the plan has come to its end."""


def plan_of(sampler: SamplerName, space: Space, seed: int) -> Plan:
    """Which values each place of a study tries, as far as that is known before it begins.

    By chance and by grid that is all of them, so several processes try the very same as one.

    Raises:
        UsageError: a grid over a range without a step, or of too many points.
    """
    if sampler == "grid":
        points = _grid(space, seed)
        return lambda place: points[place] if place < len(points) else None
    if sampler == "random":
        return lambda place: _drawn(space, seed, place)
    return lambda _: {}


def grid_size(space: Space) -> int:
    """How many points the grid has, counted before any is made.

    Raises:
        UsageError: a range without a step, or more points than anybody waits for.
    """
    size = math.prod(_count(key, item, space) for key, item in space.items.items())
    if size > MOST_POINTS:
        raise UsageError(
            f"a grid of at most {MOST_POINTS:,} points", f"{size:,} in {space.source}",
            "Take larger steps or fewer settings, or let --sampler random or tpe draw from it.",
        )  # fmt: skip
    return size


def sampler_of(sampler: SamplerName, seed: int) -> BaseSampler:
    """Optuna's sampler; where everything is laid down it has nothing to choose."""
    return TPESampler(seed=seed) if sampler == "tpe" else RandomSampler(seed=seed)


def _drawn(space: Space, seed: int, place: int) -> dict[str, Value]:
    own = int(np.random.SeedSequence((seed, place)).generate_state(1)[0])
    study = optuna.create_study(sampler=RandomSampler(seed=own))
    return study.ask(space.distributions()).params


def _grid(space: Space, seed: int) -> list[dict[str, Value]]:
    """All points in shuffled order, so that a grid that is cut short is no corner of the space."""
    grid_size(space)  # refuses too many before they are made
    values = [_points(item, _count(key, item, space)) for key, item in space.items.items()]
    points = [dict(zip(space.items, point, strict=True)) for point in itertools.product(*values)]
    return [points[place] for place in np.random.default_rng(seed).permutation(len(points))]


def _points(item: Range | Choice, count: int) -> tuple[Value, ...]:
    if isinstance(item, Choice):
        return item.ends
    assert item.step is not None
    return tuple(item.low + place * item.step for place in range(count))


def _count(key: str, item: Range | Choice, space: Space) -> int:
    if isinstance(item, Choice):
        return len(item.ends)
    if item.step is None:
        raise UsageError(
            "a step or choices for each setting of a grid",
            f"a range without a step for {key!r} in {space.source}",
            "Add a step, or let --sampler random or tpe draw from it.",
        )  # fmt: skip
    return round((item.high - item.low) / item.step) + 1

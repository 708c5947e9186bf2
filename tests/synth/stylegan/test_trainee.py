import io
import math
from typing import Any

import pytest
import torch

from tiny_stylegans import tiny_batch, tiny_trainee
from touchline.synth.stylegan.adaptive import AdaptiveStrength
from touchline.synth.stylegan.trainee import EMA_SHARE, StyleganTrainee

QUICK = {"r1_interval": 2, "path_interval": 3, "ada_interval": 3, "ada_images": 20}
FIGURES = {
    "loss_generator", "loss_discriminator", "r1", "path_length", "ada_strength", "ada_sign",
}  # fmt: skip


def _teach(trainee: StyleganTrainee, steps: range) -> list[dict[str, float]]:
    return [dict(trainee.step(*tiny_batch(number), seed=number)) for number in steps]


def _saved(state: dict[str, Any]) -> dict[str, Any]:
    stream = io.BytesIO()
    torch.save(state, stream)
    stream.seek(0)
    loaded: dict[str, Any] = torch.load(stream, weights_only=True)
    return loaded


def _leaves(value: Any, name: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        parts = [_leaves(item, f"{name}/{key}") for key, item in value.items()]
        return {key: item for part in parts for key, item in part.items()}
    if isinstance(value, list | tuple):
        return _leaves(dict(enumerate(value)), name)
    return {name: value}


def _assert_equal(first: Any, second: Any) -> None:
    ours, theirs = _leaves(first), _leaves(second)
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        if isinstance(value, torch.Tensor):
            assert torch.equal(value, theirs[name]), name
        else:
            assert value == theirs[name], name


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_resumed_training_equals_uninterrupted_training(precision: torch.dtype) -> None:
    whole, first, second = (tiny_trainee(precision=precision, **QUICK) for _ in range(3))
    whole.ada = first.ada = AdaptiveStrength(0.9)
    whole_figures = _teach(whole, range(5))
    figures = _teach(first, range(2))
    state = _saved(first.state())
    torch.rand(3)  # chance outside the steps has no part in them
    _teach(second, range(10, 11))  # what it learnt before is forgotten
    second.restore(state)
    figures += _teach(second, range(2, 5))
    assert str(figures) == str(whole_figures)
    assert whole.ada.strength not in (0.0, 0.9)
    _assert_equal(second.state(), whole.state())
    assert torch.equal(second.sample([0, 1], [3, 4]), whole.sample([0, 1], [3, 4]))


def test_the_state_has_all_that_changes_and_is_not_changed_later() -> None:
    trainee = tiny_trainee(**QUICK)
    before = trainee.state()
    kept = _saved(before)
    _teach(trainee, range(4))
    _assert_equal(before, kept)
    after = _leaves(trainee.state())
    moved = {
        name for name, value in _leaves(before).items()
        if not isinstance(value, torch.Tensor) and value != after[name]
    }  # fmt: skip
    assert {"/path_mean", "/steps", "/images", "/ada/verdicts"} <= moved


def test_figures_and_when_penalties_are_computed() -> None:
    torch.manual_seed(11)
    expected = torch.rand(1)
    torch.manual_seed(11)
    figures = _teach(tiny_trainee(**QUICK), range(4))
    assert torch.equal(torch.rand(1), expected)  # the caller's own chance is as before
    assert all(set(some) == FIGURES for some in figures)
    assert [math.isnan(some["r1"]) for some in figures] == [False, True, False, True]
    assert [math.isnan(some["path_length"]) for some in figures] == [False, True, True, False]
    assert [some["ada_strength"] for some in figures][:3] == [0.0, 0.0, 0.0]


def test_penalties_can_be_turned_off() -> None:
    (figures,) = _teach(tiny_trainee(r1_gamma=0.0, path_weight=0.0), range(1))
    assert math.isnan(figures["r1"])
    assert math.isnan(figures["path_length"])


def test_the_penalty_weighs_half_its_gamma() -> None:
    assert tiny_trainee(r1_gamma=3.0).r1_weight == 1.5


def test_the_strength_moves_with_the_discriminator_s_certainty() -> None:
    trainee = tiny_trainee(**{**QUICK, "ada_interval": 1, "path_weight": 0.0}, ada_target=0.6)
    figures = _teach(trainee, range(8))
    strength = 0.0
    for some in figures:
        assert some["ada_strength"] == pytest.approx(strength)
        direction = (some["ada_sign"] > 0.6) - (some["ada_sign"] < 0.6)
        strength = min(max(strength + 4 / 20 * direction, 0.0), 1.0)


def test_the_average_follows_by_images() -> None:
    trainee = tiny_trainee(ema_images=10**6)
    name = "constant"
    before = trainee.average.state_dict()[name].clone()
    _teach(trainee, range(1))
    keep = 0.5 ** (4 / (4 * EMA_SHARE))
    expected = before.lerp(trainee.generator.state_dict()[name], 1 - keep)
    torch.testing.assert_close(trainee.average.state_dict()[name], expected)


@pytest.mark.parametrize("size", [64, 128, 256, 512])
def test_every_size_learns_and_samples(size: int) -> None:
    settings = {"channel_max": 16, "path_interval": 1, "r1_interval": 1}
    trainee = tiny_trainee(size=size, **settings)
    before = trainee.weights()
    figures = trainee.step(*tiny_batch(0, size, n=2 if size < 256 else 1), seed=0)
    assert all(math.isfinite(value) for value in figures.values())
    after = trainee.weights()
    assert any(not torch.equal(before[name], after[name]) for name in before)
    assert trainee.sample([0], [1]).shape == (1, 3, size, size)


def test_the_same_seed_makes_the_same_trainee() -> None:
    first, second = tiny_trainee(), tiny_trainee()
    _assert_equal(first.state(), second.state())
    assert str(_teach(first, range(1))) == str(_teach(second, range(1)))
    assert str(first.step(*tiny_batch(5), seed=5)) != str(second.step(*tiny_batch(5), seed=6))

"""Teaching: what is learnt, what resuming gives back, what a step may depend on."""

import io
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from optional_packages import needs_diffusers
from tiny_diffusion import CLASSES, dark_and_bright, tiny_config, tiny_trainee
from touchline.synth.diffusion.sampling import load_sampler
from touchline.synth.diffusion.trainee import DiffusionTrainee
from touchline.synth.generators import make_trainee

pytestmark = needs_diffusers

FIGURES = {"loss", "loss_early", "loss_late", "gradient"}


def equal(one: Any, other: Any) -> bool:
    """Whether nested states are the same, to the last bit."""
    if isinstance(one, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    return bool(one == other)


def teach(trainee: DiffusionTrainee, steps: range) -> list[dict[str, float]]:
    pixels, labels = dark_and_bright(64)
    figures = []
    for step in steps:
        places = torch.randperm(64, generator=torch.Generator().manual_seed(step))[:16]
        figures.append(dict(trainee.step(pixels[places], labels[places], seed=step)))
    return figures


def test_two_classes_are_learnt_and_told_apart_by_what_is_drawn() -> None:
    trainee = tiny_trainee(tiny_config(learning_rate=0.01, ema_images=300))
    figures = teach(trainee, range(100))
    assert all(f.keys() == FIGURES for f in figures)
    assert sum(f["loss"] for f in figures[-10:]) < 0.3 * sum(f["loss"] for f in figures[:10])
    made = trainee.sample([0] * 6 + [1] * 6, range(12)).float().mean(dim=(1, 2, 3))
    assert made[:6].max() < 100
    assert made[6:].min() > 155


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_resumed_training_equals_uninterrupted_training(precision: torch.dtype) -> None:
    config = tiny_config(channels=(8, 16), attention_side=4, label_dropout=0.3)
    whole = tiny_trainee(config, precision)
    teach(whole, range(2))
    saved = io.BytesIO()
    torch.save(whole.state(), saved)
    expected = teach(whole, range(2, 5))

    saved.seek(0)
    resumed = tiny_trainee(config, precision)
    resumed.restore(torch.load(saved, weights_only=True))
    assert teach(resumed, range(2, 5)) == expected
    assert equal(resumed.state(), whole.state())
    assert torch.equal(resumed.sample([0, 1], [5, 6]), whole.sample([0, 1], [5, 6]))


def test_a_state_stays_what_it_was_while_learning_goes_on() -> None:
    trainee = tiny_trainee(tiny_config())
    teach(trainee, range(1))
    state, before = trainee.state(), trainee.state()
    other = tiny_trainee(tiny_config())
    other.restore(state)
    teach(trainee, range(1, 2))
    teach(other, range(1, 3))
    assert equal(state, before)


def test_all_chance_of_a_step_is_its_seed() -> None:
    def taught(seed: int, around: int) -> dict[str, Any]:
        trainee = tiny_trainee(tiny_config())
        torch.manual_seed(around)
        trainee.step(*dark_and_bright(8), seed=seed)
        return trainee.state()

    before = torch.random.get_rng_state()
    assert equal(taught(1, around=1), taught(1, around=2))
    assert not equal(taught(1, around=1), taught(2, around=1))
    torch.random.set_rng_state(before)


def test_the_first_weights_are_decided_by_the_configuration_alone() -> None:
    torch.manual_seed(1)
    one, after = tiny_trainee(tiny_config()).state(), torch.rand(1)
    torch.manual_seed(1)
    assert torch.equal(torch.rand(1), after)
    assert equal(tiny_trainee(tiny_config()).state(), one)


def test_a_photo_without_a_class_is_learnt_at_the_place_of_none() -> None:
    trainee = tiny_trainee(tiny_config(label_dropout=0.999999))
    before = trainee.network.unet.class_embedding.weight.clone()
    trainee.step(*dark_and_bright(8), seed=0)
    gradient = trainee.network.unet.class_embedding.weight.grad
    assert not gradient[:2].any()
    assert gradient[2].any()
    assert not torch.equal(trainee.network.unet.class_embedding.weight[2], before[2])


def test_the_average_follows_the_weights_with_the_half_life_in_photos() -> None:
    trainee = tiny_trainee(tiny_config(ema_images=8))
    trainee.shown = 10_000  # long after its start, so that the half-life is the full one
    before = trainee.average.unet.conv_in.weight.clone()
    trainee.step(*dark_and_bright(8), seed=0)
    middle = (before + trainee.network.unet.conv_in.weight) / 2
    assert torch.allclose(trainee.average.unet.conv_in.weight, middle, atol=1e-7)


def test_weights_are_just_what_the_sampler_of_the_contract_reads(tmp_path: Path) -> None:
    config = tiny_config(channels=(8, 16))
    trainee = make_trainee(config, CLASSES, torch.device("cpu"), torch.bfloat16)
    trainee.step(*dark_and_bright(8), seed=0)
    weights = trainee.weights()
    assert all(w.is_contiguous() and w.device.type == "cpu" for w in weights.values())
    save_file(weights, tmp_path / "best.safetensors")
    sampler = load_sampler(
        config, CLASSES, tmp_path / "best.safetensors", torch.device("cpu"), torch.bfloat16
    )
    assert torch.equal(sampler([0, 1, 1], [7, 8, 9]), trainee.sample([0, 1, 1], [7, 8, 9]))


@pytest.mark.parametrize("size", [128, 256, 512])
def test_a_step_is_possible_at_every_size(size: int) -> None:
    trainee = tiny_trainee(tiny_config(size, channels=(4, 4), patch=8))
    figures = trainee.step(*dark_and_bright(2, size), seed=0)
    assert all(value == value and value >= 0 for value in figures.values())

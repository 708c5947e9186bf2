"""Drawing: what a photo depends on, guidance, and weights that cannot be used."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from optional_packages import needs_diffusers
from tiny_diffusion import CLASSES, dark_and_bright, tiny_config, tiny_trainee
from touchline.errors import UsageError
from touchline.synth.diffusion import sampling
from touchline.synth.diffusion.network import Denoiser
from touchline.synth.diffusion.sampling import draw_photos, guided, load_sampler
from touchline.synth.diffusion.trainee import DiffusionTrainee

pytestmark = needs_diffusers


@pytest.fixture(scope="module")
def trainee() -> DiffusionTrainee:
    """Taught a little, so that classes differ."""
    taught = tiny_trainee(
        tiny_config(channels=(8, 16), attention_side=4, ema_images=8, learning_rate=0.1)
    )
    for seed in range(8):
        taught.step(*dark_and_bright(8), seed=seed)
    return taught


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_a_photo_is_the_same_in_any_company(
    trainee: DiffusionTrainee, precision: torch.dtype
) -> None:
    labels, seeds = [place % 2 for place in range(20)], list(range(100, 120))

    def drawn(places: list[int]) -> torch.Tensor:
        return draw_photos(
            trainee.average, trainee.config, 2, [labels[p] for p in places],
            [seeds[p] for p in places], precision,
        )  # fmt: skip

    together = drawn(list(range(20)))
    backwards = drawn(list(reversed(range(20)))).flip(0)
    alone = torch.cat([drawn([place]) for place in (0, 7, 19)])
    assert torch.equal(backwards, together)
    assert torch.equal(alone, together[[0, 7, 19]])


def test_seed_and_class_decide_a_photo(trainee: DiffusionTrainee) -> None:
    one, again, other_seed, other_class = trainee.sample([0, 0, 0, 1], [1, 1, 2, 1])
    assert torch.equal(one, again)
    assert not torch.equal(one, other_seed)
    assert not torch.equal(one, other_class)


def test_no_photos_are_an_empty_tensor(trainee: DiffusionTrainee) -> None:
    assert trainee.sample([], []).shape == (0, 3, 64, 64)
    assert trainee.sample([], []).dtype == torch.uint8


def test_large_photos_are_made_in_smaller_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    whole = sampling.guided

    def counted(network: Denoiser, noisy: torch.Tensor, *rest: object) -> torch.Tensor:
        asked.append(len(noisy))
        return whole(network, noisy, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(sampling, "guided", counted)
    config = tiny_config(128, channels=(4,), sample_steps=1)
    assert tiny_trainee(config).sample([0] * 5, range(5)).shape == (5, 3, 128, 128)
    assert asked == [4, 4]


@torch.no_grad()
def test_guidance_goes_from_no_class_through_the_class_and_beyond(
    trainee: DiffusionTrainee,
) -> None:
    noisy, places = torch.randn(2, 3, 64, 64), torch.tensor([0, 1])
    times = torch.full((2,), 0.8)
    conditional = trainee.average(noisy, times, places)
    unconditional = trainee.average(noisy, times, torch.tensor([2, 2]))
    assert not torch.allclose(conditional, unconditional, atol=1e-3)
    for guidance in (1.0, 1.5, 4.0):
        wanted = unconditional + guidance * (conditional - unconditional)
        found = guided(trainee.average, noisy, 0.8, places, 2, guidance)
        assert torch.allclose(found, wanted, atol=1e-4)


def test_without_guidance_the_class_alone_is_asked(
    trainee: DiffusionTrainee, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []

    def told(noisy: torch.Tensor, _: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        asked.append(places.tolist())
        return noisy

    monkeypatch.setattr(trainee.average, "forward", told)
    guided(trainee.average, torch.zeros(2, 3, 8, 8), 0.5, torch.tensor([1, 0]), 2, 1.0)
    guided(trainee.average, torch.zeros(2, 3, 8, 8), 0.5, torch.tensor([1, 0]), 2, 1.1)
    assert asked == [[1, 0], [1, 0, 2, 2]]


def test_weights_that_are_damaged_missing_or_anothers_are_refused(
    tmp_path: Path, trainee: DiffusionTrainee
) -> None:
    def refused(path: Path, reason: str) -> None:
        with pytest.raises(UsageError, match=reason):
            load_sampler(trainee.config, CLASSES, path, torch.device("cpu"), torch.float32)

    whole, damaged, other = (tmp_path / name for name in ("whole", "damaged", "other"))
    save_file(trainee.weights(), whole)
    damaged.write_bytes(whole.read_bytes()[:-100])
    save_file(tiny_trainee(tiny_config()).weights(), other)
    refused(damaged, r"weights of the network that config.yaml describes.*in .*damaged")
    refused(tmp_path / "none", r"No such file.*none")
    refused(other, r"Error\(s\) in loading state_dict.*in .*other")

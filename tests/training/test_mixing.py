import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from touchline.training.mixing import cutmix, mix, mixup

ALPHAS = st.floats(0.05, 5.0)
SEEDS = st.integers(0, 10_000)


def _batch(count: int = 6, height: int = 9, width: int = 7) -> tuple[Tensor, Tensor]:
    """Pictures that carry their own target in every pixel: channel c is 1 where the class is c."""
    targets = torch.eye(count)
    return targets.view(count, count, 1, 1).expand(-1, -1, height, width).clone(), targets


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@given(alpha=ALPHAS, seed=SEEDS)
def test_mixup_mixes_labels_as_it_mixes_pixels(alpha: float, seed: int) -> None:
    images, targets = mixup(*_batch(), alpha, _generator(seed))
    torch.testing.assert_close(images, targets[..., None, None].expand_as(images))
    torch.testing.assert_close(targets.sum(dim=1), torch.ones(6))


@given(alpha=ALPHAS, seed=SEEDS, height=st.integers(1, 12), width=st.integers(1, 12))
def test_cutmix_mixes_labels_by_the_share_of_pixels(
    alpha: float, seed: int, height: int, width: int
) -> None:
    images, targets = cutmix(*_batch(5, height, width), alpha, _generator(seed))
    torch.testing.assert_close(images.mean(dim=(2, 3)), targets)
    assert set(images.unique().tolist()) <= {0.0, 1.0}  # pasted, not blended


@pytest.mark.parametrize("mixing", [mixup, cutmix])
def test_a_generator_decides_all_and_the_batch_is_left_alone(mixing: object) -> None:
    assert callable(mixing)
    batch = _batch()
    first, again, other = (mixing(*batch, 1.0, _generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[1], other[1])
    torch.testing.assert_close(batch, _batch(), rtol=0, atol=0)


def test_without_a_generator_torchs_default_one_decides() -> None:
    with torch.random.fork_rng([]):
        results = []
        for _ in range(2):
            torch.manual_seed(5)
            results.append(mixup(*_batch(), 1.0))
    torch.testing.assert_close(results[0], results[1], rtol=0, atol=0)


def test_shares_follow_the_beta_distribution() -> None:
    images, targets = torch.zeros(2, 1, 1, 1), torch.eye(2)
    shares = []
    for seed in range(600):
        mixed = mixup(images, targets, 0.4, _generator(seed))[1]
        if mixed[0, 0] < 1:  # the partner was another one
            shares.append(float(mixed[0, 0]))
    values = torch.tensor(shares)
    assert values.mean() == pytest.approx(0.5, abs=0.06)  # of Beta(a, a)
    assert values.var() == pytest.approx(1 / (4 * (2 * 0.4 + 1)), abs=0.03)  # 1 / (4 (2a + 1))


def test_a_single_example_is_mixed_with_itself() -> None:
    images, targets = _batch(1)
    for mixing in (mixup, cutmix):
        torch.testing.assert_close(mixing(images, targets, 1.0, _generator(0)), (images, targets))


def test_off_leaves_the_very_batch() -> None:
    images, targets = _batch()
    assert mix(images, targets, 0.0, 0.0) == (images, targets)


@settings(max_examples=20)
@given(seed=SEEDS)
def test_one_alone_is_always_taken(seed: int) -> None:
    blended = mix(*_batch(), 0.3, 0.0, _generator(seed))[0]
    pasted = mix(*_batch(), 0.0, 0.3, _generator(seed))[0]
    assert torch.equal(blended, blended[..., :1, :1].expand_as(blended))
    assert set(pasted.unique().tolist()) <= {0.0, 1.0}


def test_both_take_turns_about_evenly() -> None:
    pasted = 0
    for seed in range(200):
        images = mix(*_batch(), 1.0, 1.0, _generator(seed))[0]
        pasted += not torch.equal(images, images[..., :1, :1].expand_as(images))
    assert 60 < pasted < 140

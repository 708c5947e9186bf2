import pytest
import torch
from torch import Tensor

from touchline.backbones.gem import GeneralisedMean
from touchline.spotting.networks.clip_head import ClipHead, Pooling
from touchline.spotting.networks.netvlad import NetVlad

FEATURES = 5
POOLINGS: tuple[Pooling, ...] = ("max", "mean", "gem", "netvlad")


def rows(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("pooling", POOLINGS)
def test_a_clip_gets_one_answer_for_each_class(pooling: Pooling) -> None:
    head = ClipHead(pooling, FEATURES, classes=3, dropout=0.5, clusters=4)
    for clip in (rows(2, 9, FEATURES), rows(2, FEATURES, 3, 2, 4), rows(2, 1, FEATURES)):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = head(clip)
        assert logits.shape == (2, 3)
        logits.float().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in head.parameters())


@pytest.mark.parametrize("pooling", POOLINGS)
@torch.no_grad()
def test_a_volume_is_the_sequence_of_its_positions_in_any_order(pooling: Pooling) -> None:
    torch.manual_seed(0)
    head = ClipHead(pooling, FEATURES, classes=3, clusters=4).eval()
    volume = rows(2, FEATURES, 3, 2, 4)
    positions = volume.permute(0, 2, 3, 4, 1).reshape(2, 24, FEATURES)
    shuffled = positions[:, torch.randperm(24)]
    torch.testing.assert_close(head(volume), head(positions))
    torch.testing.assert_close(head(shuffled), head(positions), atol=1e-6, rtol=1e-5)


@torch.no_grad()
def test_max_and_mean_are_just_that() -> None:
    clip = rows(2, 9, FEATURES)
    for pooling, expected in (("max", clip.amax(1)), ("mean", clip.mean(1))):
        head = ClipHead(pooling, FEATURES, classes=3)  # type: ignore[arg-type]
        torch.testing.assert_close(head(clip), head.classes(expected))


def slow_vlad(pool: NetVlad, clip: Tensor) -> Tensor:
    """Position by position and cluster by cluster."""
    clusters, features = pool.centres.shape
    sums = torch.zeros(clusters, features)
    for row in clip / clip.norm(dim=1, keepdim=True):
        shares = torch.softmax(pool.assign.weight @ row + pool.assign.bias, dim=0)
        for cluster in range(clusters):
            sums[cluster] += shares[cluster] * (row - pool.centres[cluster])
    whole = torch.cat([total / total.norm() for total in sums])
    return whole / whole.norm()


@torch.no_grad()
def test_netvlad_is_the_papers_formula() -> None:
    torch.manual_seed(0)
    pool, clips = NetVlad(FEATURES, clusters=3), rows(2, 7, FEATURES)
    pool.centres.add_(0.1 * torch.randn_like(pool.centres))
    expected = torch.stack([slow_vlad(pool, clip) for clip in clips])
    torch.testing.assert_close(pool(clips), expected, rtol=0, atol=1e-5)
    torch.testing.assert_close(pool(clips).norm(dim=1), torch.ones(2))
    assert pool.features == 3 * FEATURES


@torch.no_grad()
def test_netvlad_begins_by_assigning_to_the_nearest_centre() -> None:
    torch.manual_seed(0)
    pool, clip = NetVlad(FEATURES, clusters=4, alpha=5.0), rows(20, FEATURES)
    unit = torch.nn.functional.normalize(clip, dim=-1)
    expected = torch.cdist(unit, pool.centres).argmin(dim=1)
    assert torch.equal(pool.assign(unit).argmax(dim=1), expected)


@torch.no_grad()
def test_netvlad_of_nothing_but_zeros_is_finite() -> None:
    assert NetVlad(FEATURES, clusters=4)(torch.zeros(1, 3, FEATURES)).isfinite().all()


@torch.no_grad()
def test_a_generalised_mean_lies_between_the_mean_and_the_maximum() -> None:
    clip = rows(2, 9, FEATURES).abs()
    torch.testing.assert_close(GeneralisedMean(FEATURES, 1.0)(clip), clip.mean(1))
    torch.testing.assert_close(GeneralisedMean(FEATURES, 3.0)(clip), clip.pow(3).mean(1).pow(1 / 3))
    torch.testing.assert_close(
        GeneralisedMean(FEATURES, 500.0)(clip), clip.amax(1), rtol=0.01, atol=0
    )


@pytest.mark.parametrize("power", [0.5, 3.0, 50.0])
def test_gradients_of_a_generalised_mean_are_those_of_its_formula(power: float) -> None:
    pool, clip = GeneralisedMean(FEATURES, power).double(), (rows(1, 6, FEATURES).abs() + 0.5)
    ours, formula = (clip.clone().requires_grad_() for _ in range(2))
    pool(ours).sum().backward()
    own_power = torch.tensor(power, dtype=torch.float64, requires_grad=True)
    ((formula.double() ** own_power).mean(1) ** (1 / own_power)).sum().backward()
    torch.testing.assert_close(ours.grad, formula.grad, rtol=1e-3, atol=1e-5)
    torch.testing.assert_close(pool.power.grad, own_power.grad, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("power", [3.0, 50.0])
def test_features_that_never_light_up_have_finite_gradients(power: float) -> None:
    pool, clip = GeneralisedMean(FEATURES, power), torch.zeros(1, 4, FEATURES).requires_grad_()
    pool(clip).sum().backward()
    assert clip.grad is not None
    assert pool.power.grad is not None
    assert clip.grad.isfinite().all()
    assert pool.power.grad.isfinite()


def test_the_power_learns_and_negative_features_count_as_nought() -> None:
    pool, clip = GeneralisedMean(FEATURES), rows(2, 9, FEATURES).bfloat16().requires_grad_()
    pool(clip).sum().backward()
    assert pool.power.grad is not None
    assert pool.power.grad.isfinite()
    assert (pool(-rows(1, 4, FEATURES).abs()) < 1e-5).all()

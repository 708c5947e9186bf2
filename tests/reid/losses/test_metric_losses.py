"""Every metric loss against loops over crops, and where it must stay finite."""

import math
from collections.abc import Callable
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pytorch_metric_learning.losses import NTXentLoss
from torch import Tensor
from torch.nn.functional import cosine_similarity

from touchline.reid.losses.angles import (
    CIRCLE_RELAXATION,
    CIRCLE_SCALE,
    circle_loss,
    info_nce_loss,
)
from touchline.reid.losses.triplets import batch_hard_triplet_loss, centroid_triplet_loss

Loss = Callable[[Tensor, Tensor, Tensor | None], Tensor]
MARGIN, TEMPERATURE = 0.4, 0.2


def slow_anchors(who: Tensor, where: Tensor) -> list[tuple[int, list[int], list[int]]]:
    """Each crop that has them, with its positives and its negatives."""
    found = []
    for one in range(len(who)):
        near = [
            other for other in range(len(who))
            if where[other] == where[one] and who[one] >= 0 and who[other] >= 0 and other != one
        ]  # fmt: skip
        positives = [other for other in near if who[other] == who[one]]
        negatives = [other for other in near if who[other] != who[one]]
        if positives and negatives:
            found.append((one, positives, negatives))
    return found


def mean(values: list[Tensor], like: Tensor) -> Tensor:
    return torch.stack(values).mean() if values else like.sum() * 0


def apart(one: Tensor, other: Tensor) -> Tensor:
    return (one - other).square().sum().sqrt()


def slow_triplet(features: Tensor, who: Tensor, where: Tensor) -> Tensor:
    losses = []
    for anchor, positives, negatives in slow_anchors(who, where):
        far = max(apart(features[anchor], features[p]) for p in positives)
        near = min(apart(features[anchor], features[n]) for n in negatives)
        losses.append(torch.relu(MARGIN + far - near))
    return mean(losses, features)


def slow_centroid(features: Tensor, who: Tensor, where: Tensor) -> Tensor:
    losses = []
    for anchor, positives, negatives in slow_anchors(who, where):
        own = torch.stack([features[p] for p in positives]).mean(0)
        centres = [
            torch.stack([features[n] for n in negatives if who[n] == person]).mean(0)
            for person in {int(who[n]) for n in negatives}
        ]
        near = min(apart(features[anchor], centre) for centre in centres)
        losses.append(torch.relu(MARGIN + apart(features[anchor], own) - near))
    return mean(losses, features)


def slow_info_nce(features: Tensor, who: Tensor, where: Tensor) -> Tensor:
    losses = []
    for anchor, positives, negatives in slow_anchors(who, where):

        def share(other: int, anchor: int = anchor) -> Tensor:
            return torch.exp(cosine_similarity(features[anchor], features[other], 0) / TEMPERATURE)

        others = torch.stack([share(n) for n in negatives]).sum()
        losses += [-torch.log(share(p) / (share(p) + others)) for p in positives]
    return mean(losses, features)


def slow_circle(features: Tensor, who: Tensor, where: Tensor) -> Tensor:
    losses = []
    for anchor, positives, negatives in slow_anchors(who, where):
        sums = [torch.zeros(()), torch.zeros(())]
        for n in negatives:
            s = cosine_similarity(features[anchor], features[n], 0)
            weight = max(0.0, float(s.detach()) + CIRCLE_RELAXATION)
            sums[0] = sums[0] + torch.exp(CIRCLE_SCALE * weight * (s - CIRCLE_RELAXATION))
        for p in positives:
            s = cosine_similarity(features[anchor], features[p], 0)
            weight = max(0.0, 1 + CIRCLE_RELAXATION - float(s.detach()))
            sums[1] = sums[1] + torch.exp(-CIRCLE_SCALE * weight * (s - 1 + CIRCLE_RELAXATION))
        losses.append(torch.log1p(sums[0] * sums[1]))
    return mean(losses, features)


LOSSES: dict[str, tuple[Loss, Callable[[Tensor, Tensor, Tensor], Tensor]]] = {
    "triplet": (partial(batch_hard_triplet_loss, margin=MARGIN), slow_triplet),
    "centroid": (partial(centroid_triplet_loss, margin=MARGIN), slow_centroid),
    "info_nce": (partial(info_nce_loss, temperature=TEMPERATURE), slow_info_nce),
    "circle": (circle_loss, slow_circle),
}
every_loss = pytest.mark.parametrize("name", LOSSES)


def features_of(count: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randn(count, 6, generator=generator, dtype=torch.float64)
    return drawn.requires_grad_()


def learnt(loss: Tensor, features: Tensor) -> Tensor:
    (gradient,) = torch.autograd.grad(loss, features)
    return gradient


@every_loss
@settings(max_examples=25, deadline=None)
@given(
    crops=st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 1)), min_size=1, max_size=9),
    seed=st.integers(0, 1000),
)
def test_value_and_gradient_are_those_of_the_definition(
    name: str, crops: list[tuple[int, int]], seed: int
) -> None:
    fast, slow = LOSSES[name]
    features = features_of(len(crops), seed)
    # A person has another identity in every action.
    who = torch.tensor([person if person < 0 else 10 * action + person + 10
                        for person, action in crops])  # fmt: skip
    where = torch.tensor([action for _, action in crops])
    found, expected = fast(features, who, where), slow(features, who, where)
    torch.testing.assert_close(found, expected.to(found), rtol=1e-6, atol=1e-9)
    torch.testing.assert_close(
        learnt(found, features), learnt(expected, features), rtol=1e-5, atol=1e-8
    )


@pytest.mark.parametrize("name", ["triplet", "centroid", "info_nce"])
def test_gradients_are_those_of_small_steps(name: str) -> None:
    # Not of the circle loss, whose weights are not learnt through.
    who, where = torch.tensor([0, 0, 0, 1, 1, 2, 3, 3, 4]), torch.tensor([0] * 6 + [1] * 3)
    loss = LOSSES[name][0]
    assert torch.autograd.gradcheck(lambda values: loss(values, who, where), features_of(9))


@every_loss
def test_without_actions_all_are_compared(name: str) -> None:
    who = torch.tensor([0, 0, 1, 1, 2])
    fast, slow = LOSSES[name]
    features = features_of(5)
    expected = slow(features, who, torch.zeros(5))
    torch.testing.assert_close(fast(features, who, None), expected, rtol=1e-6, atol=1e-9)


@every_loss
def test_crops_of_other_actions_are_neither_pulled_nor_pushed(name: str) -> None:
    features = features_of(6)
    who, where = torch.tensor([0, 0, 1, 2, 2, 3]), torch.tensor([0, 0, 0, 1, 2, 2])
    gradient = learnt(LOSSES[name][0](features, who, where), features)
    assert gradient[:3].abs().sum() > 0
    assert gradient[3:].abs().sum() == 0


@every_loss
@pytest.mark.parametrize(
    "who", [[0, 1, 2, 3], [0, 0, 0, 0], [-1, -1, -1, -1], [5]], ids=str
)  # fmt: skip
def test_nothing_to_compare_is_a_zero_that_can_be_learnt_from(name: str, who: list[int]) -> None:
    features = features_of(len(who))
    loss = LOSSES[name][0](features, torch.tensor(who, dtype=torch.int64), None)
    assert loss.shape == ()
    assert float(loss.detach()) == 0
    assert learnt(loss, features).abs().sum() == 0


@every_loss
@pytest.mark.parametrize("value", [0.0, 1.0, -3.0])
@pytest.mark.parametrize("count", [6, 40])
def test_equal_features_have_finite_gradients(name: str, value: float, count: int) -> None:
    features = torch.full((count, 4), value, requires_grad=True)
    loss = LOSSES[name][0](features, torch.arange(count) // 2, None)
    assert torch.isfinite(loss)
    assert torch.isfinite(learnt(loss, features)).all()


@every_loss
def test_the_order_of_the_crops_does_not_matter(name: str) -> None:
    features, who = features_of(8), torch.tensor([0, 0, 0, 1, 1, 2, 2, 3])
    order = torch.tensor([3, 7, 0, 5, 1, 6, 2, 4])
    loss = LOSSES[name][0]
    torch.testing.assert_close(loss(features[order], who[order], None), loss(features, who, None))


def test_margins_are_of_the_distances_by_hand() -> None:
    features = torch.tensor([[0.0], [3.0], [1.0]])
    who = torch.tensor([0, 0, 1])
    # Anchor 0: 3 to its own, 1 to the other; anchor 1: 3 and 2.
    expected = ((0.5 + 3 - 1) + (0.5 + 3 - 2)) / 2
    assert float(batch_hard_triplet_loss(features, who, margin=0.5)) == expected
    assert float(centroid_triplet_loss(features, who, margin=0.5)) == expected


def test_info_nce_is_ntxent_of_pytorch_metric_learning() -> None:
    features, who = features_of(12), torch.arange(12) // 3
    peer = NTXentLoss(temperature=TEMPERATURE)(features, who)
    torch.testing.assert_close(info_nce_loss(features, who, temperature=TEMPERATURE), peer)


def test_info_nce_is_learnt_from_where_a_share_underflows() -> None:
    features = torch.tensor([[1.0, 0.0], [-1.0, 0.1], [1.0, 0.1]], requires_grad=True)
    who, cold = torch.tensor([0, 0, 1]), 0.01
    loss = info_nce_loss(features, who, temperature=cold)
    assert float(loss.detach()) == pytest.approx(150, rel=0.4)
    assert learnt(loss, features)[0].abs().sum() > 0


def test_circle_of_perfect_features_is_small() -> None:
    features = torch.eye(3).repeat_interleave(2, 0)
    # Each pair at 1, each of four negatives at 0: both exponents are -g m^2.
    expected = math.log1p(4 * math.exp(-2 * CIRCLE_SCALE * CIRCLE_RELAXATION**2))
    found = float(circle_loss(features, torch.arange(6) // 2))
    assert found == pytest.approx(expected, rel=1e-4)

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.nn.functional import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    mse_loss,
    one_hot,
)

from touchline.spotting.config import LossSettings
from touchline.spotting.losses import (
    clip_loss,
    focal_cross_entropy,
    offset_loss,
    spotting_loss,
    team_loss,
)
from touchline.spotting.networks.heads import Outputs
from touchline.spotting.targets import Targets, mix_targets
from touchline.training.losses import soft_cross_entropy

CLASSES = 3


def numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def shares(*shape: int, seed: int = 1) -> Tensor:
    return torch.softmax(2 * numbers(*shape, seed=seed), dim=-1)


def slow_focal(logits: Tensor, targets: Tensor, gamma: float, event_weight: float) -> float:
    """Frame by frame and class by class."""
    total = weight = 0.0
    for row, aims in zip(logits.flatten(0, -2), targets.flatten(0, -2), strict=True):
        chances = [math.exp(value) for value in row.tolist()]
        for place, (chance, aim) in enumerate(zip(chances, aims.tolist(), strict=True)):
            p, w = chance / sum(chances), event_weight if place else 1.0
            total -= w * aim * (1 - p) ** gamma * math.log(p)
            weight += w * aim
    return total / weight


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("event_weight", [1.0, 5.0])
def test_focal_is_taken_for_each_frame_of_each_clip(gamma: float, event_weight: float) -> None:
    logits, targets = numbers(2, 4, CLASSES), shares(2, 4, CLASSES)
    expected = slow_focal(logits, targets, gamma, event_weight)
    assert float(focal_cross_entropy(logits, targets, gamma, event_weight)) == pytest.approx(
        expected, rel=1e-5
    )


def test_a_focal_loss_of_the_batch_mean_is_something_else() -> None:
    """The published fault: the discount of the mean loss."""
    logits = torch.tensor([[4.0, 0, 0], [-4.0, 0, 0]])
    targets = one_hot(torch.tensor([0, 0]), CLASSES).float()
    mean = focal_cross_entropy(logits, targets)
    faulty = (1 - torch.exp(-mean)) ** 2 * mean
    assert float(focal_cross_entropy(logits, targets, gamma=2.0)) > 1.05 * float(faulty)


def test_without_gamma_it_is_torchs_weighted_cross_entropy() -> None:
    logits, labels = numbers(2, 5, CLASSES), torch.tensor([[0, 0, 1, 2, 0], [0, 2, 0, 0, 0]])
    weights = torch.tensor([1.0, 5.0, 5.0])
    expected = cross_entropy(logits.flatten(0, 1), labels.flatten(), weights)
    targets = one_hot(labels, CLASSES).float()
    torch.testing.assert_close(focal_cross_entropy(logits, targets, 0.0, 5.0), expected)
    soft = shares(2, 5, CLASSES)
    torch.testing.assert_close(
        focal_cross_entropy(logits, soft, 0.0, 5.0), soft_cross_entropy(logits, soft, weights)
    )


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
def test_gradients_are_finite_where_it_is_certain(gamma: float) -> None:
    targets = one_hot(torch.tensor([0, 1]), CLASSES).float()
    for certain in (1e4 * targets, -1e4 * targets):
        logits = certain.clone().requires_grad_()
        focal_cross_entropy(logits, targets, gamma).backward()
        assert logits.grad is not None
        assert logits.grad.isfinite().all()
        logits.grad = None
        clip_loss(logits, targets, gamma).backward()
        assert logits.grad.isfinite().all()


@given(share=st.floats(0, 1))
def test_frames_of_another_label_set_count_for_nothing(share: float) -> None:
    logits, targets = numbers(4, CLASSES), shares(4, CLASSES)
    half = targets.clone()
    half[2:] = 0
    expected = focal_cross_entropy(logits[:2], targets[:2], 1.0)
    torch.testing.assert_close(focal_cross_entropy(logits, half, 1.0), expected)
    both = targets.clone()
    both[2:] *= share
    assert focal_cross_entropy(logits, both, 1.0).isfinite()


def test_nothing_known_is_no_loss_and_no_gradient() -> None:
    logits, offset = numbers(1, 4, CLASSES).requires_grad_(), numbers(1, 4).requires_grad_()
    loss = focal_cross_entropy(logits, torch.zeros(1, 4, CLASSES), 1.0) + offset_loss(
        offset, torch.zeros(1, 4), torch.zeros(1, 4)
    )
    loss.backward()
    assert loss.item() == 0
    for given_values in (logits, offset):
        assert given_values.grad is not None
        assert (given_values.grad == 0).all()


def test_the_offset_counts_near_events_only() -> None:
    offset, targets = numbers(2, 5), numbers(2, 5, seed=1)
    near = torch.tensor([[0, 1, 1, 0, 0], [0, 0, 0, 0, 1]], dtype=torch.float32)
    expected = mse_loss(offset[near > 0], targets[near > 0])
    torch.testing.assert_close(offset_loss(offset, targets, near), expected)
    everywhere = torch.ones(2, 5)
    torch.testing.assert_close(offset_loss(offset, targets, everywhere), mse_loss(offset, targets))


def test_a_mixed_offset_has_the_gradient_of_both() -> None:
    near = (numbers(2, 6) > 0).float()
    target = numbers(2, 6, seed=1)
    nothing = torch.zeros(2, 6, 2)
    mixed = mix_targets(Targets(nothing, target, near, nothing), 0.3, torch.tensor([1, 0]))
    ours, apart = (numbers(2, 6, seed=2).requires_grad_() for _ in range(2))
    (mixed.near * (ours - mixed.offset).square()).sum().backward()
    own = 0.3 * near * (apart - target).square()
    other = 0.7 * near.flip(0) * (apart - target.flip(0)).square()
    (own + other).sum().backward()
    torch.testing.assert_close(ours.grad, apart.grad)


def test_the_team_is_a_binary_choice_over_known_steps() -> None:
    logits = numbers(1, 4, 2)
    targets = torch.tensor([[[1.0, 0], [0, 1], [0.25, 0.75], [0, 0]]])
    expected = binary_cross_entropy_with_logits(
        (logits[..., 0] - logits[..., 1])[:, :3], targets[:, :3, 0]
    )
    torch.testing.assert_close(team_loss(logits, targets), expected)


def test_clips_are_judged_class_by_class() -> None:
    logits, targets = numbers(4, CLASSES), (numbers(4, CLASSES, seed=1) > 0).float()
    torch.testing.assert_close(
        clip_loss(logits, targets), binary_cross_entropy_with_logits(logits, targets)
    )
    p = torch.sigmoid(logits)
    happens = -0.4 * targets * (1 - p) ** 1.2 * p.log()
    happens_not = -0.6 * (1 - targets) * p**1.2 * (1 - p).log()
    torch.testing.assert_close(
        clip_loss(logits, targets, gamma=1.2, alpha=0.4), (happens + happens_not).mean()
    )


def said_and_wanted() -> tuple[Outputs, Targets]:
    outputs = Outputs(numbers(2, 6, 4), numbers(2, 6), numbers(2, 6, 2), numbers(2, 6, 3))
    near = (numbers(2, 6, seed=5) > 0).float()
    targets = Targets(
        shares(2, 6, 4), numbers(2, 6, seed=3), near, shares(2, 6, 2, seed=4), shares(2, 6, 3)
    )
    return outputs, targets


@pytest.mark.parametrize(("kind", "gamma"), [("cross-entropy", 0.0), ("focal", 2.0)])
def test_the_loss_of_a_spotter_is_the_sum_of_its_parts(kind: str, gamma: float) -> None:
    outputs, targets = said_and_wanted()
    settings = LossSettings.model_validate(
        {"kind": kind, "gamma": 2.0, "event_weight": 5, "offset_weight": 0.5, "team_weight": 2}
    )
    assert outputs.offset is not None
    assert outputs.team is not None
    assert outputs.second is not None
    assert targets.second is not None
    expected = (
        focal_cross_entropy(outputs.classes, targets.classes, gamma, 5.0)
        + focal_cross_entropy(outputs.second, targets.second, gamma, 5.0)
        + 0.5 * offset_loss(outputs.offset, targets.offset, targets.near)
        + 2.0 * team_loss(outputs.team, targets.team)
    )
    torch.testing.assert_close(spotting_loss(outputs, targets, settings), expected)
    bare = Outputs(outputs.classes)
    torch.testing.assert_close(
        spotting_loss(bare, replace(targets, second=None), settings),
        focal_cross_entropy(outputs.classes, targets.classes, gamma, 5.0),
    )


def test_every_head_receives_a_gradient() -> None:
    """The published fault: an offset head that is created and never taught."""
    outputs, targets = said_and_wanted()
    heads = [outputs.classes, outputs.offset, outputs.team, outputs.second]
    for head in heads:
        assert head is not None
        head.requires_grad_()
    spotting_loss(outputs, targets, LossSettings()).backward()
    for head in heads:
        assert head is not None
        assert head.grad is not None
        assert head.grad.abs().sum() > 0


def test_losses_of_bf16_outputs_are_in_float32() -> None:
    outputs, targets = said_and_wanted()
    assert outputs.offset is not None
    assert outputs.team is not None
    rough = Outputs(outputs.classes.bfloat16(), outputs.offset.bfloat16(), outputs.team.bfloat16())
    fine = replace(outputs, second=None)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = spotting_loss(rough, targets, LossSettings())
    assert found.dtype == torch.float32
    torch.testing.assert_close(
        found, spotting_loss(fine, targets, LossSettings()), rtol=0.02, atol=0
    )

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from touchline.errors import UsageError
from touchline.reid.config import LossSettings
from touchline.reid.losses.angles import circle_loss, info_nce_loss
from touchline.reid.losses.total import identity_loss, identity_weight, reid_loss
from touchline.reid.losses.triplets import batch_hard_triplet_loss, centroid_triplet_loss
from touchline.reid.networks.embedder import Embedded

WHO = torch.tensor([0, 0, 1, 1, 2, 2])
NOWHERE, ONE_ACTION = torch.full((6,), -1), torch.zeros(6, dtype=torch.int64)


def drawn(columns: int, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(6, columns, generator=generator).requires_grad_()


def outputs() -> Embedded:
    return Embedded(drawn(5, 0), drawn(5, 1), drawn(3, 2))


def only(**weights: Any) -> LossSettings:
    return LossSettings(**({"identity": 0.0, "triplet": 0.0} | weights))


def test_the_sum_of_its_weighted_parts() -> None:
    settings = LossSettings(
        identity=0.5, triplet=2.0, margin=0.4, centroid=3.0, circle=0.1, info_nce=0.7,
        temperature=0.3, label_smoothing=0.2,
    )  # fmt: skip
    shown = outputs()
    metric, neck, logits = shown
    assert logits is not None
    expected = (
        0.5 * cross_entropy(logits, WHO, label_smoothing=0.2)
        + 2.0 * batch_hard_triplet_loss(metric, WHO, margin=0.4)
        + 3.0 * centroid_triplet_loss(metric, WHO, margin=0.4)
        + 0.1 * circle_loss(neck, WHO)
        + 0.7 * info_nce_loss(neck, WHO, temperature=0.3)
    )
    torch.testing.assert_close(reid_loss(shown, WHO, NOWHERE, settings), expected)
    torch.testing.assert_close(reid_loss(shown, WHO, None, settings), expected)


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        (only(triplet=1.0, margin=9.0), 0),
        (only(centroid=1.0, margin=9.0), 0),
        (only(circle=1.0), 1),
        (only(info_nce=1.0), 1),
        (only(identity=1.0), 2),
    ],
)
def test_distances_are_learnt_before_the_neck_and_angles_behind_it(
    settings: LossSettings, place: int
) -> None:
    shown = outputs()
    reid_loss(shown, WHO, NOWHERE, settings).backward()
    for number, part in enumerate(shown):
        assert part is not None
        gradient = 0.0 if part.grad is None else float(part.grad.abs().sum())
        assert (gradient > 0) == (number == place)


@pytest.mark.parametrize("name", ["triplet", "centroid", "circle", "info_nce"])
def test_actions_are_kept_apart_in_every_part(name: str) -> None:
    shown, where = outputs(), torch.tensor([0, 0, 0, 0, 1, 1])
    reid_loss(shown, WHO, where, only(**{name: 1.0, "margin": 9.0})).backward()
    gradient = sum(
        part.grad.abs().sum(1) for part in shown if part is not None and part.grad is not None
    )
    assert isinstance(gradient, Tensor)
    assert (gradient[:4] > 0).all()
    assert (gradient[4:] == 0).all()


@pytest.mark.parametrize(
    ("given", "has_actions", "expected"),
    [(None, False, 1.0), (None, True, 0.0), (0.3, True, 0.3), (0.0, False, 0.0)],
)
def test_identities_are_classified_where_they_hold_everywhere(
    given: float | None, has_actions: bool, expected: float
) -> None:
    settings = LossSettings(identity=given)
    assert identity_weight(settings, has_actions) == expected
    where = ONE_ACTION if has_actions else NOWHERE
    shown = outputs()
    assert shown.logits is not None
    found = reid_loss(shown, WHO, where, settings) - batch_hard_triplet_loss(shown.metric, WHO)
    torch.testing.assert_close(found, expected * identity_loss(shown.logits, WHO))


def test_nothing_left_to_minimise_is_refused() -> None:
    with pytest.raises(UsageError, match="a part of the loss with a weight"):
        identity_weight(LossSettings(triplet=0.0), has_actions=True)


def test_identities_cannot_be_classified_without_logits() -> None:
    shown = Embedded(drawn(5, 0), drawn(5, 0), None)
    with pytest.raises(ValueError, match="no logits"):
        reid_loss(shown, WHO, NOWHERE, LossSettings())
    assert reid_loss(shown, WHO, ONE_ACTION, LossSettings()) > 0


def test_a_batch_with_nothing_to_compare_is_a_zero_with_a_gradient() -> None:
    settings = only(triplet=1.0, centroid=1.0, circle=1.0, info_nce=1.0, identity=1.0)
    shown = outputs()
    loss = reid_loss(shown, torch.full((6,), -1), ONE_ACTION, settings)
    loss.backward()
    assert float(loss.detach()) == 0
    for part in shown:
        assert part is not None
        assert part.grad is not None
        assert (part.grad == 0).all()


def test_equal_features_give_finite_gradients_in_all_parts() -> None:
    settings = only(triplet=1.0, centroid=1.0, circle=1.0, info_nce=1.0, identity=1.0)
    shown = Embedded(*(torch.ones(6, 3, requires_grad=True) for _ in range(3)))
    reid_loss(shown, WHO, NOWHERE, settings).backward()
    for part in shown:
        assert part is not None
        assert part.grad is not None
        assert torch.isfinite(part.grad).all()


def test_float32_whatever_the_network_computes_in() -> None:
    settings = only(triplet=1.0, centroid=1.0, circle=1.0, info_nce=1.0, identity=1.0)
    coarse = Embedded(*(part.detach().bfloat16() for part in outputs() if part is not None))
    fine = Embedded(*(part.float() for part in coarse if part is not None))
    with torch.autocast("cpu", torch.bfloat16):
        found = reid_loss(coarse, WHO, NOWHERE, settings)
    assert found.dtype == torch.float32
    assert torch.equal(found, reid_loss(fine, WHO, NOWHERE, settings))


def test_crops_of_unknown_people_count_for_nothing_in_the_cross_entropy() -> None:
    logits = drawn(3, 0)
    expected = cross_entropy(logits[:4], WHO[:4], label_smoothing=0.1)
    torch.testing.assert_close(
        identity_loss(logits, torch.tensor([0, 0, 1, 1, -1, -1])), expected
    )  # fmt: skip

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.class_weight import compute_class_weight
from torch.nn.functional import cross_entropy, one_hot

from touchline.errors import UsageError
from touchline.training.losses import balanced_weights, smooth, soft_cross_entropy

LABELS = torch.tensor([0, 2, 2, 1, 2])
TARGETS = one_hot(LABELS, 3).float()


def _logits() -> torch.Tensor:
    return torch.randn(5, 3, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("weights", [None, torch.tensor([0.5, 2.0, 1.0])])
def test_hard_targets_give_torchs_own_loss(weights: torch.Tensor | None) -> None:
    expected = cross_entropy(_logits(), LABELS, weight=weights)
    torch.testing.assert_close(soft_cross_entropy(_logits(), TARGETS, weights), expected)


@pytest.mark.parametrize("epsilon", [0.0, 0.1, 1.0])
def test_smoothed_targets_give_torchs_label_smoothing(epsilon: float) -> None:
    expected = cross_entropy(_logits(), LABELS, label_smoothing=epsilon)
    torch.testing.assert_close(soft_cross_entropy(_logits(), smooth(TARGETS, epsilon)), expected)


def test_weights_of_any_common_size_give_the_same_loss() -> None:
    targets, weights = smooth(TARGETS, 0.3), torch.tensor([1.0, 2.0, 3.0])
    torch.testing.assert_close(
        soft_cross_entropy(_logits(), targets, weights),
        soft_cross_entropy(_logits(), targets, weights * 7),
    )


def test_a_loss_of_bf16_logits_is_computed_in_float32() -> None:
    loss = soft_cross_entropy(_logits().bfloat16(), TARGETS.bfloat16())
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, soft_cross_entropy(_logits(), TARGETS), rtol=0.02, atol=0.02)


def test_certain_and_right_is_no_loss() -> None:
    assert soft_cross_entropy(TARGETS * 1000, TARGETS) == 0


@given(epsilon=st.floats(0, 1), classes=st.integers(1, 30))
def test_smoothed_targets_still_sum_to_one(epsilon: float, classes: int) -> None:
    targets = smooth(torch.eye(classes), epsilon)
    torch.testing.assert_close(targets.sum(dim=1), torch.ones(classes))


@given(st.lists(st.integers(1, 500), min_size=1, max_size=20))
def test_balanced_weights_are_scikit_learns(counts: list[int]) -> None:
    labels = np.repeat(np.arange(len(counts)), counts)
    expected = compute_class_weight("balanced", classes=np.arange(len(counts)), y=labels)
    np.testing.assert_allclose(balanced_weights(counts).numpy(), expected, rtol=1e-6)


@pytest.mark.parametrize("counts", [[], [3, 0]])
def test_a_class_without_examples_has_no_weight(counts: list[int]) -> None:
    with pytest.raises(UsageError, match="at least one example of every class; found the counts"):
        balanced_weights(counts)

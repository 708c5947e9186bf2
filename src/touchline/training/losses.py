"""Cross-entropy for targets that are shares of classes: smoothed, mixed or weighted."""

from collections.abc import Sequence

import torch
from torch import Tensor

from touchline.errors import UsageError


def smooth(targets: Tensor, epsilon: float) -> Tensor:
    """Label smoothing (https://arxiv.org/abs/1512.00567): ε of each target over all classes alike.

    Args:
        targets: class shares, `batch x classes`, each row summing to 1; so do the rows returned.
        epsilon: the share spread out, in [0, 1].

    >>> smooth(torch.tensor([[0.0, 1.0]]), 0.2)
    tensor([[0.1000, 0.9000]])
    """
    return targets * (1.0 - epsilon) + epsilon / targets.shape[-1]


def balanced_weights(counts: Sequence[int]) -> Tensor:
    """Class weights n / (k n_c) for n examples, n_c of them in each of k classes.

    All classes then weigh the same in total, and an example weighs 1 on average; it is what
    scikit-learn calls `balanced`.

    Raises:
        UsageError: when a class has no example.

    >>> balanced_weights([1, 3])
    tensor([2.0000, 0.6667])
    """
    if not counts or min(counts) < 1:
        raise UsageError(
            "at least one example of every class", f"the counts {list(counts)}",
            "Add examples, leave the class out, or set class_weights to none.",
        )  # fmt: skip
    numbers = torch.tensor(counts, dtype=torch.float64)
    return (numbers.sum() / (len(counts) * numbers)).float()


def soft_cross_entropy(
    logits: Tensor, targets: Tensor, class_weights: Tensor | None = None
) -> Tensor:
    """The mean cross-entropy, as a scalar in float32: -Σ w_c t_c log p_c over Σ w_c t_c.

    With one-hot targets it is `torch.nn.functional.cross_entropy`. For shares of classes torch
    divides by the number of examples whatever the weights; this divides by the weights given out,
    so that weights do not change the size of the loss.

    Args:
        logits: `batch x classes`.
        targets: class shares, `batch x classes`, each row summing to 1.
        class_weights: one for each class; all 1 when None.
    """
    weighted = targets.float() if class_weights is None else targets.float() * class_weights
    surprise = -torch.log_softmax(logits.float(), dim=-1)
    return (weighted * surprise).sum() / weighted.sum()

"""What training a spotter or a clip classifier minimises.

Every loss is worked out for each step of each clip and averaged last: a focal discount of the
batch's mean loss, seen in a published baseline, discounts nothing step by step.
"""

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from touchline.spotting.config import LossSettings
from touchline.spotting.networks.heads import Outputs
from touchline.spotting.targets import Targets

BACKGROUND = 0
NEARLY_NONE = 1e-7


def spotting_loss(outputs: Outputs, targets: Targets, settings: LossSettings) -> Tensor:
    """The loss of everything a spotter says: classes + second classes + offset + team.

    Each part is a mean over what is known of it, so that clips of one label set, or without known
    teams, do not thin out the others.

    Args:
        outputs: of a batch.
        targets: of the same batch.
        settings: the kind of the classes' loss, and the weights.

    Returns:
        A scalar in float32.
    """
    gamma = settings.gamma if settings.kind == "focal" else 0.0
    total = focal_cross_entropy(outputs.classes, targets.classes, gamma, settings.event_weight)
    if outputs.second is not None and targets.second is not None:
        total = total + focal_cross_entropy(
            outputs.second, targets.second, gamma, settings.event_weight
        )
    if outputs.offset is not None:
        total = total + settings.offset_weight * offset_loss(
            outputs.offset, targets.offset, targets.near
        )
    if outputs.team is not None:
        total = total + settings.team_weight * team_loss(outputs.team, targets.team)
    return total


def focal_cross_entropy(
    logits: Tensor, targets: Tensor, gamma: float = 0.0, event_weight: float = 1.0
) -> Tensor:
    """-Σ w_c t_c (1 - p_c)^gamma log p_c over Σ w_c t_c, with p the softmax of the logits.

    The focal loss of https://arxiv.org/abs/1708.02002 for several classes and for shares; with
    gamma 0 it is the weighted cross-entropy. Rows without any share count for nothing.

    Args:
        logits: `(..., classes)`, column 0 the background.
        targets: shares of the classes, of the same shape.
        gamma: how strongly what is already right is discounted; at least 0.
        event_weight: w of every class but the background, whose weight is 1.

    Returns:
        A scalar in float32; 0 when there is no share at all.
    """
    logs = torch.log_softmax(logits.float(), dim=-1)
    # Not quite 0, where powers below 1 have an infinite slope.
    discount = (-torch.expm1(logs)).clamp(min=NEARLY_NONE) ** gamma
    weights = torch.full(logs.shape[-1:], event_weight, device=logs.device)
    weights[BACKGROUND] = 1.0
    weighted = targets.float() * weights
    return -(weighted * discount * logs).sum() / _at_least_something(weighted.sum())


def offset_loss(offset: Tensor, targets: Tensor, near: Tensor) -> Tensor:
    """The mean squared error, in steps², weighted by `near`; all three `(batch, time)`.

    T-DEED counts all steps and takes 0 as the offset of those far from events, which teaches the
    head to doubt itself at the edge; with `near` all 1 this is that.

    Returns:
        A scalar in float32; 0 when no step is near an event.
    """
    errors = (offset.float() - targets.float()).square()
    return (near * errors).sum() / _at_least_something(near.sum())


def team_loss(logits: Tensor, targets: Tensor) -> Tensor:
    """The binary cross-entropy of the acting team's side, over the steps where it is known.

    Args:
        logits: `(batch, time, 2)`; their difference decides between left and right.
        targets: `(batch, time, 2)` shares of left and right, summing to 0 where unknown.

    Returns:
        A scalar in float32; 0 when no side is known.
    """
    return focal_cross_entropy(logits, targets)


def clip_loss(
    logits: Tensor, targets: Tensor, gamma: float = 0.0, alpha: float | None = None
) -> Tensor:
    """The mean focal loss of independent yes-or-no answers, one for each class of a clip.

    -a t (1 - p)^gamma log p - (1 - a) (1 - t) p^gamma log (1 - p), p the sigmoid of the logits.

    Args:
        logits: `(batch, classes)`.
        targets: whether each class happens, of the same shape; shares after mixup.
        gamma: how strongly what is already right is discounted; 0 is the binary cross-entropy.
        alpha: weight a of what happens against what does not; without one both weigh 1.

    Returns:
        A scalar in float32.
    """
    logits, targets = logits.float(), targets.float()
    yes, no = (1.0, 1.0) if alpha is None else (alpha, 1.0 - alpha)
    log_yes, log_no = logsigmoid(logits), logsigmoid(-logits)
    happens = targets * (gamma * log_no).exp() * log_yes
    happens_not = (1.0 - targets) * (gamma * log_yes).exp() * log_no
    return -(yes * happens + no * happens_not).mean()


def _at_least_something(weight: Tensor) -> Tensor:
    return weight.clamp(min=torch.finfo(torch.float32).tiny)

"""The whole loss of a re-identifier: the weighted sum of its parts."""

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from touchline.errors import UsageError
from touchline.reid.config import LossSettings
from touchline.reid.losses.angles import circle_loss, info_nce_loss
from touchline.reid.losses.triplets import batch_hard_triplet_loss, centroid_triplet_loss
from touchline.reid.networks.embedder import Embedded


def reid_loss(
    outputs: Embedded, identities: Tensor, actions: Tensor | None, settings: LossSettings
) -> Tensor:
    """What training minimises for one batch, in float32 whatever the network computes in.

    Distances are learnt before the neck, angles and classes after it, as in
    https://arxiv.org/abs/1903.07071: the two pull a feature into different shapes. Parts of weight
    0 are not computed. Crops of different actions are never compared.

    Args:
        outputs: of the network.
        identities: `(batch,)`; the columns of the logits, where there are any.
        actions: `(batch,)`, -1 for none; None where no crop has one.
        settings: the weights.

    Returns:
        A scalar; 0, with a gradient of 0, when the batch holds nothing to compare.

    Raises:
        UsageError: when nothing is left to minimise (`identity_weight`).
        ValueError: when identities are to be classified, but there are no logits.
    """
    weight = identity_weight(settings, actions is not None and bool((actions >= 0).any()))
    with torch.autocast(identities.device.type, enabled=False):
        before, after = _at_least_float32(outputs.metric), _at_least_float32(outputs.neck)
        total = (before * 0).sum() + (after * 0).sum()
        if weight:
            if outputs.logits is None:
                raise ValueError("identities are to be classified, but there are no logits")
            logits = _at_least_float32(outputs.logits)
            total = total + weight * identity_loss(logits, identities, settings.label_smoothing)
        if settings.triplet:
            total = total + settings.triplet * batch_hard_triplet_loss(
                before, identities, actions, settings.margin
            )
        if settings.centroid:
            total = total + settings.centroid * centroid_triplet_loss(
                before, identities, actions, settings.margin
            )
        if settings.circle:
            total = total + settings.circle * circle_loss(after, identities, actions)
        if settings.info_nce:
            total = total + settings.info_nce * info_nce_loss(
                after, identities, actions, settings.temperature
            )
        return total


def identity_weight(settings: LossSettings, has_actions: bool) -> float:
    """The weight of the cross-entropy over identities; a network without it needs no logits.

    Args:
        settings: of the loss.
        has_actions: whether identities hold only inside their action.

    Raises:
        UsageError: when it is 0 by default and every other part is 0 too.

    >>> identity_weight(LossSettings(), has_actions=True)
    0.0
    """
    weight = settings.identity
    if weight is None:
        weight = 0.0 if has_actions else 1.0
    if not any((weight, settings.triplet, settings.centroid, settings.circle, settings.info_nce)):
        raise UsageError(
            "a part of the loss with a weight",
            "only the classification of identities, which is left out where these hold only inside "
            "their action",
            "Give loss.triplet, loss.centroid, loss.circle or loss.info_nce a weight.",
        )
    return weight


def identity_loss(logits: Tensor, identities: Tensor, label_smoothing: float = 0.1) -> Tensor:
    """The mean cross-entropy over the training identities.

    Args:
        logits: `(batch, identities)`.
        identities: `(batch,)`; -1, where it is not known who it is, counts for nothing.
        label_smoothing: the share of each target that is spread over all identities alike.

    Returns:
        A scalar; 0 when no identity is known.
    """
    total = cross_entropy(
        logits, identities, ignore_index=-1, label_smoothing=label_smoothing, reduction="sum"
    )
    return total / (identities >= 0).sum().clamp(min=1)


def _at_least_float32(values: Tensor) -> Tensor:
    return values.to(torch.promote_types(values.dtype, torch.float32))

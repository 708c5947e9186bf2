"""Triplet losses: nearer to one's own than to others, by a margin, in Euclidean distance."""

import torch
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import TripletMarginLoss
from pytorch_metric_learning.reducers import MeanReducer
from torch import Tensor

from touchline.reid.losses.pairs import Pairs, pairs_of


def batch_hard_triplet_loss(
    features: Tensor, identities: Tensor, actions: Tensor | None = None, margin: float = 0.3
) -> Tensor:
    """The mean over anchors of max(0, margin + farthest positive - nearest negative).

    https://arxiv.org/abs/1703.07737. Every crop with a positive and a negative is an anchor.

    Args:
        features: `(batch, features)`; not scaled.
        identities: `(batch,)`; -1 where it is not known who it is.
        actions: `(batch,)`; crops of different actions are not compared.
        margin: in the unit of the features.

    Returns:
        A scalar; 0 without an anchor.
    """
    distance = LpDistance(normalize_embeddings=False)
    loss = TripletMarginLoss(margin, distance=distance, reducer=MeanReducer())
    triplets = hardest_triplets(distance(features.detach()), pairs_of(identities, actions))
    found: Tensor = loss(features, indices_tuple=triplets)
    return found


def hardest_triplets(distances: Tensor, pairs: Pairs) -> tuple[Tensor, Tensor, Tensor]:
    """Of every anchor: itself, its farthest positive and its nearest negative.

    Args:
        distances: `(batch, batch)`.
        pairs: what may be compared.
    """
    farthest = distances.masked_fill(~pairs.positive, -torch.inf).argmax(dim=1)
    nearest = distances.masked_fill(~pairs.negative, torch.inf).argmin(dim=1)
    (anchors,) = pairs.anchors.nonzero(as_tuple=True)
    return anchors, farthest[anchors], nearest[anchors]


def centroid_triplet_loss(
    features: Tensor, identities: Tensor, actions: Tensor | None = None, margin: float = 0.3
) -> Tensor:
    """The mean over anchors of max(0, margin + distance to its centre - that to the nearest other).

    https://arxiv.org/abs/2104.13643: the centre of a person is the mean of their crops in the
    batch, for the anchor itself of the others only. Distances are not squared, so that one margin
    means the same here and for `batch_hard_triplet_loss`.

    Args:
        features: `(batch, features)`; not scaled.
        identities: `(batch,)`; -1 where it is not known who it is.
        actions: `(batch,)`; crops of different actions are not compared.
        margin: in the unit of the features.

    Returns:
        A scalar; 0 without an anchor.
    """
    pairs = pairs_of(identities, actions)
    anchors = pairs.anchors
    if not anchors.any():
        return (features * 0).sum()
    others = pairs.positive.to(features)
    count = others.sum(dim=1, keepdim=True)
    sums = others @ features
    own = torch.linalg.vector_norm(features - sums / count.clamp(min=1), dim=1)
    # Each crop stands for the centre of its person; who has several stands there several times.
    centres = (sums + features) / (count + 1)
    nearest = torch.cdist(features, centres).masked_fill(~pairs.negative, torch.inf).amin(dim=1)
    return torch.relu(margin + own[anchors] - nearest[anchors]).mean()

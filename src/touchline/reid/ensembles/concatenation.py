"""The features of several runs set one behind the other."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from touchline.reid.distances import FeatureDistances, Features
from touchline.reid.ensembles.weights import shares


def concatenated(
    members: Sequence[FeatureDistances], weights: Sequence[float] | None = None
) -> FeatureDistances:
    """Distances of the features of all members, each multiplied by the root of its share.

    Roots, because squared distances add: these distances are the weighted mean of the members'
    (see `algebra`). The joined vectors are unit vectors again, so that they can be re-ranked or
    indexed as those of one run, which a mean of distances cannot.

    Args:
        members: unit features of the same crops, of any lengths.
        weights: of the squared distances; null weighs all alike. A member of weight 0 is left out.

    Raises:
        UsageError: for members of different crops or unusable weights (see `shares`).

    >>> one = FeatureDistances(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32))
    >>> concatenated([one, one]).block(slice(1), slice(None)).round(6).tolist()
    [[0.0, 2.0]]
    """
    parts = shares(members, weights)
    return FeatureDistances(
        _joined([member.queries for member in members], parts),
        _joined([member.gallery for member in members], parts),
    )


def _joined(features: Sequence[Features], parts: NDArray[np.float64]) -> Features:
    scaled = [
        each * np.float32(np.sqrt(part)) for each, part in zip(features, parts, strict=True) if part
    ]
    joined = np.concatenate(scaled, axis=1)
    joined[np.isnan(joined).any(axis=1)] = np.nan  # unreadable to one run is unreadable
    return joined

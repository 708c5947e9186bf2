"""What the members of an ensemble count for."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from touchline.errors import UsageError
from touchline.reid.distances import Distances


def shares(members: Sequence[Distances], weights: Sequence[float] | None) -> NDArray[np.float64]:
    """Each member's share of the ensemble, summing to 1; without weights, equal shares.

    Args:
        members: distances of the same queries to the same gallery.
        weights: one a member, not negative, in any scale.

    Raises:
        UsageError: when there is no member, members are of different crops, or the weights are not
            of them, negative, not finite or all 0.
    """
    if not members:
        raise UsageError("at least one member of an ensemble", "none", "Name the runs to mix.")
    shapes = list(dict.fromkeys(member.shape for member in members))
    if len(shapes) > 1:
        raise UsageError(
            "members of an ensemble that compare the same crops",
            " and ".join(f"{queries} x {gallery}" for queries, gallery in shapes),
            "Run all of them on the same split.",
        )
    return shares_of([1.0] * len(members) if weights is None else weights, len(members))


def shares_of(weights: Sequence[float], members: int) -> NDArray[np.float64]:
    """Weights scaled to a sum of 1; refused as `shares` refuses them.

    >>> shares_of([2, 6], 2).tolist()
    [0.25, 0.75]
    """
    given = np.asarray(weights, dtype=np.float64)
    usable = given.shape == (members,) and np.isfinite(given).all() and (given >= 0).all()
    if not usable or not given.any():
        raise UsageError(
            f"{members} weights that are not negative and not all 0", f"{list(weights)}",
            "Give one weight a member.",
        )  # fmt: skip
    parts: NDArray[np.float64] = given / given.sum()
    return parts

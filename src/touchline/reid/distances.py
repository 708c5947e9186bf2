"""How far crops are apart, asked for block by block so that no full matrix is ever needed.

Everything that ranks, re-ranks, mixes or scores takes a `Distances` and asks it for blocks of any
size, so that features, ensembles and re-ranked distances can stand in for each other.
"""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from touchline.errors import UsageError

Features: TypeAlias = NDArray[np.float32]
Places: TypeAlias = NDArray[np.intp]
Block: TypeAlias = NDArray[np.float32]


class Distances(Protocol):
    """Distances between queries and a gallery."""

    @property
    def shape(self) -> tuple[int, int]:
        """Number of queries, number of gallery crops."""
        ...

    def block(self, queries: Places | slice, gallery: Places | slice) -> Block:
        """Distances of some queries to some of the gallery, float32 `(queries, gallery)`.

        The smaller, the more alike. A block does not depend on what else is in it.
        """
        ...


UNREADABLE = 5.0
"""The distance of a crop without a vector from all others: farther than any two vectors are."""


@dataclass(frozen=True)
class FeatureDistances:
    """Squared Euclidean distances of unit vectors, `2 - 2 cos`, from 0 to 4.

    They rank as the cosine does, and the mean of several equals the distance of the vectors set
    one behind the other (up to scale). A row of NaN stands for a crop that could not be read; it
    is `UNREADABLE` far from everything, so that it is ranked last.

    Attributes:
        queries: unit vectors, `(queries, features)`.
        gallery: unit vectors, `(gallery, features)`.
    """

    queries: Features
    gallery: Features

    @property
    def shape(self) -> tuple[int, int]:
        """Number of queries, number of gallery crops."""
        return len(self.queries), len(self.gallery)

    def block(self, queries: Places | slice, gallery: Places | slice) -> Block:
        """Distances of some queries to some of the gallery."""
        rows, columns = self.queries[queries], self.gallery[gallery]
        found: Block = rows @ columns.T
        found *= -2
        found += 2
        found[np.isnan(rows[:, 0])] = UNREADABLE
        found[:, np.isnan(columns[:, 0])] = UNREADABLE
        return found


def unit(features: Features) -> Features:
    """Vectors scaled to length 1, `(crops, features)`.

    Raises:
        UsageError: when a vector is zero or not finite: the network that made it is broken.

    >>> unit(np.array([[3.0, 4.0]], np.float32)).tolist()
    [[0.6000000238418579, 0.800000011920929]]
    """
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    bad = np.flatnonzero(~(np.isfinite(lengths) & (lengths > 0)))
    if len(bad):
        raise UsageError(
            "features that are finite and not zero", f"{len(bad)}, the first of crop {bad[0]}",
            "Train the network again, at a lower rate.",
        )  # fmt: skip
    return np.asarray(features / lengths, dtype=np.float32)

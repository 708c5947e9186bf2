"""The distances of several runs, averaged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from touchline.reid.distances import Block, Distances, Places
from touchline.reid.ensembles.weights import shares


@dataclass(frozen=True)
class DistanceMean:
    """A weighted mean of distances, block by block.

    Members may be anything that gives distances, re-ranked ones too; they should be of one scale,
    for a member whose distances vary more counts for more.

    Attributes:
        members: distances of the same queries to the same gallery.
        shares: what each counts for, summing to 1.
    """

    members: tuple[Distances, ...]
    shares: tuple[float, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Number of queries, number of gallery crops."""
        return self.members[0].shape

    def block(self, queries: Places | slice, gallery: Places | slice) -> Block:
        """Mean distances of some queries to some of the gallery."""
        parts = zip(self.members, self.shares, strict=True)
        member, share = next(parts)
        total: Block = member.block(queries, gallery) * np.float32(share)
        for member, share in parts:
            total += member.block(queries, gallery) * np.float32(share)
        return total


def distance_mean(
    members: Sequence[Distances], weights: Sequence[float] | None = None
) -> DistanceMean:
    """Average the distances of members; a member of weight 0 is not asked.

    Args:
        members: distances of the same queries to the same gallery.
        weights: one a member in any scale; null weighs all alike.

    Raises:
        UsageError: for members of different crops or unusable weights (see `shares`).
    """
    parts = shares(members, weights)
    used = np.flatnonzero(parts).tolist()
    return DistanceMean(tuple(members[i] for i in used), tuple(float(parts[i]) for i in used))

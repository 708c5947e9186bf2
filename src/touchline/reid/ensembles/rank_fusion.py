"""The ranks that several runs give, fused: scales of distances no longer matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from touchline.reid.distances import Block, Distances, Places
from touchline.reid.ensembles.weights import shares
from touchline.reid.reranking.actions import Actions

FusionMethod = Literal["borda", "reciprocal"]
DAMPING = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009)."""
CHUNK_BYTES = 16 << 20


@dataclass(frozen=True)
class FusedRanks:
    """Distances made of the ranks that a crop has in the members' lists.

    A rank needs the whole list, so a block ranks all that its queries are compared with, the
    gallery of their action or all of it, whatever part of that is asked for, and does not depend
    on the part. Ask for whole rows, a few queries at a time; a block that is one of many across the
    gallery costs as much as whole rows. Crops at the same distance share their mean rank.

    Attributes:
        members: distances of the same queries to the same gallery.
        shares: what each counts for, summing to 1.
        method: `borda` is the mean rank, from 0 for always first to 1 for always last;
            `reciprocal` is `1 - mean of (60 + 1) / (60 + rank)`, which cares most about the first.
        actions: inside which ranks count; None ranks the whole gallery.
    """

    members: tuple[Distances, ...]
    shares: tuple[float, ...]
    method: FusionMethod
    actions: Actions | None

    @property
    def shape(self) -> tuple[int, int]:
        """Number of queries, number of gallery crops."""
        return self.members[0].shape

    def block(self, queries: Places | slice, gallery: Places | slice) -> Block:
        """Fused distances of some queries to some of the gallery, from 0 to 1.

        Raises:
            ValueError: when ranks are inside actions and the block reaches over several.
        """
        asking = np.arange(self.shape[0])[queries]
        wanted = np.arange(self.shape[1])[gallery]
        compared = self._compared(asking, wanted)
        columns = np.searchsorted(compared, wanted)
        fused = np.empty((len(asking), len(wanted)), dtype=np.float32)
        rows = max(1, CHUNK_BYTES // (8 * max(1, len(compared))))
        for start in range(0, len(asking) if len(wanted) else 0, rows):
            part = asking[start : start + rows]
            fused[start : start + rows] = self._fused(part, compared)[:, columns]
        return fused

    def _compared(self, queries: Places, gallery: Places) -> Places:
        """All that the queries are compared with, ascending."""
        if self.actions is None:
            return np.arange(self.shape[1])
        return np.flatnonzero(self.actions.gallery == self.actions.of_block(queries, gallery))

    def _fused(self, queries: Places, compared: Places) -> NDArray[np.float64]:
        total = np.zeros((len(queries), len(compared)))
        for member, share in zip(self.members, self.shares, strict=True):
            ranks = _mean_ranks(member.block(queries, compared))
            if self.method == "borda":
                total += share * (ranks - 1) / max(1, len(compared) - 1)
            else:
                total += share * (1 - (DAMPING + 1) / (DAMPING + ranks))
        return total


def fused_ranks(
    members: Sequence[Distances],
    weights: Sequence[float] | None = None,
    method: FusionMethod = "borda",
    actions: Actions | None = None,
) -> FusedRanks:
    """Fuse the ranks of members; a member of weight 0 is not asked.

    Args:
        members: distances of the same queries to the same gallery.
        weights: one a member in any scale; null weighs all alike.
        method: see `FusedRanks`.
        actions: inside which ranks count; None ranks the whole gallery.

    Raises:
        UsageError: for members of different crops or unusable weights (see `shares`).
    """
    parts = shares(members, weights)
    used = np.flatnonzero(parts).tolist()
    return FusedRanks(
        tuple(members[i] for i in used), tuple(float(parts[i]) for i in used), method, actions
    )


def _mean_ranks(distances: Block) -> NDArray[np.float64]:
    """Ranks in each row from 1, equal distances sharing the mean of theirs."""
    order = np.argsort(distances, axis=1)
    ordered = np.take_along_axis(distances, order, axis=1)
    begins = np.ones(distances.shape, dtype=np.bool_)
    np.not_equal(ordered[:, 1:], ordered[:, :-1], out=begins[:, 1:])
    starts = np.flatnonzero(begins)
    lengths = np.diff(starts, append=begins.size)
    means = starts % distances.shape[1] + (lengths + 1) / 2
    ranks = np.empty(distances.shape)
    np.put_along_axis(ranks, order, np.repeat(means, lengths).reshape(distances.shape), axis=1)
    return ranks

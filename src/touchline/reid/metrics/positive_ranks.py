"""The ranks of the right answers: all that any retrieval score is made of.

They are counted, not sorted out: the rank of one gallery crop is one more than the number of those
before it, so a query costs one pass over its distances for each of its positives, and no list of
the whole gallery is ever ordered.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from touchline.errors import UsageError
from touchline.reid.crops import Codes
from touchline.reid.distances import Block, Distances, Places
from touchline.reid.protocol import Protocol
from touchline.reid.ranking.blocks import compared_blocks
from touchline.reid.ranking.truth import truth_of

Ranks = NDArray[np.int64]


@dataclass(frozen=True)
class PositiveRanks:
    """Where the positives of each query stand in its list.

    Attributes:
        counts: positives of each query, shape (queries,).
        ranks: from 1, ascending for each query, one query's behind the other's, shape
            (positives,).
        compared: length of each query's list, shape (queries,).
    """

    counts: Ranks
    ranks: Ranks
    compared: Ranks

    @property
    def scored(self) -> Places:
        """The queries that have a positive, ascending.

        Raises:
            UsageError: when none has: then there is nothing to score.
        """
        places = np.flatnonzero(self.counts)
        if not len(places):
            raise UsageError(
                "at least one query whose identity is in the gallery it is compared with",
                f"none of {len(self.counts)}",
                "Check that queries and gallery are of one split, and have names.",
            )
        return places


def positive_ranks(
    distances: Distances, queries: Codes, gallery: Codes, protocol: Protocol
) -> PositiveRanks:
    """Exactly the ranks that a stable sort of each query's list would give its positives.

    Of two crops at the same distance the first in the gallery comes first.

    Args:
        distances: of all queries to all the gallery; asked for in blocks.
        queries: who they are and where.
        gallery: the same of the gallery.
        protocol: what is compared.

    Raises:
        UsageError: when the distances do not belong to these crops, or one is not a number.
    """
    truth = truth_of(queries, gallery, protocol)
    positives = truth.positives
    ranks = np.zeros(len(positives.places), np.int64)
    for block in compared_blocks(distances, queries, gallery, protocol, truth.junk):
        entries = positives.entries(block.queries)
        columns = np.searchsorted(block.gallery, positives.places[entries])
        counts = positives.counts[block.queries]
        found: list[int] = []
        for row, own in _columns_by_row(block.distances, columns, counts):
            found += (_sorted_ranks if _worth_sorting(own, row) else _counted_ranks)(row, own)
        ranks[entries] = found
    asking = np.repeat(np.arange(len(queries)), positives.counts)
    ranks = ranks[np.lexsort((ranks, asking))]
    return PositiveRanks(positives.counts, ranks, truth.compared)


def _columns_by_row(block: Block, columns: Places, counts: Places) -> list[tuple[Block, list[int]]]:
    """Each row of a block that has columns of its own, with them."""
    ends = np.cumsum(counts).tolist()
    listed = columns.tolist()
    return [
        (block[row], listed[end - count : end])
        for row, (end, count) in enumerate(zip(ends, counts.tolist(), strict=True))
        if count
    ]


def _worth_sorting(columns: list[int], row: Block) -> bool:
    """Whether counting for each column takes longer than sorting the row once, as measured."""
    return len(columns) > 8 + len(row) // 64


def _counted_ranks(row: Block, columns: list[int]) -> list[int]:
    """The ranks of some columns by counting; NaN stands nowhere."""
    return [
        1
        + int(np.count_nonzero(row[:column] <= row[column]))
        + int(np.count_nonzero(row[column + 1 :] < row[column]))
        for column in columns
    ]


def _sorted_ranks(row: Block, columns: list[int]) -> list[int]:
    """The same by sorting, where NaN stands last."""
    ranks = np.empty(len(row), np.int64)
    ranks[np.argsort(row, kind="stable")] = np.arange(1, len(row) + 1)
    return [int(rank) for rank in ranks[columns]]

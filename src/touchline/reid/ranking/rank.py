"""Each query's gallery, the likest first."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from touchline.reid.crops import Codes
from touchline.reid.distances import Block, Distances, Places
from touchline.reid.protocol import Protocol
from touchline.reid.ranking.blocks import compared_blocks
from touchline.reid.ranking.truth import truth_of


@dataclass(frozen=True)
class Ranking:
    """The gallery as one query sees it.

    Attributes:
        query: its place among the queries.
        gallery: places in the gallery, the likest first, shape (n,).
        distances: of each of them, ascending, float32 (n,).
    """

    query: int
    gallery: Places
    distances: Block


def rank(
    distances: Distances, queries: Codes, gallery: Codes, protocol: Protocol, top: int | None = None
) -> Iterator[Ranking]:
    """Rank what each query is compared with; of two at the same distance the first in the gallery.

    Args:
        distances: of all queries to all the gallery; asked for in blocks.
        queries: who they are and where.
        gallery: the same of the gallery.
        protocol: what is compared; what it removes is in no list.
        top: keep only so many of each list, at least 1: the same as the first of the whole list,
            without sorting the rest.

    Yields:
        One ranking a query, action after action where there are actions, else in the order of the
        queries. It is empty where there is nothing to compare with.

    Raises:
        UsageError: when the distances do not belong to these crops, or one is not a number.
    """
    junk = truth_of(queries, gallery, protocol).junk
    for block in compared_blocks(distances, queries, gallery, protocol, junk):
        kept = len(block.gallery) - junk.counts[block.queries]
        wanted = kept if top is None else np.minimum(kept, top)
        rows = zip(block.queries.tolist(), block.distances, wanted.tolist(), strict=True)
        for query, row, count in rows:
            order = _nearest(row, count)
            yield Ranking(query, block.gallery[order], row[order])


def _nearest(row: Block, count: int) -> Places:
    """Where the `count` smallest stand, ascending, equal ones in their order; NaN counts last."""
    if count == len(row):
        return np.argsort(row, kind="stable")
    if count == 0:
        return np.empty(0, np.intp)
    # Not by argpartition, which of several equal distances keeps any.
    bound = np.partition(row, count - 1)[count - 1]
    near = np.flatnonzero(row <= bound)
    return near[np.argsort(row[near], kind="stable")[:count]]

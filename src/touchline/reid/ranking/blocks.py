"""The distances that count, block by block, so that memory stays flat whatever the gallery."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from touchline.errors import UsageError
from touchline.reid.crops import Codes
from touchline.reid.distances import Block, Distances, Places
from touchline.reid.protocol import Protocol
from touchline.reid.ranking.truth import PlacesByQuery

BLOCK_BYTES = 32 << 20


@dataclass(frozen=True)
class ComparedBlock:
    """Queries with everything they are compared with.

    Attributes:
        queries: their places, ascending, shape (q,).
        gallery: places, ascending, shape (g,).
        distances: float32 (q, g); NaN where a pair is not compared.
    """

    queries: Places
    gallery: Places
    distances: Block


def compared_blocks(
    distances: Distances, queries: Codes, gallery: Codes, protocol: Protocol, junk: PlacesByQuery
) -> Iterator[ComparedBlock]:
    """Each query once, in one block with all it is compared with; at most 32 MiB a block.

    Inside actions a block is one action, so that of SoccerNet's 400 million pairs only the 239,000
    that count are ever computed; over the whole gallery it is as many queries as fit, one at least.
    A query whose action has no gallery comes in a block without columns.

    Args:
        distances: of all queries to all the gallery.
        queries: who they are and where.
        gallery: the same of the gallery.
        protocol: what is compared.
        junk: what is not (see `touchline.reid.ranking.truth`).

    Raises:
        UsageError: when the distances are of other queries or another gallery, or one of them is
            not a number.
    """
    if distances.shape != (len(queries), len(gallery)):
        raise UsageError(
            f"distances of {len(queries)} queries to {len(gallery)} gallery crops",
            " x ".join(map(str, distances.shape)),
            "Compute features and distances of the same split.",
        )
    for asking, searched in _compared(queries, gallery, protocol):
        rows = max(1, BLOCK_BYTES // (4 * max(1, len(searched))))
        for start in range(0, len(asking), rows):
            part = asking[start : start + rows]
            yield _block(distances, part, searched, junk)


def _compared(
    queries: Codes, gallery: Codes, protocol: Protocol
) -> Iterator[tuple[Places, Places]]:
    """Places of queries with the places of all they are compared with, both ascending."""
    if protocol.within == "everything":
        yield np.arange(len(queries)), np.arange(len(gallery))
        return
    asking, searched = (np.argsort(codes.actions, kind="stable") for codes in (queries, gallery))
    asked, held = queries.actions[asking], gallery.actions[searched]
    actions = np.unique(asked)
    ends = [
        np.searchsorted(ordered, actions, side).tolist()
        for ordered in (asked, held)
        for side in ("left", "right")
    ]
    for first, last, low, high in zip(*ends, strict=True):
        yield asking[first:last], searched[low:high]


def _block(
    distances: Distances, asking: Places, searched: Places, junk: PlacesByQuery
) -> ComparedBlock:
    if not len(searched):
        return ComparedBlock(asking, searched, np.empty((len(asking), 0), np.float32))
    found = distances.block(_as_slice(asking), _as_slice(searched))
    if np.isnan(found.max()):
        row, column = np.argwhere(np.isnan(found))[0]
        raise UsageError(
            "distances that are numbers",
            f"none between query {asking[row]} and gallery crop {searched[column]}",
            "Compute the features again, with a network whose weights are finite.",
        )
    if len(junk.places) and len(entries := junk.entries(asking)):
        found = found.copy()  # it may be a view of somebody's matrix
        rows = np.repeat(np.arange(len(asking)), junk.counts[asking])
        found[rows, np.searchsorted(searched, junk.places[entries])] = np.nan
    return ComparedBlock(asking, searched, found)


def _as_slice(places: Places) -> Places | slice:
    """Neighbouring places as a slice, which copies no features."""
    first, last = int(places[0]), int(places[-1])
    return slice(first, last + 1) if last - first + 1 == len(places) else places

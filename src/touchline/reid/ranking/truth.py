"""What each query is compared with, and what of it is right, before any distance is known."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from touchline.reid.crops import Codes
from touchline.reid.distances import Places
from touchline.reid.protocol import Protocol


@dataclass(frozen=True)
class PlacesByQuery:
    """Some places of the gallery for each query, in one flat array.

    Attributes:
        starts: shape (queries + 1,); those of query q are `places[starts[q]:starts[q + 1]]`.
        places: in the gallery, ascending for each query.
    """

    starts: Places
    places: Places

    @cached_property
    def counts(self) -> Places:
        """How many there are for each query, shape (queries,)."""
        return np.diff(self.starts)

    def entries(self, queries: Places) -> Places:
        """Where in `places` those of some queries lie, one query after the other."""
        return ranges(self.starts[queries], self.counts[queries])


@dataclass(frozen=True)
class Truth:
    """What is right, and what is not compared.

    Attributes:
        positives: gallery crops of each query's identity that it is compared with.
        junk: gallery crops that are taken off its list.
        compared: length of each query's list, shape (queries,).
    """

    positives: PlacesByQuery
    junk: PlacesByQuery
    compared: Places


def truth_of(queries: Codes, gallery: Codes, protocol: Protocol) -> Truth:
    """The truth of a protocol; memory grows with the pairs of one identity, not with all pairs.

    >>> queries = Codes(*np.array([[7], [-1], [1]]))
    >>> gallery = Codes(*np.array([[7, 7, -1], [-1, -1, -1], [1, 2, 1]]))
    >>> truth = truth_of(queries, gallery, Protocol("everything", "removed"))
    >>> truth.positives.places.tolist(), truth.junk.places.tolist(), truth.compared.tolist()
    ([1], [0], [2])
    """
    by_identity = np.argsort(gallery.identities, kind="stable")
    first, counts = _spans(gallery.identities[by_identity], queries.identities)
    counts = np.where(queries.identities < 0, 0, counts)
    asking = np.repeat(np.arange(len(queries)), counts)
    places = by_identity[ranges(first, counts)]
    compared = np.full(len(queries), len(gallery))
    if protocol.within == "action":
        together = queries.actions[asking] == gallery.actions[places]
        asking, places = asking[together], places[together]
        compared = _spans(np.sort(gallery.actions), queries.actions)[1]
    is_junk = np.zeros(len(places), bool)
    if protocol.same_camera == "removed":
        cameras = gallery.cameras[places]
        is_junk = (queries.cameras[asking] == cameras) & (cameras >= 0)
    positives, junk = (
        _by_query(asking[kept], places[kept], len(queries)) for kept in (~is_junk, is_junk)
    )
    return Truth(positives, junk, compared - junk.counts)


def ranges(starts: Places, counts: Places) -> Places:
    """Whole numbers from each start, so many of them, one range behind the other.

    >>> ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    shifts: Places = np.repeat(starts - ends + counts, counts)
    return shifts + np.arange(total)


def _spans(ordered: NDArray[np.int64], wanted: NDArray[np.int64]) -> tuple[Places, Places]:
    """Where each wanted number begins among ordered ones, and how often it occurs."""
    first = np.searchsorted(ordered, wanted, "left")
    return first, np.searchsorted(ordered, wanted, "right") - first


def _by_query(asking: Places, places: Places, queries: int) -> PlacesByQuery:
    return PlacesByQuery(np.searchsorted(asking, np.arange(queries + 1)), places)

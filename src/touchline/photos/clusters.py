"""Photos that belong together, joined pair by pair; each cluster knows which of them are mirrored.

A union-find: https://en.wikipedia.org/wiki/Disjoint-set_data_structure, with a parity on each edge.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["exact", "near", "mirrored", "burst"]


@dataclass(frozen=True)
class Link:
    """Why two photos belong together.

    Attributes:
        first, second: places of the photos.
        kind: `exact`, the same bytes; `near`, the same picture; `mirrored`, the same picture
            mirrored; `burst`, much the same a moment later.
        likeness: in [-1, 1]; see `touchline.photos.likeness`.
    """

    first: int
    second: int
    kind: Kind
    likeness: float = 1.0


@dataclass(frozen=True)
class Cluster:
    """Two or more photos that belong together.

    Attributes:
        photos: their places, increasing.
        mirrored: for each, whether it shows the first of them mirrored.
        links: what joined them, one less than there are photos.
    """

    photos: tuple[int, ...]
    mirrored: tuple[bool, ...]
    links: tuple[Link, ...]

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of its links."""
        return frozenset(link.kind for link in self.links)


class Forest:
    """Photos `0 ... count - 1`, each alone at first."""

    def __init__(self, count: int) -> None:
        self._parent = np.arange(count)
        self._odd = np.zeros(count, bool)  # mirrored against the parent
        self._links: list[Link] = []

    def join(self, link: Link) -> bool:
        """Put two photos together; False, and nothing changes, when they already are."""
        (first, first_odd), (second, second_odd) = self._root(link.first), self._root(link.second)
        if first == second:
            return False
        self._parent[second] = first
        self._odd[second] = first_odd ^ second_odd ^ (link.kind == "mirrored")
        self._links.append(link)
        return True

    def roots(self) -> np.ndarray:
        """For each photo the place of one of its cluster, the same for all of that cluster."""
        roots = self._parent
        while not np.array_equal(roots, above := roots[roots]):
            roots = above
        return roots

    def clusters(self) -> tuple[Cluster, ...]:
        """The clusters of two or more, in the order of their first photos."""
        links: defaultdict[int, list[Link]] = defaultdict(list)
        for link in self._links:
            links[self._root(link.first)[0]].append(link)
        photos: defaultdict[int, list[int]] = defaultdict(list)
        for place, root in enumerate(self.roots().tolist()):
            if root in links:
                photos[root].append(place)
        return tuple(
            Cluster(tuple(places), self._mirrored(places), tuple(links[root]))
            for root, places in photos.items()
        )

    def _mirrored(self, places: list[int]) -> tuple[bool, ...]:
        odd = [self._root(place)[1] for place in places]
        return tuple(other != odd[0] for other in odd)

    def _root(self, place: int) -> tuple[int, bool]:
        """The root above a photo, and whether the photo is mirrored against it.

        The way is halved while it is walked, so that ways stay short.
        """
        odd = False
        while (parent := self._parent[place]) != place:
            self._odd[place] ^= self._odd[parent]
            self._parent[place] = self._parent[parent]
            odd ^= bool(self._odd[place])
            place = self._parent[place]
        return int(place), odd

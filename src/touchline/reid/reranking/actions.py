"""Which action a block lies in, for distances that mean something only inside one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from touchline.reid.distances import Places


@dataclass(frozen=True)
class Actions:
    """The actions of queries and gallery, as codes; crops without one (-1) count as one action.

    Attributes:
        queries: int64, `(queries,)`.
        gallery: int64, `(gallery,)`.
    """

    queries: NDArray[np.int64]
    gallery: NDArray[np.int64]

    def members(self) -> Iterator[NDArray[np.intp]]:
        """The places of each action's crops, queries counted before the gallery, in order.

        >>> actions = Actions(np.array([7, 3]), np.array([3, 7, 7]))
        >>> [places.tolist() for places in actions.members()]
        [[1, 2], [0, 3, 4]]
        """
        every = np.concatenate([self.queries, self.gallery])
        if not len(every):
            return
        order = np.argsort(every, kind="stable")
        yield from np.split(order, np.flatnonzero(np.diff(every[order])) + 1)

    def of_block(self, queries: Places | slice, gallery: Places | slice) -> int | None:
        """The action a block lies in; None for a block without crops.

        Raises:
            ValueError: when the block reaches over several actions.
        """
        here, there = self.queries[queries], self.gallery[gallery]
        first = next((int(part[0]) for part in (here, there) if len(part)), None)
        if not ((here == first).all() and (there == first).all()):
            raise ValueError("a block over several actions; ask for one action at a time")
        return first

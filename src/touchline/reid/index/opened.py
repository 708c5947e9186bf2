"""An index opened to be searched; its vectors stay on the disk."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute
from numpy.typing import NDArray

from touchline.errors import UsageError
from touchline.reid.crops import NOBODY, Crop
from touchline.reid.distances import Block, Features
from touchline.reid.index.crop_rows import crops_of, read_crop_rows
from touchline.reid.index.facts import IndexFacts, read_facts
from touchline.reid.index.vector_files import load_faiss, read_vectors


@dataclass(frozen=True)
class Index:
    """A gallery on the disk. What it searches with must be vectors of length 1.

    Attributes:
        facts: what it says of itself.
        vectors: the faiss index, its file mapped into memory.
        rows: a pyarrow table of its crops, in memory.
    """

    facts: IndexFacts
    vectors: Any
    rows: Any

    def nearest(self, features: Features, top: int) -> tuple[NDArray[np.int64], Block]:
        """The crops nearest to some vectors.

        Args:
            features: `(n, features)`.
            top: how many.

        Returns:
            Their places, int64 `(n, found)`, nearest first, and their distances `2 - 2 cos`,
            float32 `(n, found)`; `found` is `top`, or the number of crops where that is less. Where
            an `ivf` index finds fewer in the lists it searches, the rest are place -1 at infinity.
        """
        faiss, options = load_faiss(), None
        if self.facts.kind == "ivf":
            options = faiss.SearchParametersIVF(nprobe=self.facts.probes)
        cosines, places = self.vectors.search(
            np.ascontiguousarray(features, np.float32), min(top, self.facts.count), params=options
        )
        cosines[places < 0] = -np.inf
        return places, 2 - 2 * cosines

    @property
    def named(self) -> bool:
        """Whether any of its crops bears a name."""
        return bool(pyarrow.compute.any(pyarrow.compute.not_equal(self.rows["identity"], NOBODY)))

    def crops(self, places: Iterable[int]) -> list[Crop]:
        """The crops at some places."""
        return crops_of(self.rows, places)

    def of_action(self, action: str) -> tuple[list[Crop], Features]:
        """All crops of an action, in the order of the index, and their vectors `(n, features)`."""
        order, names, starts = self._by_action
        number = names.get(action)
        if number is None:
            return [], np.empty((0, self.facts.dimensions), np.float32)
        places = order[starts[number] : starts[number + 1]]
        return self.crops(places), self.vectors.reconstruct_batch(places)

    @cached_property
    def _by_action(self) -> tuple[NDArray[np.int64], dict[str, int], NDArray[np.int64]]:
        """Places sorted by action, numbers of the actions, and where each begins."""
        column = self.rows["action"].combine_chunks()
        codes, names = column.indices.to_numpy(), column.dictionary.to_pylist()
        starts = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(names)))])
        numbers = {name: number for number, name in enumerate(names)}
        return np.argsort(codes, kind="stable"), numbers, starts


def open_index(folder: Path, weights: str) -> Index:
    """Open the index in `folder`.

    Args:
        folder: of the index.
        weights: SHA-256 of the weights of the network that will search it.

    Raises:
        UsageError: there is no index, it is broken, or another network made its vectors.
        EnvironmentMissingError: faiss is not installed.
    """
    facts = read_facts(folder)
    facts.require_weights(weights)
    vectors = read_vectors(folder / facts.vectors, mapped=True)
    rows = read_crop_rows(folder / facts.crops)
    if (vectors.ntotal, vectors.d, rows.num_rows) != (facts.count, facts.dimensions, facts.count):
        raise UsageError(
            f"{facts.count} crops and vectors of {facts.dimensions} features",
            f"{rows.num_rows} and {vectors.ntotal} of {vectors.d} in {folder}",
            "Build the index again.",
        )
    return Index(facts, vectors, rows)

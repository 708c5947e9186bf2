"""Searching only some lists of vectors: how many there are, how many are enough, what is missed.

The vectors are dealt to lists by their nearest centre (an inverted file, `ivf`). A query searches
the lists of the centres nearest to it. Half of a sample says how many lists are needed, the other
half what that costs.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchline.errors import UsageError
from touchline.reid.distances import Features
from touchline.reid.index.facts import Recall
from touchline.reid.index.vector_files import load_faiss

FEWEST = 1000
"""Vectors below which lists save nothing."""
TRAINED_ON = 64
"""Vectors a list from which the centres are learnt; faiss asks for 39 at least."""
SAMPLE = 1000
"""Vectors that are searched for to measure recall, half of them to choose the probes."""
TOP = 10


def require_enough(count: int) -> None:
    """Refuse to make lists of few vectors.

    Raises:
        UsageError: below 1,000.
    """
    if count < FEWEST:
        raise UsageError(
            f"at least {FEWEST:,} crops for an ivf index", f"{count:,}",
            "Build a flat one: it is exact, and fast enough.",
        )  # fmt: skip


def make_lists(vectors: Features, seed: int) -> Any:
    """An empty faiss index whose centres are learnt from a sample of the vectors.

    Args:
        vectors: `(n, features)` of length 1, on the disk maybe.
        seed: of the sample.
    """
    faiss = load_faiss()
    count = min(round(4 * len(vectors) ** 0.5), len(vectors) // TRAINED_ON)
    index = faiss.index_factory(
        vectors.shape[1], f"IVF{count},Flat", faiss.METRIC_INNER_PRODUCT
    )  # fmt: skip
    index.train(vectors[_drawn(len(vectors), count * TRAINED_ON, seed)])
    # With a direct map a vector can be read by its place, which searching inside an action needs.
    index.make_direct_map()
    return index


def choose_probes(index: Any, target: float, seed: int) -> tuple[int, Recall]:
    """The least power of two of lists (or all) that reaches a recall, and the recall it has.

    Args:
        index: filled, of `make_lists`.
        target: recall of the ten nearest that is wanted, in (0, 1].
        seed: of the sample.
    """
    places = _drawn(index.ntotal, SAMPLE, seed)
    vectors = index.reconstruct_batch(places)
    exact = _nearest(index, vectors, places, index.nlist)
    half = len(places) // 2
    probes = 1
    while probes < index.nlist:
        found = _nearest(index, vectors[:half], places[:half], probes)
        if recall(found, exact[:half]) >= target:
            break
        probes = min(2 * probes, index.nlist)
    found = _nearest(index, vectors[half:], places[half:], probes)
    return probes, Recall(round(recall(found, exact[half:]), 4), len(places) - half)


def recall(found: NDArray[np.int64], exact: NDArray[np.int64]) -> float:
    """The mean share of `exact` (searches, top) that is in `found`, row by row.

    >>> recall(np.array([[1, 2], [5, 6]]), np.array([[2, 3], [6, 5]]))
    0.75
    """
    return float((exact[:, :, None] == found[:, None, :]).any(axis=2).mean())


def _nearest(
    index: Any, vectors: Features, own: NDArray[np.int64], probes: int
) -> NDArray[np.int64]:
    """The ten nearest of each but itself, which every search finds, `(n, 10)`."""
    faiss = load_faiss()
    options = faiss.SearchParametersIVF(nprobe=probes)
    _, places = index.search(vectors, TOP + 1, params=options)
    # The vector itself goes to the end, and with it away; where a twin took its place, the last.
    order = np.argsort(places == own[:, None], axis=1, kind="stable")
    return np.take_along_axis(places, order, axis=1)[:, :TOP]


def _drawn(n: int, wanted: int, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).choice(n, min(n, wanted), replace=False)

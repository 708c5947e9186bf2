"""What each crop looks like to its neighbours: k-reciprocal encodings, one sparse row a crop.

After Zhong, Zheng, Cao and Li, "Re-ranking Person Re-identification with k-reciprocal Encoding",
CVPR 2017, equations 2 to 9.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from touchline.reid.distances import Features
from touchline.reid.reranking.neighbours import NOBODY_ELSE, Neighbours
from touchline.reid.reranking.settings import RerankSettings

PAIRS_AT_ONCE = 8192


def encode(features: Features, neighbours: Neighbours, settings: RerankSettings) -> csr_array:
    """The encoding of each crop, `(crops, crops)`: rows of positive weights that sum to 1.

    Two crops are reciprocal at k when each is among the k nearest of the other, not counting the
    crops themselves. A crop's set is those reciprocal to it at `k1`, and with each of them, j, also
    those reciprocal to j at half of `k1` (the nearest whole number, the even one of two) where
    more than two thirds of these are in the set already. The members weigh `exp(-distance /
    farthest)`, scaled to a sum of 1; at last each row becomes the mean of the rows of its `k2`
    nearest.

    Args:
        features: unit vectors, `(crops, features)`.
        neighbours: at least `k1 + 1` of each crop; a crop without any gets an empty row.
        settings: `k1` and `k2`.
    """
    places = neighbours.places
    near = _reciprocal(places[:, : settings.k1 + 1])
    half = _reciprocal(places[:, : round(settings.k1 / 2) + 1])
    members = near + _vouched_for(near, half) @ half
    weights = _weights(features, neighbours.farthest, members)
    return _marks(places[:, : settings.k2]) @ weights / np.float32(settings.k2)


def _marks(places: NDArray[np.intp]) -> csr_array:
    """A one at each place named by a row."""
    there = places != NOBODY_ELSE
    rows = np.broadcast_to(np.arange(len(places))[:, None], places.shape)[there]
    ones = np.ones(len(rows), dtype=np.float32)
    return csr_array((ones, (rows, places[there])), shape=(len(places), len(places)))


def _reciprocal(places: NDArray[np.intp]) -> csr_array:
    marks = _marks(places)
    return marks.multiply(marks.T).tocsr()


def _vouched_for(near: csr_array, half: csr_array) -> csr_array:
    """Ones where most of a member's own set is in the set already."""
    shared = (near @ half.T).multiply(near).tocoo()
    sizes = half.sum(axis=1)
    kept = 3 * shared.data > 2 * sizes[shared.col]
    return csr_array((shared.data[kept] > 0, (shared.row[kept], shared.col[kept])), near.shape)


def _weights(features: Features, farthest: NDArray[np.float32], members: csr_array) -> csr_array:
    pairs = members.tocoo()
    distances = np.empty(pairs.nnz, dtype=np.float32)
    for start in range(0, pairs.nnz, PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        here, there = features[pairs.row[part]], features[pairs.col[part]]
        distances[part] = 2 - 2 * np.einsum("pf,pf->p", here, there)
    weights = np.exp(-distances / farthest[pairs.row])
    sums = np.bincount(pairs.row, weights, minlength=len(features)).astype(np.float32)
    return csr_array((weights / sums[pairs.row], (pairs.row, pairs.col)), shape=members.shape)

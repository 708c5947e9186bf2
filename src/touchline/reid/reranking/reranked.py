"""Re-ranked distances over a whole gallery, block by block."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, csr_array

from touchline.errors import UsageError
from touchline.reid.distances import UNREADABLE, Block, FeatureDistances, Features, Places
from touchline.reid.reranking.encoding import encode
from touchline.reid.reranking.neighbours import Neighbours, nearest_inside
from touchline.reid.reranking.settings import RerankSettings

QUERIES_AT_ONCE = 256


@dataclass(frozen=True)
class Reranked:
    """A mixture of how little the neighbours of two crops overlap and of how far they are apart.

    A block is `(1 - weight) J + weight d`, where `J = 1 - m / (2 - m)` is the Jaccard distance of
    two encodings, m the sum over their columns of the smaller weight, and d the original distance
    over that of the crop farthest from the query. Only columns that both encodings use add to m,
    so encodings stay sparse and dense numbers live no longer than their block.

    Attributes:
        original: squared Euclidean distances of unit vectors.
        query_encodings: sparse, `(queries, queries + gallery)`.
        gallery_encodings: sparse, `(gallery, queries + gallery)`.
        farthest: float32, `(queries,)`: the distance of the crop farthest from each query.
        weight: share of the original distance.
    """

    original: FeatureDistances
    query_encodings: csr_array
    gallery_encodings: csr_array
    farthest: NDArray[np.float32]
    weight: float

    @property
    def shape(self) -> tuple[int, int]:
        """Number of queries, number of gallery crops."""
        return self.original.shape

    def block(self, queries: Places | slice, gallery: Places | slice) -> Block:
        """Final distances of some queries to some of the gallery, about 0 to 1.

        Crops that could not be read stay `UNREADABLE` far from all others.
        """
        found = self.original.block(queries, gallery)
        unreadable = found == UNREADABLE
        found *= np.float32(self.weight) / self.farthest[queries][:, None]
        found += np.float32(1 - self.weight)
        rows, columns = self.query_encodings[queries], self.gallery_encodings[gallery].tocsc()
        for start in range(0, len(found), QUERIES_AT_ONCE):
            shared = _overlap(rows[start : start + QUERIES_AT_ONCE], columns)
            nearer = np.float32(1 - self.weight) * shared.data / (2 - shared.data)
            found[start + shared.row, shared.col] -= nearer
        found[unreadable] = UNREADABLE
        return found


def rerank(
    features_query: Features, features_gallery: Features, settings: RerankSettings
) -> Reranked:
    """Re-rank queries and gallery as one set of N crops (k-reciprocal re-ranking).

    This is the definition of Zhong et al. (CVPR 2017) and of their code, on which several copies
    differ, with these choices: the distance is the squared Euclidean one of unit vectors,
    `d = 2 - 2 cos`, and is not squared again (the authors square a Euclidean distance, to the same
    effect; torchreid squares the square); each row is divided by its largest distance over the
    whole set; neighbours are the `k1` nearest and the crop itself, which always comes first; equal
    distances go by place, queries before the gallery. To re-rank an ensemble, re-rank its
    concatenated features: then every pair is measured by one distance.

    Args:
        features_query: unit vectors, `(queries, features)`; a row of NaN stands for a crop that
            could not be read, which is nobody's neighbour and does not count.
        features_gallery: unit vectors, `(gallery, features)`, likewise.
        settings: k1, k2 and the weight of the original distance.

    Raises:
        UsageError: when there are not more than `k1` crops in all.
    """
    features = np.concatenate([features_query, features_gallery])
    readable = np.flatnonzero(readable_rows(features))
    if settings.k1 >= len(readable):
        raise UsageError(
            f"more than k1 = {settings.k1} crops to re-rank", f"{len(readable)}", "Lower k1."
        )
    neighbours = nearest_inside(features, [readable], settings.k1 + 1)
    return from_neighbours(features, len(features_query), neighbours, settings)


def from_neighbours(
    features: Features, queries: int, neighbours: Neighbours, settings: RerankSettings
) -> Reranked:
    """Re-ranked distances, once it is known who is near whom.

    Args:
        features: unit vectors of the queries, then of the gallery, `(crops, features)`.
        queries: how many of them are queries.
        neighbours: at least `k1 + 1` of each crop.
        settings: k1, k2 and the weight of the original distance.
    """
    encodings = encode(features, neighbours, settings)
    return Reranked(
        FeatureDistances(features[:queries], features[queries:]),
        encodings[:queries], encodings[queries:],
        neighbours.farthest[:queries], settings.weight,
    )  # fmt: skip


def readable_rows(features: Features) -> NDArray[np.bool_]:
    """Which rows are vectors, not the NaN of a crop that could not be read, `(crops,)`."""
    return ~np.isnan(features[:, 0])


def _overlap(rows: csr_array, columns: csc_array) -> coo_array:
    """Sums of minima of two sparse matrices' rows, each pair that shares a column once.

    Args:
        rows: `(rows, width)`.
        columns: `(others, width)`, by columns: who uses each of them.

    Returns:
        Sparse, `(rows, others)`.
    """
    used = rows.tocoo()
    starts = columns.indptr[used.col]
    users = columns.indptr[used.col + 1] - starts
    # One line for each column of a row and each user of that column.
    lines = np.repeat(starts - np.cumsum(users) + users, users) + np.arange(users.sum())
    smaller = np.minimum(np.repeat(used.data, users), columns.data[lines])
    pairs = (np.repeat(used.row, users), columns.indices[lines])
    return coo_array((smaller, pairs), shape=(rows.shape[0], columns.shape[0])).tocsr().tocoo()

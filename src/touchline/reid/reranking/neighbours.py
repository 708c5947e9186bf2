"""The nearest neighbours of every crop among all of them, exact, without an N x N matrix.

A product in float32 over a chunk of rows proposes candidates; their distances are computed again in
float64 and sorted. Rows in which rounding could have hidden a neighbour are worked out in full, so
that the result is that of float64 arithmetic whatever the size of the chunks.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from touchline.reid.distances import Features

NOBODY_ELSE = -1
"""Stands in a list of neighbours where there is none."""
CHUNK_BYTES = 64 << 20
SPARE = 8  # candidates beyond those wanted, so that few rows need to be worked out in full
FEW = 256  # crops whose distances are all computed in float64 at once
STRIDE = 64  # similarities that share one maximum when candidates are looked for
ROUNDING = 1e-5  # more than a float32 product of unit vectors is off, up to thousands of features
SMALLEST = 1e-6  # so that crops that are all alike divide by something


@dataclass(frozen=True)
class Neighbours:
    """Who is nearest to each crop.

    Attributes:
        places: int, `(crops, count)`: the crop itself, then the others by distance, equal ones by
            place; `NOBODY_ELSE` where there is none.
        farthest: float32, `(crops,)`: the distance of the crop that is farthest from each; 1 for a
            crop without neighbours.
    """

    places: NDArray[np.intp]
    farthest: NDArray[np.float32]


def nearest_inside(
    features: Features, groups: Iterable[NDArray[np.intp]], count: int
) -> Neighbours:
    """The nearest neighbours of each crop inside its group; crops of no group have none.

    Args:
        features: unit vectors, `(crops, features)`.
        groups: places of crops, ascending, at least `count` a group, no crop in two groups.
        count: at least 1.
    """
    places = np.full((len(features), count), NOBODY_ELSE, dtype=np.intp)
    farthest = np.ones(len(features), dtype=np.float32)
    for members in groups:
        found = nearest(features[members], count)
        places[members] = members[found.places]
        farthest[members] = found.farthest
    return Neighbours(places, farthest)


def nearest(features: Features, count: int) -> Neighbours:
    """The `count` nearest of all crops to each, itself included; distance is `2 - 2 cos`.

    Takes of the order of `crops² x features` operations and, besides the features, a fixed number
    of megabytes plus `crops x count` places.

    Args:
        features: unit vectors, `(crops, features)`.
        count: from 1 to the number of crops.

    Raises:
        ValueError: when there are fewer crops than `count`.

    >>> corner = np.array([[1, 0], [0.8, 0.6], [0, 1], [-1, 0]], np.float32)
    >>> found = nearest(corner, 2)
    >>> found.places.tolist(), found.farthest.tolist()
    ([[0, 1], [1, 0], [2, 1], [3, 2]], [4.0, 3.5999999046325684, 2.0, 4.0])
    """
    crops = len(features)
    if not 1 <= count <= crops:
        raise ValueError(f"{count} neighbours of {crops} crops")
    if crops <= max(FEW, count + SPARE):
        return _among_few(features, count)
    places = np.empty((crops, count), dtype=np.intp)
    farthest = np.empty(crops, dtype=np.float32)
    rows_a_chunk = max(1, CHUNK_BYTES // (4 * crops))
    similar = np.empty((min(rows_a_chunk, crops), crops), dtype=np.float32)
    for start in range(0, crops, rows_a_chunk):
        rows = np.arange(start, min(start + rows_a_chunk, crops))
        found = np.matmul(features[rows], features.T, out=similar[: len(rows)])
        farthest[rows] = 2 - 2 * found.min(axis=1)
        places[rows] = _among_many(features, rows, found, count)
    return Neighbours(places, np.maximum(farthest, np.float32(SMALLEST)))


def _among_few(features: Features, count: int) -> Neighbours:
    every = np.arange(len(features))
    exact = features.astype(np.float64)
    distances = 2 - 2 * np.einsum("rf,cf->rc", exact, exact)
    farthest = np.maximum(distances.max(axis=1), SMALLEST).astype(np.float32)
    candidates = np.broadcast_to(every, distances.shape)
    return Neighbours(_sorted(every, candidates, distances, count)[0], farthest)


def _among_many(
    features: Features, rows: NDArray[np.intp], similar: NDArray[np.float32], count: int
) -> NDArray[np.intp]:
    """The nearest of some rows, `(rows, count)`, from their similarities to all crops."""
    candidates = _most_similar(similar, count + SPARE)
    exact = _distances(features, rows, candidates)
    places, distances = _sorted(rows, candidates, exact, count)
    # No crop left out is more similar than the least similar candidate, but for rounding.
    least = np.take_along_axis(similar, candidates, axis=1).min(axis=1)
    for unsure in np.flatnonzero(distances[:, -1] >= 2 - 2 * least - ROUNDING):
        places[unsure] = _among_all(features, rows[unsure], count)
    return places


def _among_all(features: Features, row: np.intp, count: int) -> NDArray[np.intp]:
    """The nearest of all crops to one, `(count,)`, by pieces that fit into memory."""
    rows, kept = np.array([row]), np.empty((1, 0), dtype=np.intp)
    crops_a_piece = max(count, CHUNK_BYTES // (8 * features.shape[1]))
    for start in range(0, len(features), crops_a_piece):
        piece = np.arange(start, min(start + crops_a_piece, len(features)))
        candidates = np.concatenate([kept, piece[None]], axis=1)
        kept, _ = _sorted(rows, candidates, _distances(features, rows, candidates), count)
    nearest_to_row: NDArray[np.intp] = kept[0]
    return nearest_to_row


def _most_similar(similar: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """The columns of the `count` largest of each row, in no order.

    They lie in the `count` strided groups of columns that have the largest maxima; looking for
    those first reads each row once, fast, and partitions only a small part of it.
    """
    rows, columns = similar.shape
    groups = columns // STRIDE
    if groups <= count:
        return _largest(similar, count)
    whole = groups * STRIDE
    largest = similar[:, :whole].reshape(rows, STRIDE, groups).max(axis=1)
    best = _largest(largest, count)
    members = (best[:, None, :] + groups * np.arange(STRIDE)[:, None]).reshape(rows, -1)
    rest = np.broadcast_to(np.arange(whole, columns), (rows, columns - whole))
    members = np.concatenate([members, rest], axis=1)
    values = np.take_along_axis(similar, members, axis=1)
    return np.take_along_axis(members, _largest(values, count), axis=1)


def _largest(values: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    places: NDArray[np.intp] = np.argpartition(values, -count, axis=1)[:, -count:]
    return places


def _distances(
    features: Features, rows: NDArray[np.intp], candidates: NDArray[np.intp]
) -> NDArray[np.float64]:
    """The distances of each row's candidates, `(rows, candidates)`."""
    distances = np.empty(candidates.shape)
    rows_a_chunk = max(1, CHUNK_BYTES // (8 * candidates.shape[1] * features.shape[1]))
    for start in range(0, len(rows), rows_a_chunk):
        part = slice(start, start + rows_a_chunk)
        here = features[rows[part]].astype(np.float64)
        there = features[candidates[part]].astype(np.float64)
        distances[part] = 2 - 2 * np.einsum("rf,rcf->rc", here, there)
    return distances


def _sorted(
    rows: NDArray[np.intp],
    candidates: NDArray[np.intp],
    distances: NDArray[np.float64],
    count: int,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The nearest of the candidates of each row, and their distances, both `(rows, count)`."""
    # Nobody is nearer to a crop than itself.
    distances = np.where(candidates == rows[:, None], -np.inf, distances)
    order = np.lexsort((candidates, distances))[:, :count]
    return (
        np.take_along_axis(candidates, order, axis=1),
        np.take_along_axis(distances, order, axis=1),
    )

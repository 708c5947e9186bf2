"""Retrieval scores the slow and obvious way: one query, one list, one loop."""

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from touchline.reid.crops import NOBODY, Crop, Gallery
from touchline.reid.protocol import Protocol


def ranked_list(row: Sequence[float], query: Crop, crops: Gallery, protocol: Protocol) -> list[int]:
    """Places of the gallery, best first; of equal distances the first in the gallery."""
    kept = []
    for place, crop in enumerate(crops.gallery):
        if protocol.within == "action" and crop.action != query.action:
            continue
        same = crop.identity == query.identity != NOBODY
        if protocol.same_camera == "removed" and same and crop.camera == query.camera != "":
            continue
        kept.append(place)
    return sorted(kept, key=lambda place: (row[place], place))


def hits_of(row: Sequence[float], query: Crop, crops: Gallery, protocol: Protocol) -> list[bool]:
    """Whether each crop of the list is the query's identity."""
    listed = ranked_list(row, query, crops, protocol)
    return [crops.gallery[place].identity == query.identity != NOBODY for place in listed]


def scores_of_hits(hits: Sequence[bool]) -> dict[str, float]:
    """AP, CMC and INP of one list with a positive."""
    ranks = [rank for rank, hit in enumerate(hits, start=1) if hit]
    precisions = [sum(hits[:rank]) / rank for rank in ranks]
    return {
        "mAP": sum(precisions) / len(ranks),
        **{f"rank{cut}": float(any(hits[:cut])) for cut in (1, 5, 10)},
        "mINP": len(ranks) / ranks[-1],
    }


def mean_scores(
    matrix: np.ndarray, crops: Gallery, protocol: Protocol
) -> tuple[dict[str, float], int]:
    """Means over the queries with a positive, and how many those are."""
    per_query = []
    for row, query in zip(matrix.tolist(), crops.queries, strict=True):
        hits = hits_of(row, query, crops, protocol)
        if any(hits):
            per_query.append(scores_of_hits(hits))
    means = {
        name: math.fsum(scores[name] for scores in per_query) / len(per_query)
        for name in per_query[0]
    }
    return means, len(per_query)


def chance_of(length: int, positives: int) -> dict[str, float]:
    """The mean scores over every way to lay so many positives into a list."""
    every = [
        scores_of_hits([place in chosen for place in range(length)])
        for chosen in combinations(range(length), positives)
    ]
    return {name: math.fsum(scores[name] for scores in every) / len(every) for name in every[0]}

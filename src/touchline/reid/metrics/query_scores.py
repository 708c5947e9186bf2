"""The scores of each query, from the ranks of its positives."""

import numpy as np

from touchline.reid.metrics.positive_ranks import PositiveRanks
from touchline.reporting.confidence import Numbers

METRICS = ("mAP", "rank1", "rank5", "rank10", "mINP")
CUTS = (1, 5, 10)


def average_precisions(found: PositiveRanks) -> Numbers:
    """The AP of each query that has a positive: the mean of the precision at each positive.

    No interpolation and no trapezoid, as the official scorer and torchreid have it: with positives
    at the ranks r_1 < ... < r_m, AP = (1/r_1 + 2/r_2 + ... + m/r_m) / m.

    Returns:
        In (0, 1], shape (scored queries,).

    Raises:
        UsageError: when no query has a positive.

    >>> found = PositiveRanks(np.array([2, 0]), np.array([1, 4]), np.array([4, 4]))
    >>> average_precisions(found).tolist()  # (1/1 + 2/4) / 2
    [0.75]
    """
    scored = found.scored
    asking = np.repeat(np.arange(len(found.counts)), found.counts)
    first = np.cumsum(found.counts) - found.counts
    place = np.arange(1, len(found.ranks) + 1) - first[asking]
    sums = np.bincount(asking, place / found.ranks, minlength=len(found.counts))
    precisions: Numbers = sums[scored] / found.counts[scored]
    return precisions


def query_scores(found: PositiveRanks) -> Numbers:
    """The scores of each query that has a positive, shape (scored queries, 5), as `METRICS`.

    AP; whether the first positive is among the first 1, 5 and 10 (a list shorter than that cannot
    miss it); and the inverse negative penalty, positives / rank of the last of them (Ye and others,
    2021).

    Raises:
        UsageError: when no query has a positive.

    >>> query_scores(PositiveRanks(np.array([2]), np.array([2, 4]), np.array([4]))).tolist()
    [[0.5, 0.0, 1.0, 1.0, 0.5]]
    """
    scored = found.scored
    ends = np.cumsum(found.counts)[scored]
    counts = found.counts[scored]
    first, last = found.ranks[ends - counts], found.ranks[ends - 1]
    hits = [first <= cut for cut in CUTS]
    return np.stack([average_precisions(found), *hits, counts / last], axis=1)

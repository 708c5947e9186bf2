"""What a ranker that knows nothing scores: the mean over all orders of each list, exactly.

Inside an action lists are short, so that even chance scores well above nothing.
"""

import numpy as np

from touchline.reid.metrics.positive_ranks import PositiveRanks, Ranks
from touchline.reid.metrics.query_scores import CUTS
from touchline.reporting.confidence import Numbers


def chance_scores(found: PositiveRanks) -> Numbers:
    """The expected scores of each query that has a positive, in random order.

    Shape (scored queries, 5), columns as `touchline.reid.metrics.query_scores.METRICS`; only how
    long lists are and how many positives they hold is looked at.

    Raises:
        UsageError: when no query has a positive.
    """
    scored = found.scored
    kinds = np.stack([found.compared[scored], found.counts[scored]])
    (lengths, positives), kind = np.unique(kinds, axis=1, return_inverse=True)
    columns = [expected_average_precision(lengths, positives)]
    columns += [expected_hit(lengths, positives, cut) for cut in CUTS]
    pairs = zip(lengths.tolist(), positives.tolist(), strict=True)
    columns.append(np.array([expected_inverse_negative_penalty(*pair) for pair in pairs]))
    return np.stack(columns, axis=1)[kind.reshape(-1)]


def expected_average_precision(lengths: Ranks, positives: Ranks) -> Numbers:
    """The mean AP over all orders of lists of n crops of which m are positive.

    A crop at rank r is positive with probability m/n, and each before it is one with it with
    probability (m-1)/(n-1). Summed over r: (H + (m-1)/(n-1) (n-H)) / n, where H = 1 + ... + 1/n.

    >>> expected_average_precision(np.array([1, 2]), np.array([1, 1])).tolist()  # (1 + 1/2) / 2
    [1.0, 0.75]
    """
    harmonic = np.cumsum(1 / np.arange(1, lengths.max() + 1))[lengths - 1]
    pairs = (positives - 1) / np.maximum(lengths - 1, 1)
    expected: Numbers = (harmonic + pairs * (lengths - harmonic)) / lengths
    return expected


def expected_hit(lengths: Ranks, positives: Ranks, cut: int) -> Numbers:
    """How probable it is that one of m positives is among the first `cut` of n crops.

    >>> expected_hit(np.array([4, 4, 4]), np.array([1, 1, 2]), 2).tolist()[:2]
    [0.5, 0.5]
    """
    miss = np.ones(len(lengths))
    for place in range(cut):
        miss *= np.maximum(lengths - positives - place, 0) / np.maximum(lengths - place, 1)
    return 1 - miss


def expected_inverse_negative_penalty(length: int, positives: int) -> float:
    """The mean of m / (rank of the last of m positives) over all orders of n crops.

    The last stands at rank r with probability C(r-1, m-1) / C(n, m), which is m/n at r = n and
    shrinks by (r-m)/(r-1) from r to r-1.

    >>> expected_inverse_negative_penalty(2, 1)  # (1 + 1/2) / 2
    0.75
    """
    ranks = np.arange(length, positives - 1, -1)
    steps = (ranks[:-1] - positives) / (ranks[:-1] - 1)
    probable = positives / length * np.cumprod(np.concatenate(([1.0], steps)))
    return float(probable @ (positives / ranks))

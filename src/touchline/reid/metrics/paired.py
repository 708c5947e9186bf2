"""Which of two rankers is better on the same queries, or whether that cannot be told."""

from dataclasses import replace

import numpy as np

from touchline.errors import UsageError
from touchline.reid.distances import Places
from touchline.reid.metrics.clusters import mean_by_cluster
from touchline.reid.metrics.scores import ReidScores
from touchline.reporting.confidence import Numbers, Score, bootstrap, wider, wilson


def compare(first: ReidScores, second: ReidScores, *, seed: int = 0) -> Score:
    """The mAP of the first less that of the second, with its paired interval.

    Both are drawn with the same queries in every resample (whole actions or identities, as the
    first was scored), so that what makes a query hard for both does not widen the interval. Where
    no query tells them apart the interval says how often one still could.

    Returns:
        The difference in [-1, 1], in points; n counts the scored queries.

    Raises:
        UsageError: when they are not of the same queries under the same protocol.
    """
    if _scope(first) != _scope(second) or not np.array_equal(first.scored, second.scored):
        raise UsageError(
            "two scores of the same queries and the same gallery",
            f"{_words(first)} beside {_words(second)}",
            "Score both on the same split, under the same protocol.",
        )
    return paired_difference(
        first.average_precisions, second.average_precisions, first.clusters, seed=seed
    )


def paired_difference(first: Numbers, second: Numbers, clusters: Places, *, seed: int = 0) -> Score:
    """The mean of the first values less that of the second, of the same queries; see `compare`.

    Args:
        first: average precisions of one ranker, shape (n,).
        second: those of the other, in the same order.
        clusters: number of the group of each query, which are drawn together, shape (n,).
        seed: of the bootstrap.
    """
    difference = first - second
    statistic, count = mean_by_cluster(difference[:, None], clusters)
    score = replace(bootstrap(statistic, count, seed=seed, unit="points"), n=len(difference))
    if not difference.any():
        unseen = wilson(0, len(difference)).high
        score = wider(score, replace(score, low=-unseen, high=unseen))
    return score


def _scope(scores: ReidScores) -> tuple[object, ...]:
    return scores.protocol, scores.queries, scores.gallery


def _words(scores: ReidScores) -> str:
    return (
        f"{len(scores.scored)} of {scores.queries} queries, {scores.gallery} gallery crops, "
        f"{scores.protocol.describe()}"
    )

"""Means over queries whose intervals speak of new actions, or new people, not of more crops."""

from collections.abc import Hashable, Sequence

import numpy as np

from touchline.reid.distances import Places
from touchline.reporting.confidence import Numbers, Statistic


def cluster_numbers(groups: Sequence[Hashable]) -> Places:
    """Groups as whole numbers from 0, shape (n,), in the order of their first appearance.

    >>> cluster_numbers(["b", "a", "b"]).tolist()
    [0, 1, 0]
    """
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(group, len(known)) for group in groups], np.intp)


def mean_by_cluster(values: Numbers, clusters: Places) -> tuple[Statistic, int]:
    """The mean of each column as a statistic of how often each cluster was drawn.

    Sums are taken cluster by cluster beforehand, so that a bootstrap of whole clusters costs what
    one over so many single items would.

    Args:
        values: shape (n, columns).
        clusters: whole numbers from 0 on, each used, shape (n,).

    Returns:
        From weights (rows, clusters) to means (rows, columns); and the number of clusters.

    >>> statistic, count = mean_by_cluster(np.array([[1.0], [2.0], [6.0]]), np.array([0, 0, 1]))
    >>> statistic(np.array([[1.0, 1.0], [0.0, 2.0]])).tolist(), count
    ([[3.0], [6.0]], 2)
    """
    sums = np.stack([np.bincount(clusters, column) for column in values.T], axis=1)
    sizes = np.bincount(clusters)

    def statistic(weights: Numbers) -> Numbers:
        means: Numbers = weights @ sums / (weights @ sizes)[:, None]
        return means

    return statistic, len(sizes)

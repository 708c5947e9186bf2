"""Cluster sums against a bootstrap that draws whole groups of single items."""

import numpy as np
import pytest

from touchline.reid.metrics.clusters import cluster_numbers, mean_by_cluster
from touchline.reporting.confidence import bootstrap


def test_as_a_bootstrap_over_items_drawn_in_groups() -> None:
    generator = np.random.default_rng(0)
    values, groups = generator.random(200), generator.integers(0, 30, 200).tolist()
    statistic, count = mean_by_cluster(values[:, None], cluster_numbers(groups))
    assert count == len(set(groups))
    expected = bootstrap(
        lambda weights: weights @ values / weights.sum(axis=1), 200, groups=groups, seed=3
    )
    found = bootstrap(statistic, count, seed=3)
    assert [found.value, found.low, found.high] == pytest.approx(
        [expected.value, expected.low, expected.high], abs=1e-12
    )

"""AP, CMC and INP on lists that can be scored by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.retrieval import scores_of_hits
from touchline.errors import UsageError
from touchline.reid.metrics.positive_ranks import PositiveRanks
from touchline.reid.metrics.query_scores import METRICS, average_precisions, query_scores

LISTS = st.lists(st.booleans(), min_size=1, max_size=30).filter(any)


def ranks_of(*lists: list[bool]) -> PositiveRanks:
    ranks = [rank for hits in lists for rank, hit in enumerate(hits, start=1) if hit]
    counts, lengths = [sum(hits) for hits in lists], [len(hits) for hits in lists]
    return PositiveRanks(np.array(counts), np.array(ranks), np.array(lengths))


def test_precision_is_neither_interpolated_nor_a_trapezoid() -> None:
    """Positives at 2 and 3: (1/2 + 2/3) / 2; a trapezoid would give 5/12, interpolation 2/3."""
    found = ranks_of([False, True, True, False])
    assert average_precisions(found)[0] == pytest.approx(7 / 12, abs=1e-15)


@given(st.lists(LISTS, min_size=1, max_size=6))
def test_as_the_slow_reference(lists: list[list[bool]]) -> None:
    found = query_scores(ranks_of(*lists))
    for row, hits in zip(found, lists, strict=True):
        expected = scores_of_hits(hits)
        assert row.tolist() == pytest.approx([expected[name] for name in METRICS], abs=1e-12)


def test_cmc_stays_flat_beyond_the_shortest_list() -> None:
    """Where sn-reid falls to 0 at ranks beyond the shortest list of any query."""
    found = query_scores(ranks_of([True, False], [False] * 6 + [True]))
    assert found[:, 1:4].mean(axis=0).tolist() == [0.5, 0.5, 1.0]


def test_queries_without_a_positive_have_no_row() -> None:
    found = PositiveRanks(np.array([0, 1, 0, 1, 0]), np.array([1, 2]), np.full(5, 3))
    assert average_precisions(found).tolist() == [1.0, 0.5]
    assert query_scores(found).shape == (2, 5)
    with pytest.raises(UsageError, match="at least one query"):
        query_scores(PositiveRanks(np.zeros(3, int), np.zeros(0, int), np.full(3, 5)))

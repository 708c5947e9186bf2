"""Distances of vectors: what they are, and what a crop without a vector gets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from touchline.errors import UsageError
from touchline.reid.distances import UNREADABLE, FeatureDistances, unit

VECTORS = arrays(np.float32, (5, 4), elements=st.floats(-1, 1, width=32).filter(lambda x: x != 0))


@settings(max_examples=50, deadline=None)
@given(VECTORS, VECTORS)
def test_they_are_squared_euclidean(left: np.ndarray, right: np.ndarray) -> None:
    queries, gallery = unit(left), unit(right)
    found = FeatureDistances(queries, gallery)
    whole = ((queries[:, None] - gallery[None]) ** 2).sum(axis=2)
    np.testing.assert_allclose(found.block(slice(None), slice(None)), whole, atol=1e-5)
    some, few = np.array([3, 1]), np.array([0, 4, 2])
    np.testing.assert_allclose(found.block(some, few), whole[some][:, few], atol=1e-5)
    assert found.shape == (5, 5)


def test_a_crop_that_cannot_be_read_is_farther_than_any_other() -> None:
    vectors = np.array([[1, 0], [-1, 0], [np.nan, np.nan]], np.float32)
    found = FeatureDistances(vectors, vectors).block(slice(None), slice(None))
    assert found.tolist() == [[0, 4, UNREADABLE], [4, 0, UNREADABLE], [UNREADABLE] * 3]


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf])
def test_a_vector_that_says_nothing_is_refused(bad: float) -> None:
    with pytest.raises(UsageError, match="finite and not zero; found 1, the first of crop 1"):
        unit(np.array([[1, 1], [bad, 0]], np.float32))

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vectors_in_actions
from reference import dense_reranking
from touchline.errors import UsageError
from touchline.reid.distances import UNREADABLE, FeatureDistances
from touchline.reid.reranking.reranked import rerank
from touchline.reid.reranking.settings import RerankSettings

EVERY = slice(None)


def dense(queries, gallery, settings):
    return dense_reranking.reranked(queries, gallery, settings.k1, settings.k2, settings.weight)


@pytest.mark.parametrize(("k1", "k2", "weight"), [
    (20, 6, 0.3), (5, 2, 0.3), (10, 1, 0.0), (7, 7, 0.5), (1, 1, 0.3), (3, 3, 1.0),
])  # fmt: skip
@pytest.mark.parametrize(("queries", "gallery"), [(10, 40), (80, 320), (30, 1)])
def test_it_equals_the_dense_definition(queries, gallery, k1, k2, weight):
    settings = RerankSettings(k1=k1, k2=k2, weight=weight)
    features = vectors_in_actions.clusters(queries + gallery, seed=k1)
    split = features[:queries], features[queries:]
    found = rerank(*split, settings)
    assert found.shape == (queries, gallery)
    np.testing.assert_allclose(
        found.block(EVERY, EVERY), dense(*split, settings), atol=1e-5, rtol=0
    )


@given(seed=st.integers(0, 1000), k1=st.integers(1, 12), k2=st.integers(1, 12))
def test_it_equals_the_dense_definition_where_distances_tie(seed, k1, k2):
    settings = RerankSettings(k1=k1, k2=min(k1, k2))
    features = vectors_in_actions.tied(13 + seed % 20, seed=seed)
    split = features[:5], features[5:]
    np.testing.assert_allclose(
        rerank(*split, settings).block(EVERY, EVERY), dense(*split, settings), atol=1e-5, rtol=0
    )


def test_it_moves_crops_that_share_neighbours_up():
    # Without it a wrong test of equality, say against itself, would go unseen.
    features = vectors_in_actions.clusters(200)
    found = rerank(features[:50], features[50:], RerankSettings())
    before = FeatureDistances(features[:50], features[50:]).block(EVERY, EVERY)
    assert (found.block(EVERY, EVERY).argsort(axis=1) != before.argsort(axis=1)).mean() > 0.1


def test_a_block_does_not_depend_on_what_else_is_in_it():
    features = vectors_in_actions.clusters(700)
    found = rerank(features[:300], features[300:], RerankSettings())
    whole = found.block(EVERY, EVERY)
    rows, columns = np.array([299, 3, 3]), np.array([7, 399, 0])
    np.testing.assert_allclose(found.block(rows, columns), whole[np.ix_(rows, columns)], atol=1e-6)
    np.testing.assert_allclose(found.block(slice(5, 9), columns), whole[5:9, columns], atol=1e-6)
    assert found.block(rows, columns[:0]).shape == (3, 0)
    assert found.block(rows[:0], columns).shape == (0, 3)


def test_a_weight_of_one_ranks_as_the_distances_do():
    features = vectors_in_actions.tied(60)
    found = rerank(features[:20], features[20:], RerankSettings(weight=1))
    before = FeatureDistances(features[:20], features[20:]).block(EVERY, EVERY)
    for row, original in zip(found.block(EVERY, EVERY), before, strict=True):
        assert np.array_equal(np.argsort(row, kind="stable"), np.argsort(original, kind="stable"))


def test_encodings_are_sparse_and_sum_to_one():
    features = vectors_in_actions.clusters(600)
    found = rerank(features[:100], features[100:], RerankSettings())
    np.testing.assert_allclose(found.gallery_encodings.sum(axis=1), 1, atol=1e-5)
    assert found.gallery_encodings.nnz < 100 * 500


def test_crops_that_cannot_be_read_change_nothing_and_come_last():
    features = vectors_in_actions.clusters(80)
    queries, gallery = features[:20].copy(), features[20:].copy()
    queries[4], gallery[[0, 33]] = np.nan, np.nan
    found = rerank(queries, gallery, RerankSettings()).block(EVERY, EVERY)
    assert (found[4] == UNREADABLE).all()
    assert (found[:, [0, 33]] == UNREADABLE).all()
    kept = np.delete(queries, 4, 0), np.delete(gallery, [0, 33], 0)
    without = rerank(*kept, RerankSettings()).block(EVERY, EVERY)
    left = np.delete(np.delete(found, 4, 0), [0, 33], 1)
    np.testing.assert_allclose(left, without, atol=1e-6)
    assert left.max() < UNREADABLE


def test_as_many_neighbours_as_crops_are_refused():
    features = vectors_in_actions.clusters(20)
    with pytest.raises(UsageError, match="more than k1 = 20 crops to re-rank; found 20"):
        rerank(features[:5], features[5:], RerankSettings())
    rerank(features[:5], features[5:], RerankSettings(k1=19))


def test_unreadable_crops_do_not_count_as_neighbours():
    features = vectors_in_actions.clusters(21)
    features[20] = np.nan
    with pytest.raises(UsageError, match="found 20"):
        rerank(features[:5], features[5:], RerankSettings())

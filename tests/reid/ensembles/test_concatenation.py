import numpy as np
import pytest

import vectors_in_actions
from touchline.reid.distances import UNREADABLE, FeatureDistances, unit
from touchline.reid.ensembles.concatenation import concatenated
from touchline.reid.reranking.reranked import rerank
from touchline.reid.reranking.settings import RerankSettings

EVERY = slice(None)


def member(seed, features=8):
    vectors = vectors_in_actions.clusters(30, seed=seed, features=features)
    return FeatureDistances(vectors[:10], vectors[10:])


def test_features_of_any_lengths_become_unit_vectors():
    joined = concatenated([member(0, 8), member(1, 5)], [3, 1])
    assert joined.queries.shape == (10, 13)
    assert joined.queries.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(joined.gallery, axis=1), 1, atol=1e-6)


def test_weights_are_those_of_the_squared_distances():
    first, second = member(0), member(1)
    expected = 0.75 * first.block(EVERY, EVERY) + 0.25 * second.block(EVERY, EVERY)
    found = concatenated([first, second], [3, 1]).block(EVERY, EVERY)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_member_of_weight_zero_is_left_out():
    assert concatenated([member(0), member(1)], [1, 0]).queries.shape == (10, 8)


def test_what_one_run_could_not_read_is_unreadable():
    first, second = member(0), member(1)
    second.gallery[4] = np.nan
    found = concatenated([first, second]).block(EVERY, EVERY)
    assert np.flatnonzero((found == UNREADABLE).all(axis=0)).tolist() == [4]


def test_joined_features_can_be_re_ranked_as_those_of_one_run():
    joined = concatenated([member(0), member(1)])
    by_hand = [
        unit(np.concatenate(parts, axis=1))
        for parts in zip(
            (member(0).queries, member(0).gallery), (member(1).queries, member(1).gallery),
            strict=True,
        )
    ]  # fmt: skip
    settings = RerankSettings(k1=5, k2=2)
    np.testing.assert_allclose(
        rerank(joined.queries, joined.gallery, settings).block(EVERY, EVERY),
        rerank(*by_hand, settings).block(EVERY, EVERY),
        atol=1e-5,
    )


def test_no_weights_weigh_all_alike():
    both = [member(0), member(1)]
    np.testing.assert_array_equal(concatenated(both).queries, concatenated(both, [2, 2]).queries)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(concatenated(both).queries, concatenated(both, [1, 2]).queries)

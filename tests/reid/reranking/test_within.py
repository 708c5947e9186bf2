import numpy as np
import pytest

import vectors_in_actions
from reference import dense_reranking
from touchline.reid.distances import UNREADABLE, FeatureDistances
from touchline.reid.reranking.reranked import rerank
from touchline.reid.reranking.settings import RerankSettings
from touchline.reid.reranking.within import rerank_within

SETTINGS = RerankSettings(k1=5, k2=2)
SIZES = [(3, 8), (2, 4), (1, 30), (4, 4), (1, 5)]  # the second and the last have 6 crops: too few


def blocks(distances, query_actions, gallery_actions):
    for action in range(len(SIZES)):
        queries = np.flatnonzero(query_actions == action)
        gallery = np.flatnonzero(gallery_actions == action)
        yield action, queries, gallery, distances.block(queries, gallery)


def test_each_action_is_the_dense_definition_of_that_action():
    features, gallery_features, *actions = vectors_in_actions.in_actions(SIZES)
    found = rerank_within(features, gallery_features, *actions, SETTINGS)
    for action, queries, gallery, block in blocks(found, *actions):
        split = features[queries], gallery_features[gallery]
        expected = (
            FeatureDistances(*split).block(slice(None), slice(None))
            if action in (1, 4)
            else dense_reranking.reranked(*split, 5, 2, 0.3)
        )
        np.testing.assert_allclose(block, expected, atol=1e-5, rtol=0)


def test_it_says_how_many_actions_were_left_alone():
    features, gallery_features, *actions = vectors_in_actions.in_actions(SIZES)
    found = rerank_within(features, gallery_features, *actions, SETTINGS)
    assert found.left_alone == 2
    assert found.alone.tolist() == np.isin(actions[0], [1, 4]).tolist()
    assert found.shape == (11, 51)


def test_other_actions_change_nothing():
    features, gallery_features, *actions = vectors_in_actions.in_actions(SIZES)
    together = rerank_within(features, gallery_features, *actions, SETTINGS)
    for action, queries, gallery, block in blocks(together, *actions):
        if action not in (1, 4):
            by_itself = rerank(features[queries], gallery_features[gallery], SETTINGS)
            alone = by_itself.block(slice(None), slice(None))
            np.testing.assert_allclose(block, alone, atol=1e-6)


def test_all_too_small_are_all_left_alone():
    features, gallery_features, *actions = vectors_in_actions.in_actions(SIZES)
    found = rerank_within(features, gallery_features, *actions, RerankSettings(k1=40))
    assert found.left_alone == len(SIZES)
    original = FeatureDistances(features, gallery_features)
    for _, queries, gallery, block in blocks(found, *actions):
        np.testing.assert_allclose(block, original.block(queries, gallery), atol=1e-6)


def test_a_crop_that_cannot_be_read_leaves_its_action_re_ranked():
    features, gallery_features, *actions = vectors_in_actions.in_actions(SIZES)
    unread = np.flatnonzero(actions[0] == 0)[0]
    features[unread] = np.nan
    found = rerank_within(features, gallery_features, *actions, SETTINGS)
    _, queries, gallery, block = next(blocks(found, *actions))
    assert (block[queries == unread] == UNREADABLE).all()
    kept = queries[queries != unread]
    expected = rerank(features[kept], gallery_features[gallery], SETTINGS)
    np.testing.assert_allclose(
        block[queries != unread], expected.block(slice(None), slice(None)), atol=1e-6
    )


def test_an_action_with_too_few_readable_crops_is_left_alone():
    features, gallery_features, *actions = vectors_in_actions.in_actions(SIZES)
    features[np.flatnonzero(actions[0] == 3)[:2]] = np.nan
    assert rerank_within(features, gallery_features, *actions, SETTINGS).left_alone == 3


def test_a_block_over_two_actions_is_refused():
    features, gallery_features, *actions = vectors_in_actions.in_actions(SIZES)
    found = rerank_within(features, gallery_features, *actions, SETTINGS)
    with pytest.raises(ValueError, match="one action at a time"):
        found.block(slice(None), slice(None))

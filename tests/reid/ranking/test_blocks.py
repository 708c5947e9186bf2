"""What is computed, and what is refused."""

import numpy as np
import pytest

from retrieval_worlds import random_world
from touchline.errors import UsageError
from touchline.reid.distances import FeatureDistances, unit
from touchline.reid.protocol import Protocol
from touchline.reid.ranking import blocks
from touchline.reid.ranking.blocks import compared_blocks
from touchline.reid.ranking.truth import truth_of

WITHIN = Protocol("action", "kept")
EVERYTHING = Protocol("everything", "kept")
MARKET = Protocol("everything", "removed")


def blocks_of(world, protocol: Protocol):
    junk = truth_of(*world.codes, protocol).junk
    return list(compared_blocks(world.distances, *world.codes, protocol, junk))


def test_only_pairs_of_one_action_are_computed() -> None:
    world = random_world(0, actions=4, queries=20, gallery=50)
    found = blocks_of(world, WITHIN)
    queries, gallery = (codes.actions for codes in world.codes)
    assert sum(world.distances.asked) == (queries[:, None] == gallery).sum()
    assert sorted(np.concatenate([block.queries for block in found])) == list(range(20))
    for block in found:
        expected = world.distances.matrix[np.ix_(block.queries, block.gallery)]
        np.testing.assert_array_equal(block.distances, expected)
        assert len(set(queries[block.queries]) | set(gallery[block.gallery])) == 1


@pytest.mark.parametrize("protocol", [EVERYTHING, WITHIN])
def test_a_block_is_no_larger_than_allowed(monkeypatch, protocol: Protocol) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4 * 50 * 3)
    world = random_world(0, queries=20, gallery=50)
    found = blocks_of(world, protocol)
    assert [len(block.queries) for block in found] == [3] * 6 + [2]


def test_a_row_longer_than_a_block_goes_alone(monkeypatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 8)
    assert len(blocks_of(random_world(0, queries=5, gallery=50), EVERYTHING)) == 5


def test_junk_is_marked_and_nobodys_matrix_is_written_to() -> None:
    world = random_world(3, cameras=2, identities=3)
    before = world.distances.matrix.copy()
    (block,) = blocks_of(world, MARKET)
    queries, gallery = world.codes
    junk = (
        (queries.identities[:, None] == gallery.identities)
        & (queries.identities[:, None] >= 0)
        & (queries.cameras[:, None] == gallery.cameras)
    )
    assert junk.any()
    np.testing.assert_array_equal(np.isnan(block.distances), junk)
    np.testing.assert_array_equal(world.distances.matrix, before)


def test_junk_inside_an_action() -> None:
    world = random_world(4, actions=3, cameras=2, identities=2, queries=30, gallery=60)
    for block in blocks_of(world, Protocol("action", "removed")):
        queries, gallery = world.codes
        same = queries.identities[block.queries][:, None] == gallery.identities[block.gallery]
        same &= queries.cameras[block.queries][:, None] == gallery.cameras[block.gallery]
        same &= queries.identities[block.queries][:, None] >= 0
        np.testing.assert_array_equal(np.isnan(block.distances), same)


def test_an_action_without_a_gallery_is_a_block_without_columns() -> None:
    world = random_world(0, actions=5, queries=20, gallery=1)
    shapes = {block.distances.shape[1] for block in blocks_of(world, WITHIN)}
    assert shapes == {0, 1}


def test_distances_of_something_else_are_refused() -> None:
    world, other = random_world(0), random_world(0, gallery=41)
    junk = truth_of(*world.codes, EVERYTHING).junk
    with pytest.raises(UsageError, match="12 queries to 40 gallery crops; found 12 x 41"):
        next(compared_blocks(other.distances, *world.codes, EVERYTHING, junk))


def test_a_distance_that_is_no_number_is_refused() -> None:
    world = random_world(0, actions=2)
    place = int(np.flatnonzero(world.codes[1].actions == world.codes[0].actions[7])[0])
    world.distances.matrix[7, place] = np.nan
    for protocol in (WITHIN, EVERYTHING):
        with pytest.raises(UsageError, match=f"between query 7 and gallery crop {place}"):
            blocks_of(world, protocol)


def test_features_in_any_order_give_the_distances_of_their_pairs() -> None:
    world = random_world(5, actions=3)
    generator = np.random.default_rng(0)
    features = [unit(generator.normal(size=(n, 8)).astype(np.float32)) for n in (12, 40)]
    distances = FeatureDistances(*features)
    whole = distances.block(slice(None), slice(None))
    junk = truth_of(*world.codes, WITHIN).junk
    for block in compared_blocks(distances, *world.codes, WITHIN, junk):
        expected = whole[np.ix_(block.queries, block.gallery)]
        np.testing.assert_allclose(block.distances, expected, atol=1e-6)

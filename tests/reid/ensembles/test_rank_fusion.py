import numpy as np
import pytest
from scipy.stats import rankdata

import retrieval_worlds
from retrieval_worlds import MatrixDistances
from touchline.reid.ensembles import rank_fusion
from touchline.reid.ensembles.rank_fusion import fused_ranks
from touchline.reid.reranking.actions import Actions

EVERY = slice(None)


def matrix(*rows):
    return MatrixDistances(np.array(rows, np.float32), [])


def worlds(count):
    return [retrieval_worlds.random_world(seed).distances for seed in range(count)]


def obvious(members, shares, method):
    """One query and one crop at a time."""
    shape = members[0].shape
    fused = np.zeros(shape)
    for query in range(shape[0]):
        for member, share in zip(members, shares, strict=True):
            for crop, rank in enumerate(rankdata(member.matrix[query])):
                worse = (rank - 1) / (shape[1] - 1) if method == "borda" else 1 - 61 / (60 + rank)
                fused[query, crop] += share * worse
    return fused


def test_ranks_by_hand():
    first, second = matrix([0.1, 0.2, 0.9]), matrix([5, 7, 6])
    borda = fused_ranks([first, second])
    np.testing.assert_allclose(borda.block(EVERY, EVERY), [[0, 0.75, 0.75]])
    reciprocal = fused_ranks([first, second], method="reciprocal").block(EVERY, EVERY)
    mean = 1 - (61 / 62 + 61 / 63) / 2
    np.testing.assert_allclose(reciprocal, [[0, mean, mean]], atol=1e-6)


@pytest.mark.parametrize("method", ["borda", "reciprocal"])
def test_it_equals_fusing_one_list_at_a_time(method):
    members = worlds(3)
    found = fused_ranks(members, [1, 2, 1], method).block(EVERY, EVERY)
    np.testing.assert_allclose(found, obvious(members, [0.25, 0.5, 0.25], method), atol=1e-6)


@pytest.mark.parametrize("method", ["borda", "reciprocal"])
def test_a_block_is_part_of_the_whole(method, monkeypatch):
    found = fused_ranks(worlds(2), method=method)
    whole = found.block(EVERY, EVERY)
    rows, columns = np.array([7, 2, 2]), np.array([30, 0, 5])
    assert np.array_equal(found.block(rows, columns), whole[np.ix_(rows, columns)])
    assert found.block(rows, columns[:0]).shape == (3, 0)
    monkeypatch.setattr(rank_fusion, "CHUNK_BYTES", 1000)
    assert np.array_equal(found.block(EVERY, slice(3, 4)), whole[:, 3:4])


def test_the_scale_of_a_member_does_not_matter():
    first, second = worlds(2)
    stretched = MatrixDistances(np.exp(second.matrix), [])
    np.testing.assert_array_equal(
        fused_ranks([first, second]).block(EVERY, EVERY),
        fused_ranks([first, stretched]).block(EVERY, EVERY),
    )


def test_inside_actions_only_their_gallery_is_ranked():
    members = worlds(2)
    generator = np.random.default_rng(0)
    actions = Actions(generator.integers(0, 3, 12), generator.integers(0, 3, 40))
    found = fused_ranks(members, actions=actions)
    for action in range(3):
        queries = np.flatnonzero(actions.queries == action)
        gallery = np.flatnonzero(actions.gallery == action)
        parts = [MatrixDistances(each.matrix[np.ix_(queries, gallery)], []) for each in members]
        expected = fused_ranks(parts).block(EVERY, EVERY)
        assert np.array_equal(found.block(queries, gallery), expected)
        assert np.array_equal(found.block(queries, gallery[2:4]), expected[:, 2:4])
    with pytest.raises(ValueError, match="a block over several actions"):
        found.block(EVERY, EVERY)


def test_a_gallery_of_one_is_ranked_first():
    assert fused_ranks([matrix([3.0])]).block(EVERY, EVERY).tolist() == [[0]]


def test_a_member_of_weight_zero_is_not_asked():
    first, second = worlds(2)
    fused_ranks([first, second], [1, 0]).block(EVERY, EVERY)
    assert not second.asked

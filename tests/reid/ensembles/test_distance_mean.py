import numpy as np

import retrieval_worlds
from touchline.reid.ensembles.distance_mean import distance_mean

EVERY = slice(None)


def members(count):
    return [retrieval_worlds.random_world(seed).distances for seed in range(count)]


def test_it_is_the_weighted_mean():
    first, second, third = members(3)
    found = distance_mean([first, second, third], [1, 1, 2])
    expected = 0.25 * first.matrix + 0.25 * second.matrix + 0.5 * third.matrix
    assert found.shape == first.shape
    np.testing.assert_allclose(found.block(EVERY, EVERY), expected, atol=1e-6)
    rows, columns = np.array([3, 1]), np.array([9, 0, 2])
    np.testing.assert_allclose(
        found.block(rows, columns), expected[np.ix_(rows, columns)], atol=1e-6
    )


def test_members_keep_their_distances():
    first, second = members(2)
    before = first.matrix.copy()
    distance_mean([first, second]).block(EVERY, EVERY)
    assert np.array_equal(first.matrix, before)


def test_a_member_of_weight_zero_is_not_asked():
    first, second = members(2)
    distance_mean([first, second], [1, 0]).block(EVERY, EVERY)
    assert first.asked
    assert not second.asked


def test_only_the_block_is_asked_for():
    first, second = members(2)
    distance_mean([first, second]).block(slice(2), slice(5))
    assert first.asked == second.asked == [10]

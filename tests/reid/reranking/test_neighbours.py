import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vectors_in_actions
from reference.dense_reranking import all_distances, by_distance
from touchline.reid.reranking import neighbours
from touchline.reid.reranking.neighbours import NOBODY_ELSE, nearest, nearest_inside


def obvious(features, count):
    distances = all_distances(features.astype(np.float64))
    return np.array([by_distance(row, distances[row])[:count] for row in range(len(features))])


@pytest.fixture(params=["few", "many", "many, in small chunks"])
def path(request, monkeypatch):
    """Each way through the search, whatever the number of crops."""
    if request.param != "few":
        monkeypatch.setattr(neighbours, "FEW", 0)
    if request.param == "many, in small chunks":
        monkeypatch.setattr(neighbours, "CHUNK_BYTES", 40_000)


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("count", [1, 2, 21])
@pytest.mark.parametrize("crops", [21, 30, 150])
def test_they_are_those_of_sorting_every_distance(crops, count):
    features = vectors_in_actions.clusters(crops, seed=crops)
    found = nearest(features, count)
    assert np.array_equal(found.places, obvious(features, count))
    largest = all_distances(features.astype(np.float64)).max(axis=1)
    np.testing.assert_allclose(found.farthest, largest, atol=1e-6)


def test_a_large_set_is_searched_by_groups_of_columns():
    features = vectors_in_actions.clusters(64 * 12 + 5, features=8)
    assert np.array_equal(nearest(features, 3).places, obvious(features, 3))


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("seed", range(3))
def test_equal_distances_go_by_place_and_a_crop_comes_first_itself(seed):
    features = vectors_in_actions.tied(120, seed=seed)
    assert np.array_equal(nearest(features, 12).places, obvious(features, 12))


@pytest.mark.usefixtures("path")
def test_copies_beyond_the_spare_candidates_still_go_by_place():
    features = np.repeat(vectors_in_actions.tied(2), 50, axis=0)
    places = nearest(features, 4).places
    assert places[0].tolist() == [0, 1, 2, 3]
    assert places[49].tolist() == [49, 0, 1, 2]
    assert places[99].tolist() == [99, 50, 51, 52]


@given(crops=st.integers(1, 40), data=st.data())
def test_no_crop_is_its_own_neighbour_twice(crops, data):
    count = data.draw(st.integers(1, crops))
    places = nearest(vectors_in_actions.tied(crops, seed=crops), count).places
    assert places[:, 0].tolist() == list(range(crops))
    assert all(len(set(row)) == count for row in places.tolist())


def test_crops_that_are_all_alike_have_a_distance_to_divide_by():
    assert (nearest(np.repeat(vectors_in_actions.tied(1), 5, axis=0), 2).farthest > 0).all()


@pytest.mark.parametrize("count", [0, 5])
def test_more_neighbours_than_crops_are_refused(count):
    with pytest.raises(ValueError, match=f"{count} neighbours of 4 crops"):
        nearest(vectors_in_actions.tied(4), count)


def test_inside_groups_places_are_those_of_the_whole_list():
    features = vectors_in_actions.clusters(9)
    groups = [np.array([1, 4, 7]), np.array([0, 2, 3, 8])]
    found = nearest_inside(features, groups, 3)
    for members in groups:
        assert np.array_equal(found.places[members], members[obvious(features[members], 3)])
    assert (found.places[[5, 6]] == NOBODY_ELSE).all()
    assert found.farthest[[5, 6]].tolist() == [1, 1]

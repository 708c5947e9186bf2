"""Searching an index against the definition, and against ranking without one."""

import numpy as np
import pytest

from crop_worlds import crops, features_of
from touchline.errors import UsageError
from touchline.reid.distances import FeatureDistances
from touchline.reid.index.building import add_to_index, build_index
from touchline.reid.index.opened import open_index
from touchline.reid.index.searching import search
from touchline.reid.matching.confidence import fit_confidence
from touchline.reid.matching.matching import match
from touchline.reid.protocol import Protocol

RNG = np.random.default_rng(0)
BEST = RNG.random(200)
CONFIDENCE = fit_confidence(BEST, BEST + 0.2, RNG.random(200) > BEST)
QUERIES, GALLERY = crops(30, "q", 40, actions=8), crops(1600, "g", 40, actions=8)
ASKED, KNOWN = features_of(QUERIES), features_of(GALLERY, seed=1)
EVERYTHING, ACTION = Protocol("everything", "kept"), Protocol("action", "kept")


def blocks(step=300):
    for start in range(0, len(GALLERY), step):
        yield GALLERY[start : start + step], KNOWN[start : start + step]


@pytest.fixture(scope="module", params=["flat", "ivf"])
def index(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param) / "index"
    build_index(blocks(), folder, "sample", "hash", request.param)
    return open_index(folder, "hash")


@pytest.fixture(scope="module")
def flat(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain") / "index"
    build_index(blocks(), folder, "sample", "hash")
    return open_index(folder, "hash")


def by_query(matches):
    return {each.query: each for each in matches}


def expected(protocol, top):
    distances = FeatureDistances(ASKED, KNOWN)
    return by_query(match(distances, QUERIES, GALLERY, protocol, CONFIDENCE, top))


@pytest.mark.parametrize("top", [1, 10])
def test_a_flat_index_finds_what_ranking_finds(flat, top):
    found = list(search(flat, QUERIES, ASKED, CONFIDENCE, top))
    assert [each.query for each in found] == QUERIES
    truth = expected(EVERYTHING, top)
    for each in found:
        ranked = truth[each.query].ranked
        assert [one.crop for one in each.ranked] == [one.crop for one in ranked]
        np.testing.assert_allclose(
            [one.distance for one in each.ranked], [one.distance for one in ranked], atol=1e-5
        )
        assert each.confidence == pytest.approx(truth[each.query].confidence, abs=1e-4)


@pytest.mark.parametrize("order", [range(30), [7, 3, 11, 0, 19]])
def test_inside_actions_the_ranks_are_the_scored_ones_in_every_kind(index, order):
    asked = [QUERIES[place] for place in order]
    found = search(index, asked, ASKED[list(order)], CONFIDENCE, 7, by_action=True)
    truth = expected(ACTION, 7)
    matches = list(found)
    assert [each.query for each in matches] == asked
    for each in matches:
        assert [one.crop for one in each.ranked] == [
            one.crop for one in truth[each.query].ranked
        ]  # fmt: skip
        assert {one.crop.action for one in each.ranked} == {each.query.action}


def test_an_approximate_index_finds_what_it_says(index):
    places, _ = index.nearest(ASKED, 10)
    exact = np.argsort(-(ASKED @ KNOWN.T), axis=1)[:, :10]
    shares = [len(set(row) & set(true)) / 10 for row, true in zip(places, exact, strict=True)]
    stated = index.facts.recall.value if index.facts.recall else 1.0
    assert np.mean(shares) >= stated - 0.1


def test_an_action_that_is_not_there_has_no_candidates(flat):
    lost = [crops(12, "q", 40, actions=12)[9]]
    (found,) = search(flat, lost, features_of(lost), CONFIDENCE, by_action=True)
    assert found.ranked == ()
    assert found.confidence == 0


def test_a_crop_of_the_index_is_not_its_own_candidate(flat):
    for by_action in (False, True):
        found = search(flat, GALLERY[:5], KNOWN[:5], CONFIDENCE, 4, by_action=by_action)
        for each in found:
            assert each.query not in [one.crop for one in each.ranked]
            assert len(each.ranked) == 4


def test_more_than_there_are_gives_what_there_is(tmp_path):
    build_index([(GALLERY[:3], KNOWN[:3])], tmp_path / "i", "sample", "hash")
    small = open_index(tmp_path / "i", "hash")
    (found,) = search(small, QUERIES[:1], ASKED[:1], CONFIDENCE, 10)
    assert len(found.ranked) == 3
    places, distances = small.nearest(ASKED[:1], 5)
    assert places.shape == distances.shape == (1, 3)


def test_what_was_added_is_found(tmp_path):
    for kind, first in (("flat", 700), ("ivf", 1100)):
        folder = tmp_path / kind
        build_index([(GALLERY[:first], KNOWN[:first])], folder, "sample", "hash", kind)
        facts = add_to_index([(GALLERY[first:], KNOWN[first:])], folder, "hash")
        assert facts.count == len(GALLERY)
        grown = open_index(folder, "hash")
        assert grown.crops(range(len(GALLERY))) == GALLERY
        truth = expected(ACTION, 10)
        for each in search(grown, QUERIES, ASKED, CONFIDENCE, by_action=True):
            assert [one.crop for one in each.ranked] == [
                one.crop for one in truth[each.query].ranked
            ]  # fmt: skip


def test_no_queries_find_nothing(flat):
    for by_action in (False, True):
        assert list(search(flat, [], ASKED[:0], CONFIDENCE, by_action=by_action)) == []


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (ASKED[:2, :5], r"a vector of 16 features for each of 2 crops; found 2 x 5"),
        (ASKED[:1], r"for each of 2 crops; found 1 x 16"),
        (2 * ASKED[:2], r"vectors of length 1; found 2 others, e\.g\. that of crops/q/0\.png"),
        (np.full((2, 16), np.nan, np.float32), r"found 2 others"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(flat, features, message):
    with pytest.raises(UsageError, match=message):
        next(search(flat, QUERIES[:2], features, CONFIDENCE))


def test_no_candidates_cannot_be_asked_for(flat):
    with pytest.raises(UsageError, match="at least one candidate a query; found top 0"):
        next(search(flat, QUERIES, ASKED, CONFIDENCE, top=0))

from pathlib import Path

import numpy as np
import pytest

from crop_worlds import crops, features_of
from retrieval_worlds import MatrixDistances
from touchline.errors import UsageError
from touchline.reid.crops import Crop
from touchline.reid.distances import FeatureDistances
from touchline.reid.matching.candidates import Candidate, Match, identities_known
from touchline.reid.matching.confidence import fit_confidence
from touchline.reid.matching.matching import match
from touchline.reid.protocol import Protocol

RNG = np.random.default_rng(0)
BEST = RNG.random(200)
CONFIDENCE = fit_confidence(BEST, BEST + 0.2, RNG.random(200) > BEST)
EVERYTHING, ACTION = Protocol("everything", "kept"), Protocol("action", "kept")
OTHER_CAMERAS = Protocol("everything", "removed")


def matrix(rows):
    return MatrixDistances(np.array(rows, np.float32), [])


def world(queries=12, gallery=40, actions=4):
    asked, known = crops(queries, "q", 6, actions), crops(gallery, "g", 6, actions)
    return FeatureDistances(features_of(asked), features_of(known, seed=1)), asked, known


def slow_match(distances, queries, gallery, top, allowed):
    """The definition: sort all the crops that may be compared, one query after the other."""
    for number, query in enumerate(queries):
        row = distances.block(slice(number, number + 1), slice(None))[0]
        ranked = sorted(
            (float(distance), place)
            for place, distance in enumerate(row)
            if allowed(query, gallery[place])
        )
        yield query, [(gallery[place], distance) for distance, place in ranked[:top]]


RULES = [
    (EVERYTHING, lambda _query, _crop: True),
    (ACTION, lambda query, crop: query.action == crop.action),
    (
        OTHER_CAMERAS,
        lambda query, crop: (query.identity, query.camera) != (crop.identity, crop.camera),
    ),
]


@pytest.mark.parametrize(("protocol", "allowed"), RULES)
@pytest.mark.parametrize("top", [1, 3, 1000])
def test_candidates_are_those_of_the_slow_definition(protocol, allowed, top):
    distances, queries, gallery = world()
    found = {
        each.query: each.ranked
        for each in match(distances, queries, gallery, protocol, CONFIDENCE, top)
    }
    assert found.keys() == set(queries)
    for query, expected in slow_match(distances, queries, gallery, top, allowed):
        assert [each.crop for each in found[query]] == [crop for crop, _ in expected]
        np.testing.assert_allclose(
            [each.distance for each in found[query]], [far for _, far in expected], atol=1e-6
        )


def test_confidence_comes_from_the_first_two_even_where_one_is_kept():
    distances = matrix([[0.4, 0.1, 0.9]])
    (one,) = match(distances, crops(1, "q"), crops(3, "g"), EVERYTHING, CONFIDENCE, top=1)
    (two,) = match(distances, crops(1, "q"), crops(3, "g"), EVERYTHING, CONFIDENCE, top=2)
    assert len(one.ranked) == 1
    expected = CONFIDENCE.of(np.float32([0.1]), np.float32([0.4]))
    assert one.confidence == two.confidence == pytest.approx(float(expected[0]), abs=1e-6)


def test_one_candidate_has_no_margin_and_none_no_confidence():
    queries = [Crop(Path("q.png"), 0, action="a"), Crop(Path("r.png"), 1, action="b")]
    gallery = [Crop(Path("g.png"), 0, action="a")]
    one, none = match(matrix([[0.3], [0.3]]), queries, gallery, ACTION, CONFIDENCE)
    alone = CONFIDENCE.of(np.float32([0.3]), np.array([np.nan]))
    assert one.confidence == pytest.approx(float(alone[0]))
    assert none == Match(queries[1], (), 0.0)


@pytest.mark.parametrize(("top", "kept"), [(1, 1), (4, 4), (9, 5)])
def test_a_picture_is_never_its_own_candidate(top, kept):
    both = crops(6, "same", people=3)
    found = list(match(matrix(1 - np.eye(6)), both, both, EVERYTHING, CONFIDENCE, top))
    for each in found:
        assert each.query not in [candidate.crop for candidate in each.ranked]
        assert len(each.ranked) == kept
        expected = CONFIDENCE.of(np.array([1.0]), np.array([1.0]))
        assert each.confidence == pytest.approx(float(expected[0]))


def test_an_empty_gallery_and_no_queries():
    (none,) = match(matrix(np.zeros((1, 0))), crops(1, "q"), [], EVERYTHING, CONFIDENCE)
    assert none.ranked == ()
    nobody = match(matrix(np.zeros((0, 3))), [], crops(3, "g"), EVERYTHING, CONFIDENCE)
    assert list(nobody) == []


def test_no_candidates_cannot_be_asked_for():
    distances, queries, gallery = world()
    with pytest.raises(UsageError, match=r"at least one candidate a query; found top 0\. Ask for"):
        next(match(distances, queries, gallery, EVERYTHING, CONFIDENCE, top=0))


def test_hits_are_first_candidates_of_the_same_name():
    query, other = Crop(Path("q.png"), 0, "7"), Crop(Path("a.png"), 0, "8")
    right, nobody = Crop(Path("b.png"), 1, "7"), Crop(Path("c.png"), 2)
    found = Match(query, (Candidate(other, 0.1), Candidate(right, 0.2)), 0.9)
    assert not found.hit
    assert found.first_hit == 2
    assert Match(query, (Candidate(right, 0.1),), 0.9).hit
    unnamed = Match(nobody, (Candidate(nobody, 0.1),), 0.9)
    assert not unnamed.hit
    assert unnamed.first_hit is None
    assert not Match(query, (), 0.0).hit


def test_identities_are_known_where_both_sides_have_some():
    named, nobody = crops(2, "q"), [Crop(Path("c.png"), 2)]
    assert identities_known([*named, *nobody], named)
    assert not identities_known(named, nobody)
    assert not identities_known(nobody, named)

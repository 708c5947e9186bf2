"""Two rankers on the same queries."""

from dataclasses import replace

import numpy as np
import pytest

from retrieval_worlds import RetrievalWorld, random_world
from touchline.errors import UsageError
from touchline.reid.metrics.paired import compare
from touchline.reid.metrics.scores import ReidScores
from touchline.reid.metrics.scoring import score_distances
from touchline.reid.protocol import Protocol

PROTOCOL = Protocol("everything", "kept")


def scores_of(world: RetrievalWorld, help_by: float = 0.0) -> ReidScores:
    """Where positives are nearer by so much than chance has them."""
    queries, gallery = world.codes
    same = queries.identities[:, None] == gallery.identities
    matrix = world.distances.matrix - np.float32(help_by) * same
    return score_distances(replace(world.distances, matrix=matrix), queries, gallery, PROTOCOL)


@pytest.fixture
def world() -> RetrievalWorld:
    return random_world(0, queries=200, gallery=60, identities=50, values=1000)


def test_the_difference_is_the_firsts_less_the_seconds(world: RetrievalWorld) -> None:
    plain, better = scores_of(world), scores_of(world, 300)
    found = compare(better, plain)
    assert found.value == pytest.approx(better.mAP.value - plain.mAP.value, abs=1e-12)
    assert found.low > 0
    assert found.n == len(plain.scored)
    assert found.unit == "points"
    assert compare(plain, better).value == pytest.approx(-found.value, abs=1e-12)


def test_pairing_is_surer_than_two_intervals(world: RetrievalWorld) -> None:
    plain, hardly = scores_of(world), scores_of(world, 5)
    found = compare(hardly, plain)
    assert found.high - found.low < (plain.mAP.high - plain.mAP.low) / 2


def test_the_same_ranker_twice_could_still_differ(world: RetrievalWorld) -> None:
    found = compare(scores_of(world), scores_of(world))
    assert found.value == 0
    assert -0.05 < found.low < 0 < found.high < 0.05


def test_other_queries_are_refused(world: RetrievalWorld) -> None:
    other = random_world(1, queries=199, gallery=60, identities=50, values=1000)
    with pytest.raises(UsageError, match=r"two scores of the same queries .* of 199 queries"):
        compare(scores_of(world), scores_of(other))
    same_count = random_world(1, queries=200, gallery=60, identities=50, values=1000)
    with pytest.raises(UsageError, match="Score both on the same split"):
        compare(scores_of(world), scores_of(same_count))


def test_another_protocol_is_refused(world: RetrievalWorld) -> None:
    scores = scores_of(world)
    removed = replace(scores, protocol=Protocol("everything", "removed"))
    with pytest.raises(UsageError, match="without its own crops of the same camera"):
        compare(scores, removed)

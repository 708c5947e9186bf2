"""Scores of whole galleries: values, counts, intervals, words."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from reference.retrieval import mean_scores
from retrieval_worlds import RetrievalWorld, one_query, random_world, soccernet_like
from touchline.errors import UsageError
from touchline.reid.crops import Gallery
from touchline.reid.metrics.query_scores import METRICS
from touchline.reid.metrics.scoring import mean_average_precision, score_distances
from touchline.reid.protocol import Protocol, protocol_of

MARKET = Protocol("everything", "removed")
WITHIN = Protocol("action", "kept")
EVERYTHING = Protocol("everything", "kept")


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("values", [3, 10_000])
@pytest.mark.parametrize("protocol", [MARKET, WITHIN, EVERYTHING], ids=str)
def test_as_the_slow_reference(seed: int, values: int, protocol: Protocol) -> None:
    actions = 4 if protocol.within == "action" else 0
    world = random_world(
        seed, queries=25, gallery=80, cameras=3, actions=actions, values=values, nobody=0.3
    )
    scores = score_distances(world.distances, *world.codes, protocol)
    expected, scored = mean_scores(world.distances.matrix, world.crops, protocol)
    for name in METRICS:
        score = getattr(scores, name)
        assert score.value == pytest.approx(expected[name], abs=1e-12)
        assert score.n == scored
    alone = mean_average_precision(world.distances, *world.codes, protocol)
    assert alone == pytest.approx(expected["mAP"], abs=1e-12)


def test_junk_would_have_raised_the_score() -> None:
    """Distances that know only cameras are no good, and seem so where junk is kept."""
    world = random_world(1, queries=40, gallery=200, cameras=2, identities=3, values=10_000)
    queries, gallery = world.codes
    same = queries.cameras[:, None] == gallery.cameras
    same &= queries.identities[:, None] == gallery.identities
    world.distances.matrix[same] -= 20_000
    kept, removed = (
        score_distances(world.distances, queries, gallery, protocol)
        for protocol in (EVERYTHING, MARKET)
    )
    assert kept.rank1.value == 1
    assert removed.rank1.value < 0.6


def test_counts_and_single_queries() -> None:
    world = random_world(2, queries=30, gallery=20, identities=30, actions=0)
    scores = score_distances(world.distances, *world.codes, EVERYTHING)
    assert scores.queries == 30
    assert scores.gallery == 20
    assert 0 < scores.left_out == 30 - len(scores.scored)
    assert scores.mAP.value == pytest.approx(scores.average_precisions.mean())
    assert scores.rank5.value == pytest.approx((scores.first_ranks <= 5).mean())
    assert f"{scores.left_out} queries have no positive and are left out" in scores.describe()


def test_no_query_with_a_positive_is_refused() -> None:
    world = random_world(0, nobody=1)
    for score in (score_distances, mean_average_precision):
        with pytest.raises(UsageError, match="at least one query whose identity is in the gallery"):
            score(world.distances, *world.codes, EVERYTHING)


def test_no_query_at_all_is_refused() -> None:
    world = random_world(0, queries=0)
    with pytest.raises(UsageError, match="found none of 0"):
        score_distances(world.distances, *world.codes, EVERYTHING)


def test_intervals_hold_the_score_and_grow_with_groups() -> None:
    """Copies of one query are no witnesses of their own."""
    world = random_world(5, queries=60, gallery=60, identities=5, values=10_000, nobody=0)
    copied = RetrievalWorld(
        replace(world.distances, matrix=world.distances.matrix.repeat(5, axis=0)),
        replace(world.crops, queries=tuple(q for q in world.crops.queries for _ in range(5))),
    )
    alone, together = (
        score_distances(copied.distances, *copied.codes, EVERYTHING, groups=groups)
        for groups in (range(300), np.repeat(range(60), 5).tolist())
    )
    for name in METRICS:
        score = getattr(alone, name)
        assert 0 <= score.low <= score.value <= score.high <= 1
    assert alone.mAP.value == pytest.approx(together.mAP.value, abs=1e-15)
    assert alone.clusters.max() == 299
    assert together.clusters.max() == 59
    assert together.mAP.high - together.mAP.low > 1.8 * (alone.mAP.high - alone.mAP.low)


def test_queries_are_drawn_by_action_else_by_identity() -> None:
    world = soccernet_like(1)
    by_action = score_distances(world.distances, *world.codes, WITHIN)
    assert len(set(by_action.clusters)) == len({crop.action for crop in world.crops.queries})
    world = random_world(1, identities=3, nobody=0, queries=30)
    by_identity = score_distances(world.distances, *world.codes, EVERYTHING)
    assert len(set(by_identity.clusters)) == 3


def test_the_seed_decides_the_interval() -> None:
    world = random_world(5, queries=60, values=10_000)
    low = [
        score_distances(world.distances, *world.codes, EVERYTHING, seed=seed).mAP.low
        for seed in (0, 0, 1)
    ]
    assert low[0] == low[1] != low[2]


def test_nothing_wrong_is_not_certain() -> None:
    world = random_world(0, queries=20, nobody=0)
    queries, gallery = world.codes
    world.distances.matrix[:] = queries.identities[:, None] != gallery.identities
    scores = score_distances(world.distances, queries, gallery, EVERYTHING, groups=range(20))
    for name in METRICS:
        score = getattr(scores, name)
        assert score.value == score.high == 1
        assert 0.7 < score.low < 0.9


def test_one_query_has_a_score_without_an_interval() -> None:
    world = one_query("0110")
    scores = score_distances(world.distances, *world.codes, protocol_of(world.crops))
    assert scores.mAP.value == pytest.approx(7 / 12)
    assert math.isnan(scores.mAP.low)
    assert scores.rank1.value == 0 < scores.rank1.high
    assert (scores.rank5.value, scores.mINP.value) == (1.0, pytest.approx(2 / 3))
    assert scores.first_ranks.tolist() == [2]


def test_for_machines_and_for_people() -> None:
    world = random_world(0, queries=60, actions=4)
    scores = score_distances(world.distances, *world.codes, WITHIN)
    found = json.loads(json.dumps(scores.as_dict(), allow_nan=False))
    assert found["mAP"]["value"] == scores.mAP.value
    assert found["mAP"]["n"] == found["queries"] - found["queries_left_out"]
    assert found["chance"].keys() == set(METRICS)
    assert found["protocol"] == {"within": "action", "same_camera": "kept"}
    text = scores.describe()
    assert "each query against the gallery of its action" in text
    assert f"{100 * scores.chance['mAP']:.1f} %" in text
    assert text.endswith("\n")


def test_distances_of_another_gallery_are_refused() -> None:
    world = random_world(0)
    fewer = RetrievalWorld(world.distances, Gallery(world.crops.queries, world.crops.gallery[:-1]))
    with pytest.raises(UsageError, match="12 queries to 39 gallery crops; found 12 x 40"):
        score_distances(fewer.distances, *fewer.codes, EVERYTHING)

"""The closed forms of chance against every possible order, and against drawing."""

import numpy as np
import pytest

from reference.retrieval import chance_of
from retrieval_worlds import random_world
from touchline.reid.metrics.chance import chance_scores
from touchline.reid.metrics.positive_ranks import PositiveRanks
from touchline.reid.metrics.query_scores import METRICS, query_scores
from touchline.reid.metrics.scoring import score_distances
from touchline.reid.protocol import Protocol


@pytest.mark.parametrize("length", range(1, 13))
def test_as_every_order_taken_once(length: int) -> None:
    for positives in range(1, length + 1):
        found = PositiveRanks(
            np.array([positives]), np.arange(1, positives + 1), np.array([length])
        )
        expected = chance_of(length, positives)
        assert chance_scores(found)[0].tolist() == pytest.approx(
            [expected[name] for name in METRICS], abs=1e-12
        )


@pytest.mark.parametrize(("length", "positives"), [(40, 3), (300, 20), (25, 25)])
def test_as_drawn_orders(length: int, positives: int) -> None:
    generator = np.random.default_rng(0)
    keys = generator.random((4000, length)).argsort(axis=1)[:, :positives]
    ranks = np.sort(keys + 1, axis=1).ravel()
    found = PositiveRanks(np.full(4000, positives), ranks, np.full(4000, length))
    drawn = query_scores(found)
    error = drawn.std(axis=0) / np.sqrt(4000)
    assert (np.abs(drawn.mean(axis=0) - chance_scores(found)[0]) <= 5 * error + 1e-12).all()


def test_a_ranker_that_knows_nothing_scores_chance() -> None:
    world = random_world(0, queries=4000, gallery=60, actions=4, values=10**6, nobody=0.2)
    scores = score_distances(world.distances, *world.codes, Protocol("action", "kept"))
    for name in METRICS:
        score = getattr(scores, name)
        assert abs(score.value - scores.chance[name]) < 0.03
        assert scores.chance[name] > 0.1


def test_long_lists_keep_their_digits() -> None:
    """One positive of n: the mean of 1/r over all ranks, for AP and INP alike."""
    length = 34_355
    found = PositiveRanks(np.array([1]), np.array([1]), np.array([length]))
    harmonic = (1 / np.arange(1, length + 1)).sum() / length
    mean_ap, *hits, penalty = chance_scores(found)[0]
    assert [mean_ap, penalty] == pytest.approx([harmonic, harmonic], rel=1e-12)
    assert hits == pytest.approx([cut / length for cut in (1, 5, 10)], rel=1e-9)
    many = PositiveRanks(np.array([length // 2]), np.array([1]), np.array([length]))
    assert chance_scores(many)[0, 4] == pytest.approx(0.5, abs=1e-4)

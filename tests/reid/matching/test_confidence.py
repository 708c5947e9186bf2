import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.reid.matching.confidence import FEWEST, Confidence, fit_confidence
from touchline.reporting.reliability import calibration_error, reliability_bins


def drawn(n, seed=0):
    """Distances of queries that are right the more often, the nearer and the more alone."""
    rng = np.random.default_rng(seed)
    best = rng.gamma(3, 0.15, n)
    second = best + rng.exponential(0.1, n)
    chance = 1 / (1 + np.exp(-(2 - 6 * best + 12 * (second - best))))
    return best, second, rng.random(n) < chance


FITTED = fit_confidence(*drawn(500))


def test_confidences_mean_what_they_say_on_queries_not_learnt_from():
    best, second, right = drawn(20_000, seed=1)
    learnt = fit_confidence(*drawn(2000))
    error = calibration_error(reliability_bins(learnt.of(best, second), right))
    ignorant = calibration_error(reliability_bins(np.exp(-best), right))
    assert error < 0.03 < ignorant
    assert learnt.error == pytest.approx(error, abs=0.03)
    assert learnt.n == 2000


def test_looking_at_distances_beats_the_share():
    best, second, right = drawn(5000, seed=2)
    sure = FITTED.of(best, second)
    brier, of_share = np.mean((sure - right) ** 2), right.mean() * (1 - right.mean())
    assert brier < 0.8 * of_share


def test_without_a_second_candidate_the_distance_alone_counts():
    best, second, right = drawn(3000)
    second[::3] = np.nan
    learnt = fit_confidence(best, second, right)
    best, second, right = drawn(20_000, seed=3)
    sure = learnt.of(best, np.full(20_000, np.nan))
    assert np.isfinite(sure).all()
    assert calibration_error(reliability_bins(sure, right)) < 0.03


def test_margins_never_seen_do_not_count():
    best, _, right = drawn(500)
    learnt = fit_confidence(best, np.full(500, np.nan), right)
    alone = learnt.of(best, np.full(500, np.nan))
    np.testing.assert_allclose(learnt.of(best, best + 1.0), alone)
    assert alone.std() > 0.1


@given(st.floats(0, 4), st.floats(0, 4), st.floats(0, 4), st.floats(0, 1))
def test_confidence_falls_with_the_distance_and_rises_with_the_margin(best, more, margin, wider):
    pairs = np.array([
        [best, best + margin], [best + more, best + more + margin], [best, best + margin + wider],
        [best, np.nan], [best + more, np.nan],
    ])  # fmt: skip
    here, further, clearer, alone, further_alone = FITTED.of(pairs[:, 0], pairs[:, 1])
    assert 0 <= further <= here <= clearer <= 1
    assert 0 <= further_alone <= alone <= 1


@pytest.mark.parametrize(("right", "share"), [(True, 101 / 102), (False, 1 / 102)])
def test_all_right_or_all_wrong_gives_the_share_with_one_of_each_added(right, share):
    best, second, _ = drawn(100)
    learnt = fit_confidence(best, second, np.full(100, right))
    assert learnt.of(best, second) == pytest.approx(np.full(100, share))
    assert learnt.of(best[:1], np.array([np.nan])) == pytest.approx([share])


@pytest.mark.parametrize("n", [0, 1, FEWEST - 1])
def test_few_queries_give_the_share(n):
    best, second, right = drawn(n)
    learnt = fit_confidence(best, second, right)
    expected = (right.sum() + 1) / (n + 2)
    assert learnt.of(np.array([0.1, 3.0]), np.array([0.2, np.nan])) == pytest.approx([expected] * 2)
    assert learnt.error is None


def test_many_queries_of_few_actions_are_few():
    best, second, right = drawn(1000)
    learnt = fit_confidence(best, second, right, groups=[number // 100 for number in range(1000)])
    assert np.ptp(learnt.of(best, second)) == 0
    assert learnt.error is None


def test_groups_are_held_out_whole():
    """Copies of one query are no proof: held out together, they are not known from each other."""
    rng = np.random.default_rng(0)
    best = np.repeat(rng.random(40), 10)
    second, right = best + 0.1, np.repeat(rng.random(40) < 0.5, 10)
    alone = fit_confidence(best, second, right)
    whole = fit_confidence(best, second, right, groups=np.repeat(np.arange(40), 10).tolist())
    assert whole.error > alone.error


def test_any_scale_of_distances_is_learnt_alike():
    best, second, right = drawn(500)
    scaled = fit_confidence(best * 1000, second * 1000, right)
    np.testing.assert_allclose(
        scaled.of(best * 1000, second * 1000), FITTED.of(best, second), atol=1e-6
    )


def test_what_was_learnt_survives_json():
    for learnt in (FITTED, fit_confidence(*drawn(3))):
        assert Confidence.from_dict(json.loads(json.dumps(learnt.as_dict()))) == learnt

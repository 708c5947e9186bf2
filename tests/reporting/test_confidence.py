import json
import math

import numpy as np
import pytest
from scipy import stats

from touchline.reporting.confidence import (
    Score,
    bootstrap,
    centred_bootstrap,
    mean,
    share,
    wider,
    wilson,
)


def weighted_mean_of(values):
    return lambda weights: weights @ values / weights.sum(axis=1)


@pytest.mark.parametrize(
    ("successes", "n"), [(0, 1), (1, 1), (0, 24), (24, 24), (19, 24), (61, 62), (1002, 1232)]
)
def test_wilson_equals_scipy(successes, n):
    expected = stats.binomtest(successes, n).proportion_ci(method="wilson")
    score = wilson(successes, n)
    assert score.value == successes / n
    assert score.n == n
    assert (score.low, score.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_of_nothing_knows_nothing():
    score = wilson(0, 0)
    assert math.isnan(score.value)
    assert (score.n, score.low, score.high) == (0, 0.0, 1.0)


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5)])
def test_wilson_refuses_impossible_counts(successes, n):
    with pytest.raises(ValueError, match=f"{successes} successes of {n}"):
        wilson(successes, n)


def test_score_as_dict_is_json_without_nan():
    text = json.dumps(Score(math.nan, 3, -math.inf, np.float64(0.5)).as_dict(), allow_nan=False)
    assert json.loads(text) == {"value": None, "n": 3, "low": None, "high": 0.5}


@pytest.mark.parametrize("n", [2, 7, 200])
def test_bootstrap_equals_scipy_draw_for_draw(n):
    values = np.random.default_rng(n).normal(size=n)
    ours = bootstrap(weighted_mean_of(values), n, resamples=500, seed=3)
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=500, method="percentile", rng=np.random.default_rng(3)
    ).confidence_interval
    assert ours.value == pytest.approx(values.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-9)


def test_bootstrap_in_blocks_equals_bootstrap_at_once(monkeypatch):
    values = np.random.default_rng(0).normal(size=50)
    at_once = bootstrap(weighted_mean_of(values), 50, seed=1)
    monkeypatch.setattr("touchline.reporting.confidence.BLOCK_BYTES", 8 * 50 * 7)
    assert bootstrap(weighted_mean_of(values), 50, seed=1) == at_once


def test_bootstrap_depends_on_nothing_but_the_seed():
    values = np.random.default_rng(0).normal(size=50)
    assert mean(values, seed=1) == mean(values, seed=1)
    assert mean(values, seed=1) != mean(values, seed=2)


def test_bootstrap_of_a_constant_has_no_spread():
    assert mean(np.full(9, 0.25)) == Score(0.25, 9, 0.25, 0.25, "number")


def test_groups_of_one_change_nothing():
    values = np.random.default_rng(0).normal(size=40)
    assert mean(values, groups=list(range(40))) == mean(values)


def test_copies_of_photos_in_groups_add_no_certainty():
    values = np.random.default_rng(0).normal(size=30)
    alone, copied = (
        mean(values),
        mean(np.repeat(values, 5), groups=np.repeat(range(30), 5).tolist()),
    )
    assert (copied.value, copied.low, copied.high) == pytest.approx(
        (alone.value, alone.low, alone.high)
    )
    independent = mean(np.repeat(values, 5))
    assert independent.high - independent.low < 0.6 * (copied.high - copied.low)


# Nothing, one item, and one group: there is nothing to draw from.
@pytest.mark.parametrize(("values", "groups"), [([], None), ([2.0], None), ([1.0, 3.0], "aa")])
def test_bootstrap_without_two_things_to_draw_gives_no_interval(values, groups):
    score = mean(np.array(values), groups=groups)
    assert math.isnan(score.low)
    assert math.isnan(score.high)
    assert score.n == len(values)
    assert score.value == 2.0 if values else math.isnan(score.value)


def test_bootstrap_interval_holds_the_mean_about_as_often_as_it_says():
    generator = np.random.default_rng(0)
    held = 0
    for trial in range(300):
        score = mean(generator.exponential(size=60), seed=trial)
        held += score.low <= 1.0 <= score.high
    assert 0.88 <= held / 300 <= 0.985


def test_centred_bootstrap_takes_out_the_bias_of_drawing_again():
    # The share of distinct items is 1 here and about 0.63 in every resample.
    def distinct(weights):
        return (weights > 0).mean(axis=1)[:, None]

    plain = bootstrap(lambda weights: distinct(weights)[:, 0], 50)
    (centred,) = centred_bootstrap(distinct, 50)
    assert plain.high < plain.value == centred.value == 1.0
    assert centred.low < 1.0
    assert centred.high == 1.0  # cut at the end of the scale
    assert centred.low == pytest.approx(1 + plain.low - 0.636, abs=0.02)


def test_centred_bootstrap_leaves_out_resamples_that_say_nothing():
    values = np.array([0.2, 0.4, 0.6, 0.8])

    def sometimes_silent(weights):
        means = weights @ values / weights.sum(axis=1)
        return np.stack([means, np.where(weights[:, 0] == 0, np.nan, means)], axis=1)

    always, sometimes = centred_bootstrap(sometimes_silent, 4)
    assert sometimes.value == always.value
    assert 0 < sometimes.low < 0.5 < sometimes.high < 1


@pytest.mark.parametrize("groups", [None, "a"])
def test_centred_bootstrap_of_one_unit_gives_no_interval(groups):
    (score,) = centred_bootstrap(lambda weights: weights[:, :1], 1, groups=groups)
    assert score.value == 1.0
    assert math.isnan(score.low)


def test_share_without_groups_is_wilson():
    assert share(np.array([True, False, True])) == wilson(2, 3)


def test_share_by_groups_is_never_narrower_than_wilson():
    hits = np.repeat([True, True, True, False], 10)
    grouped = share(hits, groups=np.repeat(range(4), 10).tolist())
    alone = wilson(30, 40)
    assert grouped.low < alone.low - 0.1
    assert grouped.high == 1.0
    # All right in every group: a bootstrap alone would be certain.
    assert share(np.ones(40, dtype=bool), groups=np.repeat(range(4), 10).tolist()) == wilson(40, 40)


def test_wider_is_not_stretched_by_a_missing_end():
    score = Score(0.5, 2, 0.4, 0.6)
    missing = Score(0.5, 2, math.nan, math.nan)
    assert wider(score, missing) == score
    assert wider(missing, score) == score

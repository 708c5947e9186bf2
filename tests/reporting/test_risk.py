import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from touchline.errors import UsageError
from touchline.reporting.confidence import wilson
from touchline.reporting.risk import risk_coverage, threshold_for_risk

answers = st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.7, 0.9]), st.booleans()), min_size=1)


def calibrated(n, generator, sharpness=(1.8, 0.2)):
    """Confidences that mean what they say, and whether each label is right."""
    confidence = generator.beta(*sharpness, size=n)
    return confidence, generator.uniform(size=n) < confidence


def slow_area(confidence, correct):
    """The mean over items of the error among all that are at least as confident as it."""
    return np.mean([1 - correct[confidence >= own].mean() for own in confidence])


def test_curve_of_distinct_confidences_is_the_running_error():
    confidence, correct = calibrated(200, np.random.default_rng(0))
    curve = risk_coverage(confidence, correct)
    order = np.argsort(-confidence)
    np.testing.assert_allclose(curve.risk, np.cumsum(~correct[order]) / np.arange(1, 201))
    np.testing.assert_allclose(curve.coverage, np.arange(1, 201) / 200)
    assert curve.area == pytest.approx(slow_area(confidence, correct))


@given(answers, st.randoms())
def test_order_of_items_changes_nothing(rows, random):
    shuffled = random.sample(rows, len(rows))
    curves = [
        risk_coverage(np.array([c for c, _ in each]), np.array([right for _, right in each]))
        for each in (rows, shuffled)
    ]
    for name in ("threshold", "kept", "wrong"):
        assert getattr(curves[0], name).tolist() == getattr(curves[1], name).tolist()
    confidence, correct = np.array([c for c, _ in rows]), np.array([right for _, right in rows])
    assert curves[0].area == pytest.approx(slow_area(confidence, correct))


def test_curve_without_items():
    curve = risk_coverage(np.zeros(0), np.zeros(0, dtype=bool))
    assert len(curve.threshold) == len(curve.coverage) == len(curve.risk) == 0
    assert math.isnan(curve.area)


def test_a_perfect_model_has_no_area():
    assert risk_coverage(np.linspace(0, 1, 9), np.ones(9, dtype=bool)).area == 0.0


# The fewest right answers with which (1 - risk)^n <= 5 %, and one fewer.
@pytest.mark.parametrize(("risk", "fewest"), [(0.02, 149), (0.05, 59), (0.1, 29), (0.5, 5)])
def test_it_takes_so_many_right_answers_to_promise_a_risk(risk, fewest):
    for n, kept in ((fewest, fewest), (fewest - 1, 0)):
        chosen = threshold_for_risk(np.linspace(0.9, 0.5, n), np.ones(n, dtype=bool), risk)
        assert chosen.kept.value * n == pytest.approx(kept)
    assert chosen.threshold == math.inf


def test_nothing_is_kept_of_nothing():
    chosen = threshold_for_risk(np.zeros(0), np.zeros(0, dtype=bool), 0.1)
    assert chosen.threshold == math.inf
    assert chosen.kept.n == chosen.wrong.n == 0


def test_nothing_is_kept_of_a_model_that_is_always_wrong():
    chosen = threshold_for_risk(np.linspace(0.5, 1, 500), np.zeros(500, dtype=bool), 0.1)
    assert chosen.threshold == math.inf
    assert (chosen.kept.value, chosen.wrong.n) == (0.0, 0)


def test_threshold_keeps_exactly_what_is_reported():
    confidence, correct = calibrated(1000, np.random.default_rng(1))
    chosen = threshold_for_risk(confidence, correct, 0.05)
    kept = confidence >= chosen.threshold
    assert chosen.kept == wilson(int(kept.sum()), 1000)
    assert chosen.wrong == wilson(int((~correct[kept]).sum()), int(kept.sum()))
    assert 0.5 < chosen.kept.value < 1
    # The test behind the promise is that of the Clopper-Pearson bound.
    bound = stats.binomtest(
        int((~correct[kept]).sum()), int(kept.sum()), alternative="less"
    ).proportion_ci(method="exact")
    assert bound.high <= 0.05


def test_items_of_one_confidence_are_kept_or_left_together():
    confidence = np.repeat([0.9, 0.6], [100, 100])
    correct = np.repeat([True, False], [100, 100])
    chosen = threshold_for_risk(confidence, correct, 0.05)
    assert chosen.threshold == 0.9
    assert threshold_for_risk(confidence[::-1], correct[::-1], 0.05) == chosen
    assert threshold_for_risk(np.full(200, 0.5), correct, 0.05).threshold == math.inf


def test_a_mistake_among_the_surest_does_not_end_the_search():
    correct = np.ones(2000, dtype=bool)
    correct[[0, 1, 2]] = False
    chosen = threshold_for_risk(np.linspace(1, 0.5, 2000), correct, 0.02)
    assert chosen.kept.value == 1.0


def test_more_risk_never_keeps_less():
    confidence, correct = calibrated(1500, np.random.default_rng(2))
    kept = [threshold_for_risk(confidence, correct, risk).kept.value for risk in (0.02, 0.05, 0.1)]
    assert 0 < kept[0] < kept[1] < kept[2]


@pytest.mark.parametrize(
    ("n", "risk", "sharpness"),
    [
        (300, 0.1, (1.6, 0.4)),  # few photos, 80 % right
        (1232, 0.05, (1.6, 0.4)),
        (1232, 0.02, (1.8, 0.2)),  # 90 % right
    ],
)
def test_the_promise_holds_in_at_least_95_of_100_samples(n, risk, sharpness):
    generator = np.random.default_rng(7)
    many = np.sort(generator.beta(*sharpness, size=200_000))
    # With calibrated confidences the true error above a line is the mean of 1 - confidence there.
    error_from = np.cumsum((1 - many)[::-1])[::-1] / np.arange(len(many), 0, -1)
    broken = useful = 0
    for _ in range(400):
        chosen = threshold_for_risk(*calibrated(n, generator, sharpness), risk)
        if chosen.threshold < math.inf:
            useful += 1
            broken += error_from[np.searchsorted(many, chosen.threshold)] > risk
    assert useful > 300  # a promise that is never made would hold too
    assert broken <= 26  # 5 % of 400, and as much more as chance brings once in ten times


def test_the_promise_holds_when_confidence_says_nothing():
    # Every line has an error just above the risk, so each one drawn is a broken promise.
    generator = np.random.default_rng(3)
    broken = sum(
        threshold_for_risk(
            generator.uniform(size=500), generator.uniform(size=500) > 0.0501, 0.05
        ).threshold
        < math.inf
        for _ in range(600)
    )
    assert broken <= 37  # 5 % of 600, and as much more as chance brings once in ten times


@pytest.mark.parametrize("risk", [0.0, 1.0, -0.1, 2])
def test_a_risk_outside_0_and_1_is_refused(risk):
    with pytest.raises(UsageError, match=f"a risk between 0 and 1; found {risk}. .*0.02"):
        threshold_for_risk(np.ones(3), np.ones(3, dtype=bool), risk)


def test_a_level_outside_0_and_1_is_refused():
    with pytest.raises(UsageError, match=r"a level between 0 and 1; found 95\."):
        threshold_for_risk(np.ones(3), np.ones(3, dtype=bool), 0.1, level=95)


def test_as_dict_writes_an_unreachable_threshold_as_null():
    chosen = threshold_for_risk(np.ones(3), np.zeros(3, dtype=bool), 0.1)
    found = json.loads(json.dumps(chosen.as_dict(), allow_nan=False))
    assert found["threshold"] is None
    assert found["risk"] == 0.1
    assert found["kept"]["n"] == 3
    assert found["wrong"] == {"value": None, "n": 0, "low": 0.0, "high": 1.0}

import math

import numpy as np
import pytest

from touchline.reporting.confidence import wilson
from touchline.reporting.reliability import (
    BINS,
    bin_numbers,
    calibration_error,
    calibration_score,
    reliability_bins,
)


def drawn(n, seed=0):
    generator = np.random.default_rng(seed)
    confidence = generator.uniform(size=n)
    return confidence, generator.uniform(size=n) < confidence**2


def slow_calibration_error(confidence, correct):
    """Guo et al. 2017, equation 3, one bin after the other."""
    total = 0.0
    for number in range(BINS):
        low, high = number / BINS, (number + 1) / BINS
        inside = (confidence > low) & (confidence <= high)
        if number == 0:
            inside |= confidence == 0
        if inside.any():
            gap = abs(correct[inside].mean() - confidence[inside].mean())
            total += inside.sum() / len(confidence) * gap
    return total


@pytest.mark.parametrize("n", [1, 2, 50, 1000])
def test_error_equals_the_slow_definition(n):
    confidence, correct = drawn(n)
    expected = slow_calibration_error(confidence, correct)
    assert calibration_error(reliability_bins(confidence, correct)) == pytest.approx(expected)
    assert calibration_score(confidence, correct).value == pytest.approx(expected)


def test_bins_hold_every_item_once():
    confidence, correct = drawn(500)
    bins = reliability_bins(confidence, correct)
    assert sum(each.accuracy.n for each in bins) == 500
    assert all(each.low < each.confidence <= each.high for each in bins)
    assert [each.low for each in bins] == sorted(each.low for each in bins)


def test_edges_belong_to_the_bin_below():
    edges = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    assert bin_numbers(edges, bins=4).tolist() == [0, 0, 1, 2, 3]


def test_a_bin_has_the_wilson_interval_of_its_items():
    confidence = np.full(10, 0.9)
    (only,) = reliability_bins(confidence, np.arange(10) < 7)
    assert only.accuracy == wilson(7, 10)
    assert only.confidence == pytest.approx(0.9)


def test_without_items_there_is_no_bin_and_no_error():
    nothing = reliability_bins(np.zeros(0), np.zeros(0, dtype=bool))
    assert nothing == ()
    assert math.isnan(calibration_error(nothing))


def test_a_perfectly_calibrated_and_a_perfectly_wrong_model():
    sure = np.ones(20)
    assert calibration_score(sure, np.ones(20, dtype=bool)).value == 0.0
    assert calibration_score(sure, np.zeros(20, dtype=bool)).value == 1.0


def test_interval_holds_the_value_though_drawing_again_adds_noise():
    # Well calibrated, so nearly all of the error measured is noise.
    generator = np.random.default_rng(0)
    for n in (50, 400):
        confidence = generator.uniform(size=n)
        score = calibration_score(confidence, generator.uniform(size=n) < confidence)
        assert 0 <= score.low < score.value < score.high <= 1
        assert score.unit == "number"


def test_by_groups_the_interval_is_wider():
    confidence, correct = drawn(40)
    copied = calibration_score(
        np.repeat(confidence, 6), np.repeat(correct, 6), groups=np.repeat(range(40), 6).tolist()
    )
    independent = calibration_score(np.repeat(confidence, 6), np.repeat(correct, 6))
    assert copied.high - copied.low > 1.5 * (independent.high - independent.low)

import math

import numpy as np
import pytest
from scipy import stats

from touchline.synth.study.differences import mean_of, smallest_seen, within_reach


def keys(count: int) -> np.ndarray:
    return np.array([f"photo {number}" for number in range(count)])


class TestOneRound:
    def test_the_interval_is_students_over_photos(self):
        changes = np.array([1.0, 0, 0, 1, -1, 0, 1, 0])
        found = mean_of(changes[None], keys(8))
        expected = stats.ttest_1samp(changes, 0).confidence_interval(0.95)
        assert (found.value, found.n, found.unit) == (0.25, 8, "points")
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))

    def test_photos_of_one_group_are_one_witness(self):
        changes = np.array([1.0, 1, 0, 0, -1, -1, 1, 1])
        paired = mean_of(changes[None], np.repeat(keys(4), 2))
        alone = stats.ttest_1samp(changes[::2], 0).confidence_interval(0.95)
        assert (paired.low, paired.high) == pytest.approx((alone.low, alone.high))

    def test_several_comparisons_widen_it_by_bonferroni(self):
        changes = np.array([1.0, 0, 0, 1, -1, 0, 1, 0])
        found = mean_of(changes[None], keys(8), comparisons=4)
        expected = stats.ttest_1samp(changes, 0).confidence_interval(1 - 0.05 / 4)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


class TestSeveralRounds:
    def test_where_rounds_differ_most_it_is_students_over_their_means(self):
        by_round = np.array([0.9, -0.8, 0.7, 0.1])
        values = np.repeat(by_round[:, None], 50, axis=1)
        expected = stats.ttest_1samp(by_round, 0).confidence_interval(0.95)
        found = mean_of(values, keys(50))
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-6)

    def test_folds_that_share_no_photo_are_as_many_witnesses(self):
        chance = np.random.default_rng(1)
        values = np.full((6, 60), np.nan)
        for number in range(6):
            own = slice(10 * number, 10 * number + 10)
            values[number, own] = chance.normal(chance.normal(0, 1), 0.1, 10)
        expected = stats.ttest_1samp(np.nanmean(values, axis=1), 0).confidence_interval(0.95)
        found = mean_of(values, keys(60))
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high))

    def test_the_variance_is_that_of_both_ways(self):
        chance = np.random.default_rng(2)
        values = chance.normal(0, 1, (4, 1)) + chance.normal(0, 1, (1, 30))
        values += chance.normal(0, 0.3, (4, 30))
        values[0, :7] = np.nan
        half = smallest_seen(mean_of(values, keys(30)))
        # With fewer than five rounds the degrees of freedom are 3, whatever the components.
        assert half == pytest.approx(stats.t.ppf(0.975, 3) * slow_standard_error(values))

    def test_many_alike_rounds_are_no_surer_than_their_photos(self):
        once = np.random.default_rng(3).choice([-1.0, 0, 1], 80)
        one = mean_of(once[None], keys(80))
        many = mean_of(np.repeat(once[None], 20, axis=0), keys(80))
        assert smallest_seen(many) == pytest.approx(smallest_seen(one), rel=0.1)

    def test_fewer_than_five_rounds_leave_it_wide(self):
        values = np.random.default_rng(4).choice([-1.0, 0, 0, 1], (5, 100))
        assert smallest_seen(mean_of(values[:4], keys(100))) > 1.3 * smallest_seen(
            mean_of(values, keys(100))
        )


class TestEdges:
    def test_arms_that_are_never_of_two_minds_could_still_differ(self):
        found = mean_of(np.zeros((5, 40)), keys(40))
        assert (found.value, found.low, found.high) == pytest.approx((0, -0.0876, 0.0876), abs=1e-3)

    def test_one_group_gives_no_interval(self):
        found = mean_of(np.array([[1.0, 0, 1]]), np.array(["burst"] * 3))
        assert found.value == pytest.approx(2 / 3)
        assert math.isnan(found.low)
        assert math.isnan(found.high)

    def test_shares_stay_between_nothing_and_all(self):
        found = mean_of(np.array([[1.0, 1, 1, 0]]), keys(4), points=False)
        assert (found.unit, found.high) == ("share", 1.0)
        assert 0 <= found.low < 0.75

    def test_the_order_of_photos_and_rounds_does_not_matter(self):
        chance = np.random.default_rng(5)
        values, groups = chance.choice([-1.0, 0, 1], (6, 30)), np.repeat(keys(10), 3)
        order, turns = chance.permutation(30), chance.permutation(6)
        one, other = mean_of(values, groups), mean_of(values[turns][:, order], groups[order])
        assert (one.low, one.high) == pytest.approx((other.low, other.high))


def test_an_interval_ends_where_differences_of_shares_do():
    found = mean_of(np.array([[1.0, 0.0], [-1.0, 0.5]]), keys(2))
    assert (found.low < -1, found.high > 1) == (True, True)
    cut = within_reach(found)
    assert (cut.value, cut.low, cut.high) == (found.value, -1.0, 1.0)
    assert math.isnan(within_reach(mean_of(np.array([[1.0]]), keys(1))).low)


def slow_standard_error(values: np.ndarray) -> float:
    """The two-way clustered standard error of a mean, written out."""
    rounds, photos = values.shape
    mean, count = np.nanmean(values), np.sum(~np.isnan(values))
    by_round = [sum(v - mean for v in row if not math.isnan(v)) for row in values]
    by_photo = [sum(v - mean for v in column if not math.isnan(v)) for column in values.T]
    cells = [v - mean for v in values.ravel() if not math.isnan(v)]
    of_rounds, of_photos, of_cells = (
        sum(each**2 for each in sums) * n / (n - 1)
        for sums, n in ((by_round, rounds), (by_photo, photos), (cells, len(cells)))
    )
    return math.sqrt(max(of_rounds, of_photos, of_rounds + of_photos - of_cells)) / count

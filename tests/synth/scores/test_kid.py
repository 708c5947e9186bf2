"""KID against its definition, and whether its interval holds what it promises."""

import math

import numpy as np
import pytest

from touchline.errors import UsageError
from touchline.synth.scores.kid import kid, kid_by_subsets


def cloud(n: int, seed: int, shift: float = 0.0, features: int = 8) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, features)) + shift


def kernel(x: np.ndarray, y: np.ndarray) -> float:
    return float((x @ y / len(x) + 1) ** 3)


def slow_kid(
    real: np.ndarray, made: np.ndarray, real_groups: list[int], made_groups: list[int]
) -> float:
    """The definition, a pair at a time."""

    def own(photos: np.ndarray, groups: list[int]) -> float:
        return float(np.mean([
            kernel(photos[i], photos[j])
            for i in range(len(photos)) for j in range(len(photos)) if groups[i] != groups[j]
        ]))  # fmt: skip

    across = np.mean([kernel(x, y) for x in real for y in made])
    return own(real, real_groups) + own(made, made_groups) - 2 * float(across)


def slow_interval(
    real: np.ndarray, made: np.ndarray, real_groups: list[int]
) -> tuple[float, float]:
    """The jackknife by computing everything anew without each group."""
    from scipy.stats import t

    made_groups = list(range(len(made)))
    value = slow_kid(real, made, real_groups, made_groups)
    variances, counts = [], []
    for photos, groups, score in (
        (real, real_groups, lambda keep, own: slow_kid(real[keep], made, own, made_groups)),
        (made, made_groups, lambda keep, own: slow_kid(real, made[keep], real_groups, own)),
    ):
        pseudo, weights = [], []
        for name in dict.fromkeys(groups):
            keep = [i for i, group in enumerate(groups) if group != name]
            times = len(photos) / (len(photos) - len(keep))
            pseudo.append(times * value - (times - 1) * score(keep, [groups[i] for i in keep]))
            weights.append(times)
        # The centre is the jackknife's own estimate: pseudo-values weighted by the groups' sizes.
        centre = sum(each / times for each, times in zip(pseudo, weights, strict=True))
        variances.append(np.mean([
            (each - centre) ** 2 / (times - 1)
            for each, times in zip(pseudo, weights, strict=True)
        ]))  # fmt: skip
        counts.append(len(pseudo))
    freedom = sum(variances) ** 2 / sum(
        v**2 / (count - 1) for v, count in zip(variances, counts, strict=True)
    )
    half = t.ppf(0.975, freedom) * math.sqrt(sum(variances))
    return value - half, value + half


def test_it_is_the_mean_over_all_pairs_of_different_photos() -> None:
    real, made = cloud(7, 0), cloud(5, 1, shift=0.5)
    expected = slow_kid(real, made, list(range(7)), list(range(5)))
    assert kid(real, made).value == pytest.approx(expected)
    assert kid(real, made).n == 5


def test_groups_of_any_size_are_left_out_whole() -> None:
    real, made, groups = cloud(9, 0), cloud(6, 1, shift=0.3), [0, 0, 0, 1, 1, 2, 2, 2, 3]
    score = kid(real, made, np.array(groups))
    assert score.value == pytest.approx(slow_kid(real, made, groups, list(range(6))))
    assert (score.low, score.high) == pytest.approx(slow_interval(real, made, groups))


def test_blocks_of_rows_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    real, made, groups = cloud(11, 0), cloud(7, 1), np.arange(11) // 2
    whole = kid(real, made, groups)
    monkeypatch.setattr("touchline.synth.scores.kid.ROWS_A_BLOCK", 3)
    assert kid(real, made, groups).value == pytest.approx(whole.value)
    assert kid(real, made, groups).low == pytest.approx(whole.low)


def test_the_order_of_the_photos_changes_nothing() -> None:
    real, made, groups = cloud(12, 0), cloud(9, 1), np.array(list("aabbccddeeff"))
    order, other = np.random.default_rng(0).permutation(12), np.random.default_rng(1).permutation(9)
    one, two = kid(real, made, groups), kid(real[order], made[other], groups[order])
    assert (one.value, one.low, one.high) == pytest.approx((two.value, two.low, two.high))


def test_which_side_is_real_changes_nothing() -> None:
    one, two = kid(cloud(12, 0), cloud(9, 1, 0.4)), kid(cloud(9, 1, 0.4), cloud(12, 0))
    assert (one.value, one.low, one.high) == pytest.approx((two.value, two.low, two.high))


def test_photos_of_one_source_score_0_on_average_and_others_more() -> None:
    same = [kid(cloud(10, seed), cloud(10, 1000 + seed)).value for seed in range(200)]
    assert abs(np.mean(same)) < 3 * np.std(same) / math.sqrt(200)
    other = [kid(cloud(10, seed), cloud(10, 1000 + seed, 0.8)).value for seed in range(50)]
    assert np.mean(other) > 5 * np.std(same)


def coverage(trials: int, real_groups: int, each: int, ignore: bool) -> float:
    """How often the interval holds the truth, for photos drawn from pools that are all there is."""
    chance = np.random.default_rng(0)
    pool = chance.normal(size=(150, 1, 8)) + 0.5 * chance.normal(size=(150, 20, 8))
    made_pool = 1.1 * chance.normal(size=(300, 8)) + 0.4
    flat = pool.reshape(-1, 8)

    def mean(a: np.ndarray, b: np.ndarray) -> float:
        return float(((a @ b.T / 8 + 1) ** 3).mean())

    truth = mean(flat, flat) + mean(made_pool, made_pool) - 2 * mean(flat, made_pool)
    held = 0
    for _ in range(trials):
        chosen = chance.integers(150, size=real_groups)
        real = np.concatenate([pool[group][chance.integers(20, size=each)] for group in chosen])
        groups = None if ignore else np.repeat(np.arange(real_groups), each)
        score = kid(real, made_pool[chance.integers(300, size=30)], groups)
        held += score.low <= truth <= score.high
    return held / trials


@pytest.mark.parametrize(("groups", "each"), [(24, 1), (60, 1), (8, 6)])
def test_the_interval_holds_the_truth_as_often_as_it_says(groups: int, each: int) -> None:
    assert coverage(200, groups, each, ignore=False) >= 0.92


def test_photos_of_one_player_are_no_independent_witnesses() -> None:
    assert coverage(100, 8, 12, ignore=True) < 0.7


def test_more_photos_narrow_the_interval() -> None:
    def width(n: int) -> float:
        score = kid(cloud(n, 0), cloud(n, 1, 0.5))
        return score.high - score.low

    assert width(100) < width(25) < width(8)


def test_two_photos_have_a_score_and_no_interval() -> None:
    score = kid(cloud(2, 0), cloud(2, 1))
    assert math.isfinite(score.value)
    assert math.isnan(score.low)


def test_photos_that_are_all_the_same_have_no_interval() -> None:
    score = kid(np.ones((5, 3)), np.zeros((5, 3)))
    assert score.value == pytest.approx(8 + 1 - 2)
    assert math.isnan(score.low)
    assert math.isnan(score.high)


def test_where_all_are_of_one_group_each_counts_as_its_own() -> None:
    real, made = cloud(6, 0), cloud(6, 1)
    assert kid(real, made, np.zeros(6)) == kid(real, made)


@pytest.mark.parametrize(("real", "made", "side"), [(1, 5, "real"), (5, 1, "generated")])
def test_a_single_photo_is_refused(real: int, made: int, side: str) -> None:
    wanted = f"Wanted at least 2 {side} photos; found 1"
    with pytest.raises(UsageError, match=wanted):
        kid(cloud(real, 0), cloud(made, 1))
    with pytest.raises(UsageError, match=wanted):
        kid_by_subsets(cloud(real, 0), cloud(made, 1))


@pytest.mark.parametrize(("n", "size"), [(2, 2), (3, 2), (10, 5), (2100, 1000)])
def test_subsets_fit_the_photos_at_hand(n: int, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("touchline.synth.scores.kid.SUBSETS", 2)
    assert kid_by_subsets(cloud(n, 0), cloud(n + 3, 1)).size == size


def test_subsets_agree_with_all_pairs_on_average() -> None:
    real, made = cloud(60, 0), cloud(40, 1, 0.5)
    found = kid_by_subsets(real, made, seed=3)
    assert found.mean == pytest.approx(kid(real, made).value, abs=4 * found.spread / 10)
    assert kid_by_subsets(real, made, seed=3) == found
    assert kid_by_subsets(real, made, seed=4) != found

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.spotting.peaks.suppression import Peak, Suppression

Kept = list[tuple[int, float]]
PEAKS = st.dictionaries(
    st.integers(0, 60), st.sampled_from([0.1, 0.2, 0.25, 0.4, 0.8, 1.0]), max_size=25
).map(lambda peaks: sorted(peaks.items()))  # fmt: skip
FLOOR = 0.05


def _kept(
    peaks: Kept, window: float, soft: bool, longest: float = math.inf, settle: bool = False
) -> Kept:
    suppression = Suppression(window, FLOOR, longest, soft)
    kept = []
    for position, score in peaks:
        if settle:
            kept += suppression.settle(position)
        kept += suppression.add(Peak(position, score, 0.0))
    kept += suppression.settle(math.inf)
    return sorted((peak.position, peak.confidence) for peak in kept)


def _slowly(peaks: Kept, window: float, soft: bool) -> Kept:
    """Greedy over all peaks at once, as it is usually written."""
    left = {position: (score, []) for position, score in peaks}
    kept = []

    def confidence(position: int) -> float:
        score, factors = left[position]
        return score * math.prod(sorted(factors))

    while left:
        best = min(left, key=lambda position: (-confidence(position), position))
        kept.append((best, confidence(best)))
        del left[best]
        for position in list(left):
            if abs(position - best) <= window:
                left[position][1].append(((position - best) / window) ** 2 if soft else 0.0)
                if confidence(position) < FLOOR:
                    del left[position]
    return sorted(kept)


@settings(max_examples=300, deadline=None)
@given(peaks=PEAKS, window=st.sampled_from([0.0, 1.0, 4.5, 8.0]), soft=st.booleans())
def test_what_is_kept_is_what_greedy_keeps_ties_and_all(
    peaks: Kept, window: float, soft: bool
) -> None:
    wanted = _slowly(peaks, window, soft)
    assert _kept(peaks, window, soft) == wanted
    assert _kept(peaks, window, soft, settle=True) == wanted


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 10_000), count=st.integers(0, 40), window=st.sampled_from([1.0, 4.5, 20.0]),
    soft=st.booleans(),
)  # fmt: skip
def test_reversed_in_time_the_same_are_kept(
    seed: int, count: int, window: float, soft: bool
) -> None:
    rng = np.random.default_rng(seed)
    positions = np.sort(rng.choice(60, count, replace=False)).tolist()
    peaks = list(zip(positions, rng.uniform(FLOOR, 1.0, count).tolist(), strict=True))
    backwards = [(60 - position, score) for position, score in reversed(peaks)]
    kept = [(60 - position, score) for position, score in _kept(backwards, window, soft)]
    assert sorted(kept) == _kept(peaks, window, soft)


@pytest.mark.parametrize("distance", [-6, -5, -4, -1, 1, 4, 5, 6])
def test_the_window_is_as_wide_before_as_after(distance: int) -> None:
    peaks = sorted([(20, 0.9), (20 + distance, 0.5)])
    apart = abs(distance) > 5
    assert (len(_kept(peaks, 5.0, soft=False)) == 2) is apart
    weakened = dict(_kept(peaks, 5.0, soft=True)).get(20 + distance, 0.0)
    wanted = 0.5 * min(1.0, (distance / 5) ** 2)
    assert weakened == pytest.approx(wanted if wanted >= FLOOR else 0.0)


def test_a_peak_that_fell_spares_its_own_neighbours() -> None:
    chain = [(0, 0.5), (20, 0.7), (40, 0.9)]
    assert _kept(chain, 25.0, soft=False) == [(0, 0.5), (40, 0.9)]


def test_the_order_in_which_a_peak_was_weakened_does_not_show() -> None:
    orders = list(permutations([0.1, 0.2, 0.3, 0.7]))
    assert len({math.prod(order) for order in orders}) > 1
    confidences = set()
    for order in orders:
        peak = Peak(0, 0.9, 0.0)
        for factor in order:
            peak.weaken(factor)
        confidences.add(peak.confidence)
    assert len(confidences) == 1


def test_what_is_settled_already_is_no_reason_to_cut() -> None:
    peaks = [(0, 0.5), (8, 0.5), (12, 0.9)]  # 12 comes late for 0, but 0 does not wait for it
    assert _kept(peaks, 4.5, soft=False, longest=8.0) == [(0, 0.5), (12, 0.9)]


def test_of_equals_the_earlier_is_kept() -> None:
    assert _kept([(0, 0.5), (3, 0.5), (6, 0.5)], 4.0, soft=False) == [(0, 0.5), (6, 0.5)]


def test_peaks_are_settled_as_soon_as_their_window_is_known() -> None:
    suppression = Suppression(5.0, FLOOR, math.inf, soft=False)
    suppression.add(Peak(10, 0.8, 0.0))
    assert suppression.settle(15) == []  # at 15 there could be a stronger one
    assert suppression.earliest == 10
    assert [peak.position for peak in suppression.settle(15.5)] == [10]
    assert suppression.earliest == math.inf


def test_a_rising_chain_is_cut_where_it_grows_too_long() -> None:
    ladder = [(5 * index, 0.1 + 0.01 * index) for index in range(9)]
    assert [at for at, _ in _kept(ladder, 6.0, soft=False)] == [0, 10, 20, 30, 40]
    # Of 0, 5 and 10 the last is the strongest; 15 comes too late for them. So it goes on.
    assert [at for at, _ in _kept(ladder, 6.0, False, longest=10.0)] == [0, 10, 15, 25, 30, 40]
    assert _kept(ladder, 6.0, False, longest=10.0, settle=True) == _kept(
        ladder, 6.0, False, longest=10.0
    )

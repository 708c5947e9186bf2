"""Conformal sets: the promise kept in simulation, ties, too few photos, and how sets are scored."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.photos.calibration import softmax
from touchline.photos.conformal import ConformalSets, fit_sets, score_sets

CLASSES = 6


def photos(rng: np.random.Generator, n: int, overconfident: float) -> tuple[np.ndarray, np.ndarray]:
    """Classes drawn from probabilities, and those as a model sees them that is surer of itself."""
    logits = rng.normal(size=(n, CLASSES)) * 1.5
    cumulated = softmax(logits).cumsum(axis=1)
    truth = (rng.random((n, 1)) > cumulated).sum(axis=1).clip(max=CLASSES - 1)
    return truth, softmax(logits * overconfident)


def of_truth(truth: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    return probabilities[np.arange(len(truth)), truth]


@pytest.mark.parametrize("overconfident", [1.0, 3.0, 0.2])
@pytest.mark.parametrize(
    ("n", "coverage", "expected"),
    [(9, 0.9, 9 / 10), (25, 0.9, 24 / 26), (400, 0.9, 361 / 401), (400, 0.8, 321 / 401)],
)
def test_new_photos_are_covered_as_promised(
    n: int, coverage: float, expected: float, overconfident: float
) -> None:
    """Over 200 draws, whatever the model believes of itself: ceil((n + 1) * coverage) / (n + 1)."""
    rng = np.random.default_rng(0)
    covered = []
    for _ in range(200):
        sets = fit_sets(of_truth(*photos(rng, n, overconfident)), coverage)
        truth, probabilities = photos(rng, 1000, overconfident)
        covered.append(np.mean(of_truth(truth, probabilities) >= sets.threshold))
    assert np.mean(covered) == pytest.approx(expected, abs=0.02)


def test_a_share_of_the_photos_held_out_would_promise_too_much() -> None:
    """What the `+ 1` is for: nine of ten of 15 photos cover less than nine of ten new ones."""
    rng = np.random.default_rng(1)
    naive, sound = [], []
    for _ in range(2000):
        held_out, new = rng.random(15), rng.random(200)
        naive.append(np.mean(new >= np.sort(held_out)[-14]))
        sound.append(np.mean(new >= fit_sets(held_out).threshold))
    assert np.mean(naive) == pytest.approx(14 / 16, abs=0.01)
    assert np.mean(sound) == pytest.approx(15 / 16, abs=0.01)


PROBABILITIES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.5000001, 1.0]), max_size=40)


@given(PROBABILITIES, st.sampled_from([(1, 2), (4, 5), (9, 10), (19, 20)]))
def test_the_threshold_is_the_highest_that_enough_photos_reach(
    held_out: list[float], coverage: tuple[int, int]
) -> None:
    above, below = coverage
    needed = -(-(len(held_out) + 1) * above // below)  # in whole numbers, rounded up
    kept = [each for each in held_out if sum(other >= each for other in held_out) >= needed]
    found = fit_sets(np.array(held_out), above / below)
    assert found == ConformalSets(max(kept, default=0.0), above / below)


def test_nine_tenths_are_counted_without_rounding_errors() -> None:
    """(n + 1) * 0.9 is a whole number or just above one; never is one photo more needed."""
    for n in range(9, 2000, 10):
        falling = np.arange(n, 0, -1.0)
        assert fit_sets(falling).threshold == falling[(n + 1) // 10 * 9 - 1]


@pytest.mark.parametrize("n", [0, 1, 8])
def test_too_few_photos_for_a_promise_leave_all_classes(n: int) -> None:
    sets = fit_sets(np.full(n, 0.99))
    assert sets.threshold == 0.0
    assert sets.sizes(np.array([[1.0, 0.0, 0.0], [0.4, 0.3, 0.3]])).tolist() == [3, 3]


def test_tied_classes_are_in_the_set_together() -> None:
    sets = fit_sets(np.array([0.25] * 20))
    assert sets.threshold == 0.25
    assert sets.sizes(np.array([[0.25] * 4, [0.5, 0.25, 0.25, 0.0]])).tolist() == [4, 3]


def test_a_certain_class_stands_alone_and_no_set_is_empty() -> None:
    sets = ConformalSets(0.6)
    assert sets.sizes(np.array([[1.0, 0.0], [0.6, 0.4], [0.5, 0.5]])).tolist() == [1, 1, 1]
    assert sets.sizes(np.empty((0, 2))).tolist() == []


def test_scores_have_counts_and_intervals() -> None:
    probabilities = np.array([[0.6, 0.3, 0.1]] * 10)
    truth = np.array([0] * 6 + [1] * 3 + [2])
    scores = score_sets(truth, probabilities, np.array([1] * 4 + [2] * 6))
    assert scores.coverage.value == 0.9
    assert (scores.size.value, scores.size.unit) == (1.6, "number")
    assert scores.coverage.n == scores.size.n == 10
    assert scores.coverage.low < 0.9 < scores.coverage.high
    assert scores.size.low < 1.6 < scores.size.high
    assert set(scores.as_dict()) == {"set_coverage", "set_size"}


def test_photos_of_a_group_are_one_witness() -> None:
    probabilities = np.array([[0.6, 0.4]] * 40)
    truth = np.array([0] * 20 + [1] * 20)
    alone = score_sets(truth, probabilities, np.ones(40, int))
    groups = [str(number // 10) for number in range(40)]
    together = score_sets(truth, probabilities, np.ones(40, int), groups=groups)
    assert together.coverage.low < alone.coverage.low

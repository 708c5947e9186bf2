import numpy as np
import pytest

from touchline.reporting.class_scores import class_scores, count_statistic
from touchline.reporting.confidence import Score, never_certain, wilson


def test_scores_of_counts():
    [first, never] = class_scores(np.array([19, 0]), np.array([24, 0]), np.array([21, 2]))
    assert first.precision == wilson(19, 21)
    assert first.recall == wilson(19, 24)
    assert first.f1.value == pytest.approx(2 * 19 / (24 + 21))
    assert first.f1.n == 26
    assert (never.recall.value, never.recall.n, never.recall.high) == (0, 0, 1)
    assert never.precision == wilson(0, 2)


def test_a_bootstrap_can_only_widen():
    drawn = [Score(0.5, 3, 0.0, 0.55), Score(0.5, 3, 0.49, 0.51), Score(0.5, 3, 0.0, 1.0)]
    counts = np.array([10]), np.array([20]), np.array([20])
    [alone], [widened] = class_scores(*counts), class_scores(*counts, drawn)
    assert (widened.precision.low, widened.precision.high) == (0.0, alone.precision.high)
    assert widened.recall == alone.recall
    assert (widened.f1.low, widened.f1.high) == (0, 1)


def test_the_statistic_of_ones_is_the_score_and_undrawn_classes_say_nothing():
    hits = np.array([[2.0, 0, 0], [1, 0, 0]])
    support = np.array([[4.0, 1, 0], [0, 0, 0]])
    given = np.array([[2.0, 0, 1], [2, 0, 0]])
    whole, second = count_statistic(hits, support, given)(np.array([[1.0, 1], [0, 1]]))
    assert whole.tolist() == pytest.approx([3 / 4, 0, 0, 3 / 4, 0, 0, 6 / 8, 0, 0])
    assert np.isnan(second).tolist() == [True, True, False] * 3


def test_never_certain_changes_only_the_ends():
    assert never_certain(Score(0.5, 4, 0.5, 0.5)) == Score(0.5, 4, 0.5, 0.5)
    assert never_certain(Score(0.0, 4, 0.0, 0.0)) == wilson(0, 4)

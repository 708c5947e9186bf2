import warnings

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from touchline.spotting.metrics.ranking import Ranking, average_precision


def drawn(n, seed, ties):
    generator = np.random.default_rng(seed)
    confidence = generator.uniform(size=n).round(1 if ties else 12)
    right = generator.uniform(size=n) < 0.2 + 0.5 * confidence
    return confidence, right


def of_clips(confidence, right):
    clips = np.arange(len(right))
    return Ranking(confidence, right, clips, clips[right])


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("n", [1, 2, 30, 500])
def test_without_interpolation_it_is_scikit_learns_with_weights(n, ties):
    confidence, right = drawn(n, n, ties)
    right[0] = True
    weights = np.random.default_rng(1).integers(0, 4, (20, n)).astype(float)
    weights[:, 0] = 1
    found = average_precision(of_clips(confidence, right), weights, interpolated=False)
    expected = [average_precision_score(right, confidence, sample_weight=row) for row in weights]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def obvious_area(confidence, right, items):
    """Walk down the confidences; at each, the best precision still to come."""
    points = []
    for level in sorted(set(confidence.tolist()), reverse=True):
        kept = confidence >= level
        points.append((right[kept].sum() / items, right[kept].sum() / kept.sum()))
    area, before = 0.0, 0.0
    for place, (recall, _) in enumerate(points):
        area += (recall - before) * max(precision for _, precision in points[place:])
        before = recall
    return area


@pytest.mark.parametrize("ties", [False, True])
def test_interpolated_is_the_area_under_the_best_precision_to_come(ties):
    confidence, right = drawn(80, 3, ties)
    missed = 7
    ranking = Ranking(confidence, right, np.zeros(80, int), np.zeros(right.sum() + missed, int))
    [found] = average_precision(ranking, np.ones((1, 1)), interpolated=True)
    assert found == pytest.approx(obvious_area(confidence, right, right.sum() + missed), abs=1e-12)
    [plain] = average_precision(ranking, np.ones((1, 1)), interpolated=False)
    assert plain < found


def test_weights_are_copies():
    confidence, right = drawn(40, 5, ties=True)
    copies = np.random.default_rng(2).integers(0, 3, 40)
    copied = np.repeat(np.arange(40), copies)
    [weighed] = average_precision(
        of_clips(confidence, right), copies[None] * 1.0, interpolated=True
    )
    written = of_clips(confidence[copied], right[copied])
    [out] = average_precision(written, np.ones((1, len(copied))), interpolated=True)
    assert weighed == pytest.approx(out, abs=1e-12)


def test_many_rows_are_done_in_blocks_with_the_same_result(monkeypatch):
    ranking = of_clips(*drawn(60, 8, ties=False))
    weights = np.random.default_rng(3).integers(0, 3, (50, 60)).astype(float)
    whole = average_precision(ranking, weights, interpolated=True)
    monkeypatch.setattr("touchline.spotting.metrics.ranking.BLOCK_NUMBERS", 100)
    in_blocks = average_precision(ranking, weights, interpolated=True)
    np.testing.assert_allclose(in_blocks, whole, rtol=1e-12)


def test_edges():
    nothing = Ranking(np.zeros(0), np.zeros(0, bool), np.zeros(0, int), np.zeros(0, int))
    assert np.isnan(average_precision(nothing, np.ones((2, 0)), interpolated=True)).all()
    missed = Ranking(np.zeros(0), np.zeros(0, bool), np.zeros(0, int), np.array([0]))
    assert average_precision(missed, np.ones((1, 1)), interpolated=True).tolist() == [0]
    wrong = Ranking(np.array([0.9]), np.array([False]), np.array([0]), np.array([0]))
    assert average_precision(wrong, np.ones((1, 1)), interpolated=True).tolist() == [0]
    # A row in which no true item was drawn says nothing.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(average_precision(missed, np.zeros((1, 1)), interpolated=True)).all()

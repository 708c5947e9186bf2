"""Temperature scaling and what is promised with it."""

import json

import numpy as np
import pytest
from sklearn.metrics import log_loss as sklearn_log_loss

from touchline.photos.calibration import (
    Calibration,
    calibrate,
    fit_temperature,
    log_loss,
    softmax,
)  # fmt: skip


def honest(n: int, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits and labels drawn from those very probabilities: the right temperature is 1."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, classes)) * 2
    labels = np.array([rng.choice(classes, p=p) for p in softmax(logits)])
    return labels, logits


def test_log_loss_is_scikit_learns() -> None:
    labels, logits = honest(300, 4, seed=0)
    assert log_loss(labels, logits) == pytest.approx(
        sklearn_log_loss(labels, softmax(logits), labels=range(4)), abs=1e-9
    )


def test_log_loss_survives_huge_logits() -> None:
    assert log_loss(np.array([1]), np.array([[1000.0, -1000.0]])) == pytest.approx(2000.0)


@pytest.mark.parametrize("factor", [0.25, 1.0, 4.0])
def test_the_temperature_undoes_a_known_factor(factor: float) -> None:
    labels, logits = honest(4000, 5, seed=1)
    assert fit_temperature(labels, logits * factor) == pytest.approx(factor, rel=0.08)


def test_no_photo_or_no_opinion_leaves_the_temperature_at_one() -> None:
    assert fit_temperature(np.empty(0, int), np.empty((0, 3))) == 1.0
    assert fit_temperature(np.array([0, 1]), np.zeros((2, 3))) == 1.0


def test_the_temperature_changes_no_label_and_no_order() -> None:
    labels, logits = honest(200, 4, seed=2)
    calibration = calibrate(labels, logits * 3, np.arange(200))
    probabilities = calibration.probabilities(logits)
    assert np.array_equal(probabilities.argsort(axis=1), logits.argsort(axis=1))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)


def test_a_group_counts_once_for_the_promise() -> None:
    labels, logits = honest(50, 3, seed=3)
    groups = np.arange(50) // 5
    assert len(calibrate(labels, logits, groups).correct) == 10


def test_a_burst_draws_the_line_of_the_sets_once() -> None:
    labels, logits = honest(200, 4, seed=6)
    single = calibrate(labels, logits, np.arange(200))
    repeated = np.repeat(np.arange(200), 3)
    thrice = calibrate(labels[repeated], logits[repeated], repeated)
    assert thrice.sets is not None
    assert single.sets is not None
    assert thrice.sets.threshold == pytest.approx(single.sets.threshold)
    truth = single.probabilities(logits)[np.arange(200), labels]
    assert np.sum(truth >= single.sets.threshold) == 181  # ceil(201 * 0.9)


def test_a_smaller_risk_draws_the_line_higher() -> None:
    labels, logits = honest(3000, 5, seed=4)
    calibration = calibrate(labels, logits, np.arange(3000))
    lines = [calibration.threshold(risk) for risk in (0.05, 0.1, 0.2, 0.4)]
    assert lines == sorted(lines, reverse=True)
    assert calibration.threshold(1e-6) > 1  # nothing can promise that


def test_it_goes_to_json_and_back() -> None:
    labels, logits = honest(30, 3, seed=5)
    calibration = calibrate(labels, logits, np.arange(30))
    kept = json.loads(json.dumps(calibration.as_dict()))
    assert Calibration.from_dict(kept) == calibration
    assert kept["sets"]["coverage"] == 0.9


def test_an_older_run_knows_no_sets() -> None:
    labels, logits = honest(30, 3, seed=5)
    kept = calibrate(labels, logits, np.arange(30)).as_dict()
    del kept["sets"]
    old = Calibration.from_dict(kept)
    assert old.sets is None
    assert old.set_sizes(old.probabilities(logits)).tolist() == [0] * 30
    assert Calibration.from_dict(old.as_dict()) == old

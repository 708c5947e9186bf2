import json

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from touchline.errors import UsageError
from touchline.photos.metrics import left_right_confusion, score_photos
from touchline.reporting.confidence import wilson


def drawn(n, count, seed=0, skill=2.0):
    """Truth and probabilities of a model that is better than chance, in classes of unequal size."""
    generator = np.random.default_rng(seed)
    truth = generator.choice(count, size=n, p=generator.dirichlet(np.full(count, 2.0)))
    logits = generator.normal(size=(n, count))
    logits[np.arange(n), truth] += skill
    odds = np.exp(logits)
    return truth, odds / odds.sum(axis=1, keepdims=True)


def names(count):
    return [f"class {number}" for number in range(count)]


@pytest.mark.parametrize(("n", "count"), [(1232, 22), (62, 17), (30, 3), (40, 2), (500, 100)])
def test_scores_equal_scikit_learn(n, count):
    truth, probabilities = drawn(n, count)
    scores = score_photos(truth, probabilities, names(count))
    labels, predicted = np.arange(count), probabilities.argmax(axis=1)
    expected = {
        "accuracy": sklearn_metrics.accuracy_score(truth, predicted),
        "log_loss": sklearn_metrics.log_loss(truth, probabilities, labels=labels),
        "brier": np.mean(np.sum((probabilities - np.eye(count)[truth]) ** 2, axis=1)),
        "baseline_majority": np.bincount(truth).max() / n,
    }
    if count > 2:
        expected["brier"] = sklearn_metrics.brier_score_loss(
            truth, probabilities, labels=labels, scale_by_half=False
        )
    if count > 5:
        expected["top5"] = sklearn_metrics.top_k_accuracy_score(
            truth, probabilities, k=5, labels=labels
        )
    for average in ("macro", "weighted"):
        precision, recall, f1, _ = sklearn_metrics.precision_recall_fscore_support(
            truth, predicted, labels=labels, average=average, zero_division=0
        )
        expected |= {
            f"{average}_precision": precision,
            f"{average}_recall": recall,
            f"{average}_f1": f1,
        }
    found = scores.as_dict()
    for name, value in expected.items():
        assert found[name]["value"] == pytest.approx(value, abs=1e-12), name
        assert found[name]["low"] <= value <= found[name]["high"], name
        assert found[name]["n"] == n
    np.testing.assert_array_equal(
        scores.confusion_matrix, sklearn_metrics.confusion_matrix(truth, predicted, labels=labels)
    )


def test_a_certain_mistake_costs_what_scikit_learn_says():
    truth, probabilities = np.array([0, 1, 2]), np.eye(3)[[0, 1, 1]]
    expected = sklearn_metrics.log_loss(truth, probabilities, labels=[0, 1, 2])
    assert expected > 10
    assert score_photos(truth, probabilities, names(3)).log_loss.value == pytest.approx(expected)


def test_ties_go_to_the_first_class():
    # The truth is first, second and last of seven classes that tie.
    scores = score_photos(np.array([0, 1, 6]), np.full((3, 7), 1 / 7), names(7))
    assert scores.confusion_matrix[:, 0].sum() == 3
    assert scores.accuracy == wilson(1, 3)
    assert scores.top5 == wilson(2, 3)


def test_top5_of_five_classes_or_fewer_is_always_right():
    for count in (2, 5):
        truth, probabilities = drawn(30, count, skill=-1.0)
        assert score_photos(truth, probabilities, names(count)).top5 == wilson(30, 30)


def test_one_photo_has_scores_but_no_bootstrap_interval():
    found = score_photos(np.array([1]), np.array([[0.3, 0.7]]), names(2)).as_dict()
    assert found["accuracy"] == wilson(1, 1).as_dict()
    assert found["log_loss"] == {
        "value": pytest.approx(-np.log(0.7)), "n": 1, "low": None, "high": None,
    }  # fmt: skip


def test_nothing_to_score_is_refused():
    with pytest.raises(UsageError, match="at least one photo with a known class to score; found"):
        score_photos(np.zeros(0, dtype=int), np.zeros((0, 3)), names(3))


def test_all_right_is_not_certain():
    truth = np.repeat(np.arange(3), 20)
    scores = score_photos(truth, np.eye(3)[truth] * 0.94 + 0.02, names(3))
    for name in ("accuracy", "macro_f1", "macro_precision", "weighted_recall"):
        score = getattr(scores, name)
        assert (score.value, score.high) == (1.0, 1.0), name
        assert score.low == pytest.approx(wilson(60, 60).low), name


def test_json_has_every_score_at_its_top():
    truth, probabilities = drawn(40, 3)
    partner = np.array([1, 0, 2])
    scores = score_photos(truth, probabilities, names(3), partner=partner)
    found = json.loads(json.dumps(scores.as_dict(), allow_nan=False))
    assert set(found) == {
        "accuracy", "top5", "macro_precision", "macro_recall", "macro_f1", "weighted_precision",
        "weighted_recall", "weighted_f1", "log_loss", "brier", "calibration_error",
        "baseline_majority", "left_right_confusion", "classes", "per_class", "confusion_matrix",
    }  # fmt: skip
    scored = [value for value in found.values() if isinstance(value, dict) and "value" in value]
    scored += [
        value for each in found["per_class"].values() for value in each.values()
        if isinstance(value, dict)
    ]  # fmt: skip
    assert len(scored) == 13 + 9
    assert all(set(score) == {"value", "n", "low", "high"} for score in scored)
    assert list(found["per_class"]) == found["classes"] == names(3)
    assert np.sum(found["confusion_matrix"]) == 40


def test_without_a_mirror_map_left_and_right_are_not_scored():
    truth, probabilities = drawn(10, 3)
    assert score_photos(truth, probabilities, names(3)).as_dict()["left_right_confusion"] is None


def test_left_right_confusion_counts_only_partners():
    #                  l  r  frontal
    matrix = np.array([[5, 3, 2], [1, 7, 0], [4, 4, 9]])
    partner = np.array([1, 0, 2])
    assert left_right_confusion(matrix, partner) == wilson(4, 18)
    # Without directional classes there is nothing to confuse.
    assert left_right_confusion(matrix, np.arange(3)).n == 0
    truth, probabilities = drawn(60, 3)
    scores = score_photos(truth, probabilities, names(3), partner=partner)
    assert scores.left_right_confusion == left_right_confusion(scores.confusion_matrix, partner)


def test_copies_of_photos_in_groups_add_no_certainty():
    truth, probabilities = drawn(60, 4)
    alone = score_photos(truth, probabilities, names(4)).as_dict()
    copies = np.repeat(np.arange(60), 6)
    arguments = truth[copies], probabilities[copies], names(4)
    grouped = score_photos(*arguments, groups=copies.tolist()).as_dict()
    independent = score_photos(*arguments).as_dict()

    def width(score):
        return score["high"] - score["low"]

    for name in ("accuracy", "macro_f1", "log_loss", "brier", "calibration_error"):
        assert grouped[name]["value"] == pytest.approx(alone[name]["value"])
        assert width(grouped[name]) == pytest.approx(width(alone[name]), rel=0.25), name
        assert width(independent[name]) < 0.6 * width(grouped[name]), name


def test_order_of_photos_changes_no_value():
    truth, probabilities = drawn(100, 5)
    order = np.random.default_rng(1).permutation(100)
    scores = score_photos(truth, probabilities, names(5)).as_dict()
    shuffled = score_photos(truth[order], probabilities[order], names(5)).as_dict()
    for name in ("accuracy", "top5", "macro_f1", "log_loss", "brier", "calibration_error"):
        assert shuffled[name]["value"] == pytest.approx(scores[name]["value"])
    assert shuffled["confusion_matrix"] == scores["confusion_matrix"]


def test_single_precision_probabilities_do():
    truth, probabilities = drawn(50, 4)
    single = score_photos(truth, probabilities.astype(np.float32), names(4))
    double = score_photos(truth, probabilities, names(4))
    assert single.log_loss.value == pytest.approx(double.log_loss.value, rel=1e-5)
    assert single.accuracy == double.accuracy

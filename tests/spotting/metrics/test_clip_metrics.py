import json

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from touchline.errors import UsageError
from touchline.reporting.confidence import wilson
from touchline.spotting.metrics.clip_metrics import score_clips, single_label

NAMES = ["PASS", "DRIVE", "OUT", "FREE KICK", "GOAL"]


def drawn(n, *, several, seed=0):
    """Labels and confidences of a model better than chance, earlier classes more frequent."""
    generator = np.random.default_rng(seed)
    if several:
        truth = generator.uniform(size=(n, 5)) < 1 / np.arange(2, 7)
    else:
        truth = np.eye(5, dtype=bool)[generator.choice(5, n, p=[0.4, 0.3, 0.15, 0.1, 0.05])]
    confidences = 1 / (1 + np.exp(-generator.normal(size=(n, 5)) - 2.5 * truth + 1.5))
    return truth, confidences.round(2)


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("n", [60, 400])
def test_scores_equal_scikit_learn(n, several):
    truth, confidences = drawn(n, several=several)
    predicted = confidences >= 0.5 if several else single_label(confidences)
    scores = score_clips(truth, confidences, predicted, NAMES)
    areas = sklearn_metrics.average_precision_score(truth, confidences, average=None)
    found = [score.value for score in scores.average_precision]
    assert found == pytest.approx(areas.tolist(), abs=1e-12)
    assert scores.means["mAP5"].value == pytest.approx(areas.mean(), abs=1e-12)
    assert scores.means["mAP3"].value == pytest.approx(areas[:3].mean(), abs=1e-12)
    for average in ("micro", "macro"):
        values = sklearn_metrics.precision_recall_fscore_support(
            truth, predicted, average=average, zero_division=0
        )[:3]
        for name, value in zip(("precision", "recall", "f1"), values, strict=True):
            score = getattr(scores, f"{average}_{name}")
            assert score.value == pytest.approx(value, abs=1e-12), (average, name)
            assert score.low <= value <= score.high
    by_class = sklearn_metrics.precision_recall_fscore_support(truth, predicted, zero_division=0)
    for place, each in enumerate(scores.per_class):
        assert each.precision.value == pytest.approx(by_class[0][place])
        assert each.recall.value == pytest.approx(by_class[1][place])
        assert each.f1.value == pytest.approx(by_class[2][place])
        assert each.support == by_class[3][place]
    accuracy = sklearn_metrics.accuracy_score(truth, predicted)
    assert scores.micro_accuracy == wilson(round(accuracy * n), n)
    if not several:
        balanced = sklearn_metrics.balanced_accuracy_score(truth.argmax(1), predicted.argmax(1))
        assert scores.macro_accuracy.value == pytest.approx(balanced)
        assert scores.macro_accuracy.value == pytest.approx(scores.macro_recall.value)


def test_baselines_stand_beside():
    truth = np.eye(5, dtype=bool)[[0, 0, 0, 1, 2]]
    confidences = np.eye(5)[[0] * 5]
    scores = score_clips(truth, confidences, single_label(confidences), NAMES)
    # Always the most frequent label: its share, 1 in 3 by class, and AP as if told nothing.
    assert scores.micro_accuracy == scores.baseline_majority == wilson(3, 5)
    assert scores.macro_accuracy.value == pytest.approx(1 / 3)
    assert scores.means["mAP5"].value == pytest.approx(1 / 3)
    assert scores.baseline_mean_ap == pytest.approx(1 / 3)
    several = truth.copy()
    several[0, 4] = True
    assert score_clips(several, confidences, several, NAMES).baseline_majority == wilson(2, 5)


def test_a_class_that_no_clip_bears_is_not_measured():
    truth, confidences = drawn(80, several=True)
    truth[:, 3:] = False
    scores = score_clips(truth, confidences, confidences >= 0.5, NAMES)
    assert [score.n for score in scores.average_precision[3:]] == [0, 0]
    assert scores.means["mAP5"].value == scores.means["mAP3"].value
    written = json.loads(json.dumps(scores.as_dict(), allow_nan=False))
    assert written["per_class"]["GOAL"]["average_precision"]["value"] is None
    assert written["per_class"]["GOAL"]["recall"] == {"value": 0, "n": 0, "low": 0, "high": 1}
    # Only rare classes: there is no mean without them.
    rare, confidences = drawn(80, several=True)
    rare[:, :3] = False
    assert list(score_clips(rare, confidences, rare, NAMES).means) == ["mAP5"]


def test_copies_in_groups_add_no_certainty():
    truth, confidences = drawn(50, several=False, seed=2)
    copies = np.repeat(np.arange(50), 8)
    arguments = truth[copies], confidences[copies], single_label(confidences)[copies], NAMES
    grouped = score_clips(*arguments, groups=copies.tolist())
    independent = score_clips(*arguments)

    def width(score):
        return score.high - score.low

    for name in ("micro_accuracy", "macro_accuracy", "macro_f1", "micro_f1"):
        assert getattr(grouped, name).value == pytest.approx(getattr(independent, name).value)
        assert width(getattr(independent, name)) < 0.7 * width(getattr(grouped, name)), name
    assert width(independent.means["mAP5"]) < 0.7 * width(grouped.means["mAP5"])


def test_the_text_has_every_score():
    truth, confidences = drawn(60, several=False)
    text = score_clips(truth, confidences, single_label(confidences), NAMES).describe()
    rows = [line.split("  ")[0] for line in text.splitlines()]
    assert rows == [
        "score", "mAP5", "mAP3", "micro accuracy", "macro accuracy", "micro precision",
        "micro recall", "micro f1", "macro precision", "macro recall", "macro f1",
        "baseline majority", "baseline mean AP", "", "class", *NAMES,
    ]  # fmt: skip
    assert text.splitlines()[-1].endswith("too few to say")


def test_nothing_to_score_is_refused():
    nothing = np.zeros((3, 5), dtype=bool)
    with pytest.raises(
        UsageError, match="at least one clip that bears a class; found none among 3"
    ):
        score_clips(nothing, np.zeros((3, 5)), nothing, NAMES)
    truth, confidences = drawn(10, several=False)
    confidences[2:4, 1] = np.nan
    with pytest.raises(
        UsageError, match="confidence of every class and clip; found NaN for 2 clips"
    ):
        score_clips(truth, confidences, truth, NAMES)

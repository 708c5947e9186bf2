"""From probabilities to scores: how often the labels are right, and how far to believe it.

Every score has its count and 95 % interval (`touchline.reporting.confidence`), and all equal
scikit-learn's. Where two classes tie for the highest probability, the first in the order of classes
is the prediction. Precision, recall and F1 are in `touchline.photos.class_scores`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from touchline.errors import UsageError
from touchline.photos.class_scores import (
    Groups,
    Indices,
    confusion_matrix,
    mean_scores,
    scores_by_class,
)
from touchline.reporting.class_scores import ClassScores
from touchline.reporting.confidence import Numbers, Score, mean, share, wilson
from touchline.reporting.reliability import calibration_score

TOP_K = 5


@dataclass(frozen=True)
class PhotoScores:
    """The scores of one model on one set of photos.

    Attributes:
        accuracy: share of photos whose most probable class is the true one (top-1).
        top5: share of photos whose true class is among the five most probable, or among all of them
            where there are fewer (then it is 1).
        macro_precision, macro_recall, macro_f1: plain means over the classes.
        weighted_precision, weighted_recall, weighted_f1: means weighted by each class's photos.
        log_loss: mean of -log(probability of the true class), probabilities clipped at 2.2e-16.
        brier: mean over photos of the squared error summed over classes, in [0, 2].
        calibration_error: expected calibration error of the best label in 15 bins of equal width.
        baseline_majority: accuracy of always answering the most frequent class of these photos.
        left_right_confusion: of the photos of a class with a left/right partner, the share labelled
            as that partner; None without a mirror map.
        classes: the class names, in the order of the matrix.
        per_class: one entry a class, in that order.
        confusion_matrix: photos of the true class (row) labelled as a class (column).
    """

    accuracy: Score
    top5: Score
    macro_precision: Score
    macro_recall: Score
    macro_f1: Score
    weighted_precision: Score
    weighted_recall: Score
    weighted_f1: Score
    log_loss: Score
    brier: Score
    calibration_error: Score
    baseline_majority: Score
    left_right_confusion: Score | None
    classes: tuple[str, ...]
    per_class: tuple[ClassScores, ...]
    confusion_matrix: Indices

    def as_dict(self) -> dict[str, Any]:
        """For JSON: every score at the top as value, n, low, high; what is not a number is null."""
        measured = {item.name: getattr(self, item.name) for item in fields(self)}
        scores = {
            name: value.as_dict() for name, value in measured.items() if isinstance(value, Score)
        }
        by_name = zip(self.classes, self.per_class, strict=True)
        return {"left_right_confusion": None} | scores | {
            "classes": list(self.classes),
            "per_class": {name: each.as_dict() for name, each in by_name},
            "confusion_matrix": self.confusion_matrix.tolist(),
        }  # fmt: skip


def score_photos(
    truth: Indices,
    probabilities: Numbers,
    classes: Sequence[str],
    *,
    partner: Indices | None = None,
    groups: Groups = None,
    seed: int = 0,
) -> PhotoScores:
    """Score the probabilities a model gave to photos whose class is known.

    Shares have Wilson intervals, means and losses bootstrap intervals over photos.

    Args:
        truth: index of each photo's class, shape (n,).
        probabilities: rows that sum to 1, shape (n, classes).
        classes: the class names.
        partner: each class's index under mirroring, its own where it has no left or right, shape
            (classes,).
        groups: one key a photo, a photo that stands alone having a key of its own; photos of one
            group (burst, player) are drawn together, and no interval of a share is then narrower
            than the one that takes photos for independent.
        seed: of the bootstrap.

    Raises:
        UsageError: when there is no photo to score.

    >>> scores = score_photos(np.array([0, 1]), np.array([[0.9, 0.1], [0.8, 0.2]]), ["a", "b"])
    >>> scores.accuracy.value, scores.per_class[0].precision.value, scores.confusion_matrix.tolist()
    (0.5, 0.5, [[1, 0], [1, 0]])
    """
    n, count = len(truth), len(classes)
    if n == 0:
        raise UsageError(
            "at least one photo with a known class to score", "none",
            "Name a folder whose photos lie in class folders, or a split that has photos.",
        )  # fmt: skip
    predicted = np.argmax(probabilities, axis=1)
    correct = predicted == truth
    confidence = probabilities.max(axis=1).astype(np.float64)
    matrix = confusion_matrix(truth, predicted, count)
    return PhotoScores(
        accuracy=share(correct, groups=groups, seed=seed),
        top5=share(rank_of_truth(truth, probabilities) < TOP_K, groups=groups, seed=seed),
        **mean_scores(truth, predicted, count, groups=groups, seed=seed),
        log_loss=mean(_log_losses(truth, probabilities), groups=groups, seed=seed),
        brier=mean(_squared_errors(truth, probabilities), groups=groups, seed=seed),
        calibration_error=calibration_score(confidence, correct, groups=groups, seed=seed),
        baseline_majority=wilson(int(matrix.sum(axis=1).max()), n),
        left_right_confusion=None if partner is None else left_right_confusion(matrix, partner),
        classes=tuple(classes),
        per_class=scores_by_class(truth, predicted, count, groups=groups, seed=seed),
        confusion_matrix=matrix,
    )


def left_right_confusion(matrix: Indices, partner: Indices) -> Score:
    """Of the photos of a class with a left/right partner, the share labelled as that partner.

    Args:
        matrix: photos of the true class (row) labelled as a class (column).
        partner: each class's index under mirroring, its own where it has no left or right.

    >>> left_right_confusion(np.array([[8, 2, 0], [1, 9, 0], [0, 0, 5]]), np.array([1, 0, 2])).value
    0.15
    """
    directional = np.flatnonzero(partner != np.arange(len(partner)))
    confused = matrix[directional, partner[directional]].sum()
    return wilson(int(confused), int(matrix[directional].sum()))


def rank_of_truth(truth: Indices, probabilities: Numbers) -> Indices:
    """How many classes stand before the true one, ties in the order of the classes, shape (n,).

    Args:
        truth: index of each photo's class, shape (n,).
        probabilities: shape (n, classes).

    >>> rank_of_truth(np.array([2, 1]), np.array([[0.5, 0.3, 0.2], [0.4, 0.4, 0.2]])).tolist()
    [2, 1]
    """
    of_truth = np.take_along_axis(probabilities, truth[:, None], axis=1)
    earlier = np.arange(probabilities.shape[1]) < truth[:, None]
    before = (probabilities > of_truth) | ((probabilities == of_truth) & earlier)
    rank: Indices = before.sum(axis=1)
    return rank


def _log_losses(truth: Indices, probabilities: Numbers) -> Numbers:
    of_truth = probabilities[np.arange(len(truth)), truth].astype(np.float64)
    smallest = np.finfo(np.float64).eps
    return -np.log(np.clip(of_truth, smallest, 1 - smallest))


def _squared_errors(truth: Indices, probabilities: Numbers) -> Numbers:
    errors = probabilities.astype(np.float64)
    errors[np.arange(len(truth)), truth] -= 1
    squares: Numbers = np.square(errors).sum(axis=1)
    return squares

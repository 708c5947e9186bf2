"""Scores from photos that were not learnt from: a held-out test part, or out-of-fold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from touchline.photos.calibration import calibrate
from touchline.photos.split import Split
from touchline.photos.study import Learnt, Study
from touchline.reporting.progress import track

Learner = Callable[[Study, np.ndarray, Path], Learnt]


@dataclass(frozen=True)
class Scored:
    """Photos with the probabilities a classifier gave that had not seen them.

    Attributes:
        photos: `(n,)` indices; a photo appears once for each repeat of a cross-validation.
        probabilities: `(n, classes)`, calibrated on photos that the classifier held out.
        parts: `(n,)` `test`, or the fold's name.
        train_correct, train_photos: how many of the photos learnt from are labelled right, and how
            many there are (added up over folds), for the train-test gap.
    """

    photos: np.ndarray
    probabilities: np.ndarray
    parts: np.ndarray
    train_correct: int
    train_photos: int


def score_held_out(study: Study, learnt: Learnt, train: np.ndarray, test: np.ndarray) -> Scored:
    """Score one taught classifier on the test part."""
    calibration = calibrate(
        study.labels[learnt.held_out], learnt.logits, study.groups[learnt.held_out]
    )
    logits, _ = study.score(learnt.network, test)
    return Scored(
        test, calibration.probabilities(logits), np.full(len(test), "test"),
        _correct(study, learnt, train), len(train),
    )  # fmt: skip


def cross_validate(study: Study, learn: Learner, repeats: Sequence[Split], folder: Path) -> Scored:
    """Teach and score once a fold, each photo scored by the classifier that did not see it.

    Args:
        study: the photos.
        learn: a recipe.
        repeats: splits of all photos into folds.
        folder: where each fold's training keeps what it needs to be resumed.
    """
    scored: list[Scored] = []
    jobs = [(r, n, *fold) for r, s in enumerate(repeats, 1) for n, fold in enumerate(s.rounds(), 1)]
    for repeat, number, train, test in track(jobs, "Cross-validating"):
        name = f"repeat-{repeat}-fold-{number}"
        learnt = learn(study, np.array(train), folder / name)
        one = score_held_out(study, learnt, np.array(train), np.array(test))
        scored.append(replace(one, parts=np.full(len(test), name)))
    return Scored(
        np.concatenate([one.photos for one in scored]),
        np.concatenate([one.probabilities for one in scored]),
        np.concatenate([one.parts for one in scored]),
        sum(one.train_correct for one in scored),
        sum(one.train_photos for one in scored),
    )


def _correct(study: Study, learnt: Learnt, photos: np.ndarray) -> int:
    logits, _ = study.score(learnt.network, photos)
    return int(np.sum(logits.argmax(axis=1) == study.labels[photos]))

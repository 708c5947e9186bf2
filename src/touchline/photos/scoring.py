"""Scores from photos that were not learnt from: a held-out test part, or out-of-fold."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from touchline.photos.calibration import Calibration, calibrate
from touchline.photos.evaluation import Evaluation
from touchline.photos.split import TEST, Split
from touchline.photos.study import Learnt, Study
from touchline.reporting.confidence import Score, wilson
from touchline.reporting.progress import track

Learner = Callable[[Study, np.ndarray, Path], Learnt]


@dataclass(frozen=True)
class Scored:
    """Photos with the probabilities a classifier gave that had not seen them.

    Attributes:
        photos: `(n,)` indices; a photo appears once for each repeat of a cross-validation.
        probabilities: `(n, classes)`, calibrated on photos that the classifier held out.
        set_sizes: `(n,)` classes in each photo's conformal set, whose threshold comes from those
            held-out photos too.
        parts: `(n,)` `test`, or the name of the fold.
        train_accuracy: accuracy on the photos learnt from, beside which the test score shows the
            gap; in a cross-validation over all folds.
    """

    photos: np.ndarray
    probabilities: np.ndarray
    set_sizes: np.ndarray
    parts: tuple[str, ...]
    train_accuracy: Score


@dataclass(frozen=True)
class Taught:
    """What a recipe made of a study, and how good it is.

    Attributes:
        learnt: the final classifier.
        embeddings: `(photos, features)` of the photos it learnt from.
        scored: from photos that no classifier scored there had learnt from.
    """

    learnt: Learnt
    embeddings: np.ndarray
    scored: Scored


def teach_and_score(study: Study, learn: Learner, evaluation: Evaluation, folder: Path) -> Taught:
    """Teach the final classifier, and score by the scheme of the evaluation.

    Args:
        study: the photos.
        learn: a recipe.
        evaluation: which photos teach and which score.
        folder: of the run, where training keeps what it needs to be resumed.
    """
    if evaluation.repeats:
        scored = cross_validate(study, learn, evaluation.repeats, folder / "folds")
    learnt = learn(study, evaluation.train, folder)
    logits, embeddings = study.score(learnt.network, evaluation.train)
    if not evaluation.repeats:
        fit = accuracy_of(study, logits, evaluation.train)
        scored = score_held_out(study, learnt, evaluation.test, TEST, fit)
    return Taught(learnt, embeddings, scored)


def score_held_out(
    study: Study, learnt: Learnt, test: np.ndarray, part: str, train_accuracy: Score
) -> Scored:
    """Score one taught classifier on photos it has not seen."""
    logits, _ = study.score(learnt.network, test)
    calibration = calibration_of(study, learnt)
    probabilities = calibration.probabilities(logits)
    sizes = calibration.set_sizes(probabilities)
    return Scored(test, probabilities, sizes, (part,) * len(test), train_accuracy)


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
    for repeat, number, inside, outside in track(jobs, "Cross-validating"):
        name = f"repeat-{repeat}-fold-{number}"
        train = np.array(inside)
        learnt = learn(replace(study, tracker=study.tracker_of(name)), train, folder / name)
        logits, _ = study.score(learnt.network, train)
        fit = accuracy_of(study, logits, train)
        scored.append(score_held_out(study, learnt, np.array(outside), name, fit))
    fits = [one.train_accuracy for one in scored]
    return Scored(
        np.concatenate([one.photos for one in scored]),
        np.concatenate([one.probabilities for one in scored]),
        np.concatenate([one.set_sizes for one in scored]),
        tuple(part for one in scored for part in one.parts),
        wilson(round(sum(fit.value * fit.n for fit in fits)), sum(fit.n for fit in fits)),
    )


def calibration_of(study: Study, learnt: Learnt) -> Calibration:
    """The calibration that the photos a recipe held out allow."""
    return calibrate(study.labels[learnt.held_out], learnt.logits, study.twins[learnt.held_out])


def accuracy_of(study: Study, logits: np.ndarray, photos: np.ndarray) -> Score:
    """The share of photos whose largest logit is that of their class."""
    return wilson(int(np.sum(logits.argmax(axis=1) == study.labels[photos])), len(photos))

"""Scores of clips that bear one label or several: what happens in these few seconds?

AP, precision, recall and F1 of each class equal scikit-learn's, and so do their means. Only AP is
stricter: a class that no clip bears has none and is left out of the mean AP, where scikit-learn
warns and gives 0.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from touchline.errors import UsageError
from touchline.reporting.class_scores import class_scores, count_statistic
from touchline.reporting.confidence import (
    Numbers,
    Score,
    Statistic,
    centred_bootstrap,
    never_certain,
    share,
    wilson,
)
from touchline.spotting.metrics.clip_scores import ClipScores
from touchline.spotting.metrics.means import mean_members, mean_of_measured
from touchline.spotting.metrics.ranking import Ranking, average_precision
from touchline.spotting.metrics.support import UNMEASURED

Labels: TypeAlias = NDArray[np.bool_]


def single_label(confidences: Numbers) -> Labels:
    """The most confident class of each clip, of equals the first, shape (clips, classes).

    >>> single_label(np.array([[0.2, 0.4, 0.4]])).tolist()
    [[False, True, False]]
    """
    labels = np.zeros(confidences.shape, dtype=bool)
    labels[np.arange(len(labels)), confidences.argmax(axis=1)] = True
    return labels


def score_clips(
    truth: Labels,
    confidences: Numbers,
    predicted: Labels,
    classes: Sequence[str],
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
) -> ClipScores:
    """Score what a model said of clips whose labels are known.

    Args:
        truth: whether each clip bears each class, shape (clips, classes).
        confidences: of each class for each clip, higher for surer, shape (clips, classes).
        predicted: the labels given, shape (clips, classes): `single_label(confidences)` for one
            label a clip, `confidences >= threshold` for any number of them.
        classes: the class names.
        groups: one key a clip, e.g. its match; clips of equal key are drawn together and no
            interval is narrower for it.
        seed: of the bootstrap.

    Raises:
        UsageError: when no clip bears a class, or a confidence is no number.

    >>> confidences = np.array([[0.9, 0.1], [0.8, 0.2]])
    >>> truth = np.array([[True, False], [False, True]])
    >>> scores = score_clips(truth, confidences, single_label(confidences), ["PASS", "OUT"])
    >>> scores.micro_accuracy.value, scores.means["mAP2"].value, scores.baseline_majority.value
    (0.5, 1.0, 0.5)
    """
    _check(truth, confidences)
    n, support = len(truth), truth.sum(axis=0)
    hits, given = (truth & predicted).sum(axis=0), predicted.sum(axis=0)
    exactly = (truth == predicted).all(axis=1)
    members = {name: each for name, each in mean_members(classes).items() if support[each].any()}
    statistic = _statistic(truth, confidences, predicted, list(members.values()))
    drawn = iter(centred_bootstrap(statistic, n, groups=groups, seed=seed))

    def following(count: int) -> list[Score]:
        return [next(drawn) for _ in range(count)]

    macro = [never_certain(score) for score in following(4)]
    means = {
        name: never_certain(replace(next(drawn), n=int(support[each].sum())))
        for name, each in members.items()
    }
    areas = iter(following(int((support > 0).sum())))
    micro = following(3)
    per_class = following(3 * len(classes))
    widening = [] if groups is None else per_class
    totals = [np.array([count.sum()]) for count in (hits, support, given)]
    [together] = class_scores(totals[0], totals[1], totals[2], micro)
    return ClipScores(
        classes=tuple(classes),
        micro_accuracy=share(exactly, groups=groups, seed=seed),
        macro_accuracy=macro[0],
        micro_precision=together.precision,
        micro_recall=together.recall,
        micro_f1=together.f1,
        macro_precision=macro[1],
        macro_recall=macro[2],
        macro_f1=macro[3],
        means=means,
        average_precision=tuple(
            never_certain(replace(next(areas), n=count)) if count else UNMEASURED
            for count in support.tolist()
        ),
        per_class=class_scores(hits, support, given, widening),
        baseline_majority=_majority(truth),
        baseline_mean_ap=float(support[support > 0].mean() / n),
    )


def _check(truth: Labels, confidences: Numbers) -> None:
    if not truth.any():
        raise UsageError(
            "at least one clip that bears a class", f"none among {len(truth)}",
            "Name a split with labelled clips.",
        )  # fmt: skip
    if np.isnan(confidences).any():
        raise UsageError(
            "a number for the confidence of every class and clip",
            f"NaN for {int(np.isnan(confidences).any(axis=1).sum())} clips",
            "Predict again.",
        )


def _majority(truth: Labels) -> Score:
    """Always the most frequent label: it is all right where a clip bears that one and no other."""
    label = int(truth.sum(axis=0).argmax())
    return wilson(int((truth[:, label] & (truth.sum(axis=1) == 1)).sum()), len(truth))


def _statistic(
    truth: Labels, confidences: Numbers, predicted: Labels, members: Sequence[NDArray[np.bool_]]
) -> Statistic:
    """Columns: macro accuracy, precision, recall, F1; means of AP; APs; micro; per class.

    A class of which no clip was drawn is left out of the means, and its AP is NaN.
    """
    of_class, labelled = truth.astype(np.float64), predicted.astype(np.float64)
    hits = of_class * labelled
    exactly = of_class * (truth == predicted).all(axis=1)[:, None]
    by_class = count_statistic(hits, of_class, labelled)
    together = count_statistic(*(kind.sum(axis=1)[:, None] for kind in (hits, of_class, labelled)))
    rankings = list(_rankings(truth, confidences))
    measured = truth.any(axis=0)

    def statistic(weights: Numbers) -> Numbers:
        each = by_class(weights)
        drawn = weights @ of_class
        nothing = np.full(drawn.shape, np.nan)
        accuracy = np.divide(weights @ exactly, drawn, out=nothing, where=drawn > 0)
        kinds = [accuracy, *np.split(each, 3, axis=1)]
        macro = [mean_of_measured(kind) for kind in kinds]
        areas = np.full(drawn.shape, np.nan)
        for place, ranking in zip(np.flatnonzero(measured), rankings, strict=True):
            areas[:, place] = average_precision(ranking, weights, interpolated=False)
        means = [mean_of_measured(areas[:, member]) for member in members]
        scores = np.stack([*macro, *means], axis=1)
        return np.concatenate([scores, areas[:, measured], together(weights), each], axis=1)

    return statistic


def _rankings(truth: Labels, confidences: Numbers) -> Iterator[Ranking]:
    """The clips ranked for each class that some clip bears."""
    clips = np.arange(len(truth))
    for place in np.flatnonzero(truth.any(axis=0)):
        right = truth[:, place]
        yield Ranking(confidences[:, place].astype(np.float64), right, clips, clips[right])

"""Average precision of events without a grid, thresholds or points, and how far to believe it.

For each class, the area under the best precision at each recall or more, over every confidence
there is, with predictions matched one to one within half a window (`largest_matching`). Against the
official score: nothing hangs on the order of a file, on ties or on how confidences are scaled; a
duplicate is one false positive and no more; a class without true events is not measured instead of
counting 0. It differs from E2E-Spot's own mAP (Hong and others, 2022) only where events lie closer
together than the window: there a prediction does not lose its event to a neighbour's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchline.reporting.class_scores import ClassScores, class_scores, count_statistic
from touchline.reporting.confidence import (
    RESAMPLES,
    Numbers,
    Score,
    Statistic,
    centred_bootstrap,
    never_certain,
)
from touchline.spotting.metrics.detections import Detections, find_detections
from touchline.spotting.metrics.grid import Timelines
from touchline.spotting.metrics.means import mean_members, mean_of_measured
from touchline.spotting.metrics.ranking import average_precision
from touchline.spotting.metrics.support import TOO_FEW, UNMEASURED

WINDOW = 1.0
THRESHOLD = 0.5


@dataclass(frozen=True)
class ExactScores:
    """The exact scores of a set of predictions.

    Attributes:
        window: the whole width of the window in seconds.
        threshold: the confidence from which predictions count for precision, recall and F1.
        classes: in the order of the scores.
        means: mean AP over all classes and without the rare ones, by their names in the field
            (`mAP12`, `mAP10`), with intervals over minutes of play; n counts true events.
        average_precision: of each class; not measured (NaN, n = 0) without true events.
        at_threshold: precision, recall and F1 of each class; no interval is narrower than Wilson's.
    """

    window: float
    threshold: float
    classes: tuple[str, ...]
    means: dict[str, Score]
    average_precision: tuple[Score, ...]
    at_threshold: tuple[ClassScores, ...]

    @property
    def mean_ap(self) -> Score:
        """The mean AP over all classes with true events."""
        return next(iter(self.means.values()))

    @property
    def too_few(self) -> tuple[str, ...]:
        """The classes with fewer than 20 true events, whose scores say next to nothing."""
        scored = zip(self.classes, self.average_precision, strict=True)
        return tuple(label for label, score in scored if score.n < TOO_FEW)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: scores as value, n, low and high; what is not measured is null."""
        scored = zip(self.classes, self.average_precision, self.at_threshold, strict=True)
        return {
            "window_seconds": self.window,
            "threshold": self.threshold,
            **{name: score.as_dict() for name, score in self.means.items()},
            "per_class": {
                label: {
                    "average_precision": score.as_dict(),
                    **at_threshold.as_dict(),
                    "too_few": score.n < TOO_FEW,
                }
                for label, score, at_threshold in scored
            },
        }


def exact_average_precisions(
    truth: Timelines, predictions: Timelines, classes: Sequence[str], *, window: float = WINDOW
) -> Numbers:
    """The exact AP of each class, NaN for one without true events, shape (classes,).

    Without intervals this takes milliseconds, so that training can choose by it.

    >>> from touchline.spotting.events import Event
    >>> truth = {"final": [Event(10.0, "PASS"), Event(20.0, "PASS")]}
    >>> found = {"final": [Event(10.5, "PASS", 0.9), Event(15.0, "PASS", 0.8)]}
    >>> exact_average_precisions(truth, found, ["PASS", "DRIVE"]).tolist()
    [0.5, nan]
    """
    detections = find_detections(truth, predictions, classes, window)
    areas: Numbers = _areas(detections)(np.ones((1, detections.minutes)))[0]
    return areas


def exact_scores(
    truth: Timelines,
    predictions: Timelines,
    classes: Sequence[str],
    *,
    window: float = WINDOW,
    threshold: float = THRESHOLD,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> ExactScores:
    """Score predictions exactly, with intervals from minutes of play drawn again.

    Predictions are matched once; drawing a minute draws its true events, whether each was found and
    how confidently, and the false positives in it. Matching afresh in every resample would give the
    same, for a minute that is drawn twice is two stretches of play that do not touch; only events
    within half a window of the border of a minute could tell the difference.

    Args:
        truth: true events by match.
        predictions: predicted events by match.
        classes: in the order wanted.
        window: the whole width in seconds: 1.0 lets a prediction be 0.5 s off (mAP@1).
        threshold: of the confidence, for precision, recall and F1.
        resamples: of the bootstrap.
        seed: of the bootstrap.

    Raises:
        UsageError: when a time is no finite number.
    """
    detections = find_detections(truth, predictions, classes, window)
    support = np.array([len(ranking.truth_unit) for ranking in detections.rankings])
    members = mean_members(classes)
    counts = _counts(detections, threshold)
    areas, at_threshold = _areas(detections), count_statistic(*counts)

    def statistic(weights: Numbers) -> Numbers:
        area = areas(weights)
        means = [
            mean_of_measured(area[:, member])[:, None]
            for member in members.values()
            if support[member].any()
        ]
        # A column without a number has no interval; what is not measured is put back below.
        columns = [*means, area[:, support > 0], at_threshold(weights)]
        return np.concatenate(columns, axis=1)

    drawn: list[Score] = []
    if support.any():
        drawn = centred_bootstrap(statistic, detections.minutes, resamples=resamples, seed=seed)
    scored = iter(drawn)
    items = [int(support[member].sum()) for member in members.values()]
    means = {name: _score(scored, n) for name, n in zip(members, items, strict=True)}
    each = tuple(_score(scored, n) for n in support.tolist())
    hits, of_class, given = (kind.sum(axis=0).astype(np.intp) for kind in counts)
    return ExactScores(
        window, threshold, tuple(classes), means, each,
        class_scores(hits, of_class, given, drawn[-3 * len(classes) :]),
    )  # fmt: skip


def _score(drawn: Iterator[Score], n: int) -> Score:
    """The next score, with the number of true events it rests on; without any there is none."""
    return never_certain(replace(next(drawn), n=n)) if n else UNMEASURED


def _areas(detections: Detections) -> Statistic:
    """Columns: the AP of each class."""

    def statistic(weights: Numbers) -> Numbers:
        areas = [
            average_precision(ranking, weights, interpolated=True)
            for ranking in detections.rankings
        ]
        return np.stack(areas, axis=1)

    return statistic


def _counts(detections: Detections, threshold: float) -> tuple[Numbers, Numbers, Numbers]:
    """True positives, true events and predictions from a confidence on, (minutes, classes) each."""

    def per_minute(units: list[NDArray[np.intp]]) -> Numbers:
        counts = [np.bincount(unit, minlength=detections.minutes) for unit in units]
        return np.stack(counts, axis=1).astype(np.float64)

    given = [ranking.confidence >= threshold for ranking in detections.rankings]
    pairs = list(zip(detections.rankings, given, strict=True))
    return (
        per_minute([ranking.unit[ranking.right & counts] for ranking, counts in pairs]),
        per_minute([ranking.truth_unit for ranking, _ in pairs]),
        per_minute([ranking.unit[counts] for ranking, counts in pairs]),
    )

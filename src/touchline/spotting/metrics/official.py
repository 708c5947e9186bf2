"""SoccerNet's average-mAP, to every digit what `SoccerNet.Evaluation.ActionSpotting` gives.

Read, not copied, from version 0.2.0 of the package: precision and recall at 200 thresholds, an
average precision of 11 points, a trapezoid over windows. It is kept exact, faults and all, so that
its figures can be set beside published ones; `touchline.spotting.metrics.exact` measures the same
without the faults:

- Confidences matter by value, not by order: all below 1/199 pass no threshold but the first, so
  scaling them down costs points, and rank-preserving changes move the score.
- Recall .89 instead of .90 loses 1/11 of the AP; hopeless extra predictions of low confidence can
  only help.
- Times are floored to cells in binary fractions: 25 x 1.16 is just below 29, so one frame time in
  fifteen falls into the cell before, and what is 12 frames away may be 13 cells away.
- A weak duplicate written into a cell after a strong prediction replaces it.
- A class without true events counts as 0 in the mean.
- The average over windows of the unshown events is multiplied by 17/13, for 17 classes of which 13
  have unshown events in one test set of 2021. It can exceed 1 and means nothing elsewhere. A single
  window (`at1`) is not multiplied.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from touchline.errors import UsageError
from touchline.reporting.confidence import Numbers
from touchline.spotting.metrics.eleven_points import Kinds, average_precisions
from touchline.spotting.metrics.grid import SIDES, Timelines, grid_rows, place_events

FRAMES_PER_SECOND = 25.0
WINDOWS: Mapping[str, tuple[int, ...]] = {
    **{f"at{seconds}": (seconds,) for seconds in range(1, 6)},
    "tight": tuple(range(1, 6)),
    "loose": tuple(range(5, 61, 5)),
}
"""The official metrics and the whole widths, in seconds, of the windows they average over."""

UNSHOWN_FACTOR = (17, 13)


@dataclass(frozen=True)
class OfficialScore:
    """One official metric.

    Attributes:
        mean: average-mAP over all classes, those without true events counting 0 (`a_mAP`).
        per_class: of each class.
        mean_visible, per_class_visible: of the events on the screen.
        mean_unshown, per_class_unshown: of the others; see the module for the factor in the mean.
        team_mean: team-mAP of 2025: the AP of each class and side, averaged over the sides by their
            numbers of true events, then over the classes; None where no true event has a side.
        team_per_class: of each class; empty where `team_mean` is None.
    """

    mean: float
    per_class: tuple[float, ...]
    mean_visible: float
    per_class_visible: tuple[float, ...]
    mean_unshown: float
    per_class_unshown: tuple[float, ...]
    team_mean: float | None = None
    team_per_class: tuple[float, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON, under the package's own names; team-mAP only where there is one."""
        official = {
            "a_mAP": self.mean,
            "a_mAP_per_class": list(self.per_class),
            "a_mAP_visible": self.mean_visible,
            "a_mAP_per_class_visible": list(self.per_class_visible),
            "a_mAP_unshown": self.mean_unshown,
            "a_mAP_per_class_unshown": list(self.per_class_unshown),
        }
        if self.team_mean is None:
            return official
        return official | {
            "team_mAP": self.team_mean, "team_mAP_per_class": list(self.team_per_class),
        }  # fmt: skip


def official_scores(
    truth: Timelines,
    predictions: Timelines,
    classes: Sequence[str],
    *,
    frames_per_second: float = FRAMES_PER_SECOND,
    metrics: Iterable[str] = tuple(WINDOWS),
) -> dict[str, OfficialScore]:
    """The official metrics by name, in the order asked for.

    Args:
        truth: true events by match.
        predictions: predicted events by match, in the order of their file, for of two in a
            cell the later stands; a match without any is scored as such.
        classes: in the order in which the values per class are wanted.
        frames_per_second: of the grid; ball actions are scored at 25, the package's default is 2.
        metrics: of `WINDOWS`.

    Raises:
        UsageError: when there is no match or class, the frame rate is not above 0, a metric is
            unknown, or a time cannot be placed.

    >>> from touchline.spotting.events import Event
    >>> truth, found = {"final": [Event(10.0, "PASS")]}, {"final": [Event(10.48, "PASS", 0.7)]}
    >>> official_scores(truth, found, ["PASS", "DRIVE"], metrics=["at1"])["at1"].per_class
    (1.0, 0.0)
    """
    names = list(metrics)
    _check(truth, classes, frames_per_second, names)
    widths = sorted({width for name in names for width in WINDOWS[name]})
    placed = [
        place_events(timelines, list(truth), classes, frames_per_second)
        for timelines in (truth, predictions)
    ]
    rows = grid_rows(placed[0], placed[1], len(classes))
    by_width = average_precisions(rows, widths, frames_per_second)
    by_side: dict[int, Kinds] = {}
    counts: Numbers = np.zeros(0)
    sided = [events.by_side() for events in placed]
    if len(sided[0].label):
        side_rows = grid_rows(sided[0], sided[1], len(SIDES) * len(classes))
        by_side = average_precisions(side_rows, widths, frames_per_second)
        counts = np.array([float(sum(len(row.truth) for row in of_side)) for of_side in side_rows])
    return {name: _official_score(WINDOWS[name], by_width, by_side, counts) for name in names}


def _check(
    truth: Timelines, classes: Sequence[str], frames_per_second: float, metrics: Sequence[str]
) -> None:
    if not truth:
        raise UsageError("at least one match to score", "none", "Name true events.")
    if not classes or len(set(classes)) < len(classes):
        raise UsageError(
            "the classes to score, each once", repr(list(classes)), "Correct the list of classes."
        )
    if not (math.isfinite(frames_per_second) and int(frames_per_second * 60) > 0):
        raise UsageError(
            "a grid of more than 0 frames a second", f"{frames_per_second}",
            "Take 25, as ball actions are scored.",
        )  # fmt: skip
    for name in metrics:
        if name not in WINDOWS:
            raise UsageError(
                f"a metric among {', '.join(WINDOWS)}", repr(name), "Take one of them."
            )


def _official_score(
    widths: Sequence[int],
    by_width: Mapping[int, Kinds],
    by_side: Mapping[int, Kinds],
    side_counts: Numbers,
) -> OfficialScore:
    per_class = _trapezoid([by_width[width] for width in widths])
    means = _trapezoid([by_width[width].mean(axis=1) for width in widths])
    if len(widths) > 1:
        times, by = UNSHOWN_FACTOR
        means[2] = means[2] * times / by
    score = OfficialScore(
        mean=means[0].item(),
        per_class=tuple(per_class[0].tolist()),
        mean_visible=means[1].item(),
        per_class_visible=tuple(per_class[1].tolist()),
        mean_unshown=means[2].item(),
        per_class_unshown=tuple(per_class[2].tolist()),
    )
    if not by_side:
        return score
    team = _over_sides(_trapezoid([by_side[width][0] for width in widths]), side_counts)
    return replace(score, team_mean=team.mean().item(), team_per_class=tuple(team.tolist()))


def _trapezoid(values: Sequence[Numbers]) -> Numbers:
    """The mean of values at equal distances by the trapezoid rule; of a single one, itself."""
    if len(values) == 1:
        return values[0].copy()
    total = np.zeros_like(values[0])
    for before, after in pairwise(values):
        total += (before + after) / 2
    return total / (len(values) - 1)


def _over_sides(sided: Numbers, counts: Numbers) -> Numbers:
    """The mean of the two sides of each class by their true events; 0 for a class without any.

    The published script adds up -1 for an unshown event in place of counting it, and gives NaN for
    a class without events; on visible events of all classes this is the same.
    """
    weighted = (sided * counts).reshape(-1, len(SIDES)).sum(axis=1)
    totals = counts.reshape(-1, len(SIDES)).sum(axis=1)
    means: Numbers = np.divide(weighted, totals, out=np.zeros_like(weighted), where=totals > 0)
    return means

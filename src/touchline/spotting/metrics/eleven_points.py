"""The official average precision: 200 thresholds on [0, 1], 11 points of recall."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from touchline.reporting.confidence import Numbers
from touchline.spotting.metrics.grid import GridRow
from touchline.spotting.metrics.official_matching import match_in_time_order, nearest_is_visible

Kinds: TypeAlias = Numbers
"""Average precisions of all, visible and unshown events, shape (3, classes)."""

THRESHOLDS = np.linspace(0, 1, 200)
RECALL_POINTS = np.arange(11) / 10


def thresholds_passed(confidence: Numbers) -> NDArray[np.intp]:
    """How many of the 200 thresholds each confidence reaches.

    >>> thresholds_passed(np.array([0.0, 0.005, 0.00503, 1.0, 2.0])).tolist()
    [1, 1, 2, 200, 200]
    """
    return np.searchsorted(THRESHOLDS, confidence, "right")


def average_precisions(
    rows: Sequence[Sequence[GridRow]], widths: Iterable[int], frames_per_second: float
) -> dict[int, Kinds]:
    """The average precisions for windows of each width.

    Args:
        rows: of each class.
        widths: of the windows, in seconds, whole.
        frames_per_second: of the grid.
    """
    kinds = {width: np.zeros((3, len(rows))) for width in widths}
    for place, of_class in enumerate(rows):
        if not any(len(row.truth) for row in of_class):
            continue  # without a true event there is no true positive: 0 of every kind
        visible = np.concatenate(
            [nearest_is_visible(r.truth, r.visible, r.predicted) for r in of_class]
        )
        passed = thresholds_passed(np.concatenate([r.confidence for r in of_class]))
        shown = sum(int(row.visible.sum()) for row in of_class)
        count = sum(len(row.truth) for row in of_class)
        for width, values in kinds.items():
            window = width * frames_per_second
            right = np.concatenate([
                match_in_time_order(row.truth, row.predicted, row.confidence, window)
                for row in of_class
            ])  # fmt: skip
            values[0, place] = eleven_points(passed, right, count)
            values[1, place] = eleven_points(passed[visible], right[visible], shown)
            values[2, place] = eleven_points(passed[~visible], right[~visible], count - shown)
    return kinds


def eleven_points(passed: NDArray[np.intp], right: NDArray[np.bool_], count: int) -> float:
    """Mean over recalls 0, .1, ..., 1 of the best precision at that recall or more.

    Recall .89 in place of .9 costs a whole eleventh:

    >>> passed = np.arange(200, 100, -1)
    >>> right = np.arange(100) < 89
    >>> round(eleven_points(passed, right, 100) * 11), round(eleven_points(passed, right, 98) * 11)
    (9, 10)

    Args:
        passed: from `thresholds_passed`, shape (predictions,).
        right: whether each is a true positive.
        count: the number of true events; 0 with true positives, which happens where the nearest
            event is not the one matched, is an infinite recall to the official scorer.
    """
    given = _at_thresholds(passed)
    hits = _at_thresholds(passed[right])
    with np.errstate(divide="ignore", invalid="ignore"):
        precision, recall = np.nan_to_num(hits / given), np.nan_to_num(hits / count)
    # Recall falls as the threshold rises, so those that reach a recall are the first so many.
    best = np.concatenate([[0.0], np.maximum.accumulate(precision)])
    reaching = (recall >= RECALL_POINTS[:, None]).sum(axis=1)
    # A running sum adds in the official order; any other order differs in the last digit.
    return float(best[reaching].cumsum()[-1] / len(RECALL_POINTS))


def _at_thresholds(passed: NDArray[np.intp]) -> Numbers:
    """How many predictions reach each threshold, shape (200,)."""
    counts = np.bincount(passed, minlength=len(THRESHOLDS) + 1)
    return counts[::-1].cumsum()[::-1][1:].astype(np.float64)

"""SoccerNet's rule for which predictions are right, on one row of the grid."""

import math

import numpy as np
from numpy.typing import NDArray

from touchline.reporting.confidence import Numbers
from touchline.spotting.metrics.grid import Cells


def match_in_time_order(
    truth: Cells, predicted: Cells, confidence: Numbers, window: float
) -> NDArray[np.bool_]:
    """Which predictions the official scorer counts as right.

    True events are taken in order of time; each claims the most confident prediction that is at
    most half a window away and not yet claimed, the earliest of equals. This is neither in order of
    confidence nor the best possible: an event may claim what a later one needs.

    Args:
        truth: cells with a true event, rising.
        predicted: cells with a prediction, rising.
        confidence: of each prediction, at least 0.
        window: the whole width in cells, so that a prediction may be window / 2 away.

    Returns:
        Whether each prediction is claimed, shape (predictions,).

    >>> match_in_time_order(np.array([50]), np.array([38, 63]), np.array([0.2, 0.9]), 25).tolist()
    [True, False]
    """
    reach = math.floor(window / 2)  # cells are whole, so this is all of the half window
    claimed = np.zeros(len(predicted), dtype=bool)
    first = np.searchsorted(predicted, truth - reach, "left")
    end = np.searchsorted(predicted, truth + reach, "right")
    # An event that alone reaches a single prediction claims it, whatever the others do.
    shared = np.zeros(len(truth), dtype=bool)
    shared[1:] |= first[1:] < end[:-1]
    shared[:-1] |= first[1:] < end[:-1]
    simple = ~shared & (end - first == 1)
    claimed[first[simple]] = True
    free = confidence.copy()
    disputed = np.flatnonzero(~simple & (end > first))
    for start, stop in zip(first[disputed].tolist(), end[disputed].tolist(), strict=True):
        best = start + int(free[start:stop].argmax())
        if free[best] >= 0:
            claimed[best] = True
            free[best] = -1
    return claimed


def nearest_is_visible(
    truth: Cells, visible: NDArray[np.bool_], predicted: Cells
) -> NDArray[np.bool_]:
    """Whether each prediction counts among the visible events: where the nearest true one does.

    Midpoints are floored, so that a prediction in the middle belongs to the later event. Where the
    row has no true event every prediction counts as unshown; the official vector begins with -1.

    >>> nearest_is_visible(np.array([10, 21]), np.array([True, False]), np.array([14, 15])).tolist()
    [True, False]
    """
    if len(truth) == 0:
        return np.zeros(len(predicted), dtype=bool)
    midpoints = (truth[:-1] + truth[1:]) // 2
    return visible[np.searchsorted(midpoints, predicted, "right")]

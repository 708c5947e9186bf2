"""Velocities of many tracks and means of every step, from rows in any order."""

import numpy as np


def velocities(step: np.ndarray, ids: np.ndarray, places: np.ndarray, rate: float) -> np.ndarray:
    """How fast each row moves: the mean of the way from its last step and to its next one.

    Args:
        step: `(rows,)` when each was seen, from 0; no id twice at one step.
        ids: `(rows,)` who it is.
        places: `(rows, 2)` where.
        rate: steps a second.

    Returns:
        `(rows, 2)` places a second; NaN for a row whose track has neither the step before nor
        the step after.

    >>> velocities(np.array([0, 1]), np.array([7, 7]), np.array([[0.0, 1], [0.5, 1]]), 2).tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    order = np.lexsort((step, ids))
    sorted_ids, sorted_step, sorted_places = ids[order], step[order], places[order]
    linked = (np.diff(sorted_ids) == 0) & (np.diff(sorted_step) == 1)
    ways = np.where(linked[:, None], np.diff(sorted_places, axis=0), 0) * rate
    total, count = np.zeros_like(sorted_places), np.zeros(len(ids))
    total[1:] += ways
    total[:-1] += ways
    count[1:] += linked
    count[:-1] += linked
    result = np.full_like(sorted_places, np.nan)
    result[order] = np.divide(
        total, count[:, None], out=np.full_like(total, np.nan), where=count[:, None] > 0
    )
    return result


def means(step: np.ndarray, values: np.ndarray, steps: int) -> np.ndarray:
    """The mean of the rows of each step, `(steps, columns)`; NaN for a step without any.

    Args:
        step: `(rows,)` from 0 to below `steps`.
        values: `(rows, columns)`.
        steps: how many steps there are.
    """
    count = np.bincount(step, minlength=steps)[:, None]
    sums = np.column_stack([np.bincount(step, column, steps) for column in values.T])
    result: np.ndarray = np.divide(sums, count, out=np.full(sums.shape, np.nan), where=count > 0)
    return result

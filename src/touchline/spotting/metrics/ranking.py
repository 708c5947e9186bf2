"""Average precision of ranked answers that can be weighed again and again for a bootstrap."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from touchline.reporting.confidence import Numbers

BLOCK_NUMBERS = 1 << 22


@dataclass(frozen=True)
class Ranking:
    """The answers for one class, and in which of the units that are drawn they and the truth lie.

    Attributes:
        confidence: of each answer, in any order, shape (answers,).
        right: whether each is a true positive, shape (answers,).
        unit: index of the unit (a minute of play, a clip) of each answer, shape (answers,).
        truth_unit: index of the unit of each true item, shape (items,).
    """

    confidence: Numbers
    right: NDArray[np.bool_]
    unit: NDArray[np.intp]
    truth_unit: NDArray[np.intp]


def average_precision(ranking: Ranking, weights: Numbers, *, interpolated: bool) -> Numbers:
    """The area under the curve of precision over recall, exact, for each row of weights.

    The sum over falling confidences c of (recall(c) - recall(before)) * precision(c); equally
    confident answers count together, so that their order decides nothing.

    Args:
        ranking: the answers.
        weights: how often each unit counts, shape (rows, units); a row of ones is the score itself.
        interpolated: whether the precision at a recall is the best at that recall or more, as in
            detection (Everingham and others, 2010, without their 11 points), or the precision
            there, as scikit-learn has it.

    Returns:
        Values in [0, 1], shape (rows,); NaN where a row has no true item.

    >>> ranking = Ranking(np.array([0.9, 0.8, 0.7]), np.array([True, False, True]), np.arange(3),
    ...                   np.array([0, 2]))
    >>> average_precision(ranking, np.ones((1, 3)), interpolated=False).round(3).tolist()
    [0.833]
    """
    order = np.argsort(-ranking.confidence, kind="stable")
    # Recall only rises where something is right: curves need no other points.
    falling = -ranking.confidence[order]
    levels = np.unique(falling[ranking.right[order]])
    end = np.searchsorted(falling, levels, "right")
    order = order[: end[-1] if len(end) else 0]
    unit, right = ranking.unit[order], ranking.right[order]
    values = np.empty(len(weights))
    step = max(1, BLOCK_NUMBERS // max(1, len(order)))
    for start in range(0, len(weights), step):
        block = weights[start : start + step]
        drawn = block[:, unit]
        given = drawn.cumsum(axis=1)[:, end - 1]
        hits = (drawn * right).cumsum(axis=1)[:, end - 1]
        items = block[:, ranking.truth_unit].sum(axis=1)
        precision = np.divide(hits, given, out=np.zeros_like(hits), where=given > 0)
        if interpolated:
            precision = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
        area = (np.diff(hits, axis=1, prepend=0) * precision).sum(axis=1)
        values[start : start + step] = np.divide(
            area, items, out=np.full(len(block), np.nan), where=items > 0
        )
    return values

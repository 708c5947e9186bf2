"""Precision, recall and F1 of each class, from counts, with intervals.

They equal scikit-learn's with `zero_division=0`: a class that was never predicted has precision 0,
a class without true items recall and F1 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchline.reporting.confidence import Numbers, Score, Statistic, wider, wilson


@dataclass(frozen=True)
class ClassScores:
    """How one class fares.

    Attributes:
        precision: of the items given this label, the share that bear it rightly.
        recall: of the items of this class, the share that were given its label.
        f1: the harmonic mean of the two; its n counts the items that are of the class, are given
            its label, or both.
        support: how many items are of this class.
    """

    precision: Score
    recall: Score
    f1: Score
    support: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        scores = {name: getattr(self, name).as_dict() for name in ("precision", "recall", "f1")}
        return scores | {"support": self.support}


def class_scores(
    hits: NDArray[Any], support: NDArray[Any], given: NDArray[Any], drawn: Sequence[Score] = ()
) -> tuple[ClassScores, ...]:
    """The scores of each class, with Wilson intervals.

    F1 is 2 s / (1 + s) with s = TP / (TP + FP + FN), so its interval is that of the share s carried
    over (Lam, Gopal and Qian, 2023, arXiv:2309.14621). Unlike a bootstrap it does not shrink to
    nothing for a class of five items that are all right. A share of nothing (n = 0) has the value
    0, as scikit-learn has it, and all of [0, 1] as its interval.

    Args:
        hits: items of each class that were given its label, shape (classes,).
        support: items of each class, shape (classes,).
        given: items given each label, shape (classes,).
        drawn: scores of a bootstrap of `count_statistic`; no interval is then narrower than theirs.

    >>> counts = np.array([5, 0])
    >>> five_of_five, never_given = class_scores(counts, counts, counts)
    >>> round(five_of_five.recall.low, 2), never_given.precision.n
    (0.57, 0)
    """
    scores = [
        *_shares(hits, given), *_shares(hits, support),
        *map(_f1_of, _shares(hits, support + given - hits)),
    ]  # fmt: skip
    if drawn:
        scores = [wider(*pair) for pair in zip(scores, drawn, strict=True)]
    count = len(hits)
    precision, recall, f1 = (scores[place * count : (place + 1) * count] for place in range(3))
    return tuple(map(ClassScores, precision, recall, f1, np.asarray(support).tolist()))


def count_statistic(hits: Numbers, support: Numbers, given: Numbers) -> Statistic:
    """For a bootstrap: the precision of each class, then each recall, then each F1.

    NaN for a class that has items of which none was drawn: that says nothing about it.

    Args:
        hits: in each unit that can be drawn, right answers by class, shape (units, classes).
        support: in each unit, items of each class.
        given: in each unit, items given each label.

    Returns:
        From weights, shape (rows, units), to values, shape (rows, 3 x classes).
    """
    has_items = support.any(axis=0)

    def statistic(weights: Numbers) -> Numbers:
        hit, of_class, labelled = weights @ hits, weights @ support, weights @ given
        kinds = _ratio(hit, labelled), _ratio(hit, of_class), _ratio(2 * hit, labelled + of_class)
        undrawn = (of_class == 0) & has_items
        return np.concatenate([np.where(undrawn, np.nan, kind) for kind in kinds], axis=1)

    return statistic


def _ratio(part: Numbers, whole: Numbers) -> Numbers:
    """Part of whole, and 0 of nothing."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _shares(successes: NDArray[Any], counts: NDArray[Any]) -> list[Score]:
    pairs = zip(successes.tolist(), counts.tolist(), strict=True)
    return [wilson(hit, n) if n else replace(wilson(0, 0), value=0.0) for hit, n in pairs]


def _f1_of(share: Score) -> Score:
    """F1 from TP / (TP + FP + FN); both rise together, so the interval's ends carry over."""
    value, low, high = (2 * s / (1 + s) for s in (share.value, share.low, share.high))
    return Score(value, share.n, low, high)

"""How many mistakes remain when only the surest labels are kept, and where to draw the line.

Coverage is the share of items kept, risk the share of the kept that are wrong (Geifman and
El-Yaniv, Selective Classification for Deep Neural Networks, 2017). Items of equal confidence are
kept or left together, so that their order changes nothing.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchline.errors import UsageError
from touchline.reporting.confidence import LEVEL, Score, wilson


@dataclass(frozen=True)
class RiskCoverage:
    """The risk-coverage curve, one point for each distinct confidence, most confident first.

    Attributes:
        threshold: confidence from which on items are kept, falling, shape (points,).
        kept: how many items that keeps, shape (points,).
        wrong: how many of those are wrong, shape (points,).
    """

    threshold: NDArray[np.float64]
    kept: NDArray[np.intp]
    wrong: NDArray[np.intp]

    @property
    def coverage(self) -> NDArray[np.float64]:
        """The share of items kept at each point; the last is 1."""
        return self.kept / self.kept[-1] if len(self.kept) else np.zeros(0)

    @property
    def risk(self) -> NDArray[np.float64]:
        """The share of kept items that are wrong at each point."""
        return self.wrong / self.kept

    @property
    def area(self) -> float:
        """The area under the curve (AURC): the mean over items of the risk if that item is last.

        0 is perfect; NaN without items. Tied items all have the risk at the end of their block.
        """
        if not len(self.kept):
            return math.nan
        return float(np.sum(np.diff(self.kept, prepend=0) * self.risk) / self.kept[-1])


@dataclass(frozen=True)
class RiskThreshold:
    """The line drawn for a promised risk.

    Attributes:
        risk: the largest share of mistakes among the kept that was asked for.
        threshold: keep what is at least this confident; infinite when nothing can be kept.
        kept: the share kept of the items the line was drawn with.
        wrong: the share of mistakes among those kept.
    """

    risk: float
    threshold: float
    kept: Score
    wrong: Score

    def as_dict(self) -> dict[str, Any]:
        """For JSON; a threshold that nothing reaches is null."""
        return {
            "risk": self.risk,
            "threshold": self.threshold if math.isfinite(self.threshold) else None,
            "kept": self.kept.as_dict(), "wrong": self.wrong.as_dict(),
        }  # fmt: skip


def risk_coverage(confidence: NDArray[np.float64], correct: NDArray[np.bool_]) -> RiskCoverage:
    """The curve for the best labels of n items.

    Args:
        confidence: shape (n,), any scale on which more is surer.
        correct: whether the label is right, shape (n,).

    >>> curve = risk_coverage(np.array([0.9, 0.8, 0.7]), np.array([True, False, True]))
    >>> curve.wrong.tolist(), curve.kept.tolist(), round(curve.area, 4)  # (0 + 1/2 + 1/3) / 3
    ([0, 1, 1], [1, 2, 3], 0.2778)
    """
    order = np.argsort(-confidence, kind="stable")
    falling = confidence[order]
    last_of_its_block = np.append(falling[1:] != falling[:-1], True)[: len(falling)]
    wrong = np.cumsum(~correct[order])
    return RiskCoverage(
        falling[last_of_its_block], np.flatnonzero(last_of_its_block) + 1, wrong[last_of_its_block]
    )


def threshold_for_risk(
    confidence: NDArray[np.float64], correct: NDArray[np.bool_], risk: float, level: float = LEVEL
) -> RiskThreshold:
    """The lowest confidence from which on the error is at most `risk`, with 95 % certainty.

    A line chosen because it looks good on these items would promise too much. Here each line is a
    hypothesis "the error among the kept exceeds `risk`", tested by the exact binomial tail (the
    test behind the Clopper-Pearson bound) in an order fixed beforehand, from the surest items down,
    as in Angelopoulos et al., Learn then Test (2021, arXiv:2110.01052). The tests start at the
    fewest items that can pass, and with half of the allowance for failure once more further down
    (the fallback procedure of Wiens and Dmitrienko, 2005), so that one mislabelled photo among the
    surest does not end the search.

    It holds for new items of the same kind, when these here are independent (not one burst), were
    not learnt from, and are less often wrong the surer the model is.

    Args:
        confidence: of the best label of each item, shape (n,).
        correct: whether that label is right, shape (n,).
        risk: the largest share of mistakes among the kept, inside (0, 1).
        level: the certainty of the promise, inside (0, 1).

    Returns:
        The line; its threshold is infinite when there are too few items for any promise (59 without
        a mistake are needed for 5 %, 149 for 2 %) or too many mistakes among the surest.

    Raises:
        UsageError: when `risk` or `level` is not strictly between 0 and 1.

    >>> sure, right = np.linspace(0.9, 0.5, 5), np.ones(5, dtype=bool)
    >>> threshold_for_risk(sure, right, 0.5).threshold  # five coins all heads: 1/32 < 5 %
    0.5
    >>> threshold_for_risk(sure[:4], right[:4], 0.5).threshold  # four: 1/16 > 5 %
    inf
    """
    from scipy.special import bdtr

    for name, share in (("risk", risk), ("level", level)):
        if not 0 < share < 1:
            raise UsageError(
                f"a {name} between 0 and 1", str(share), "Two in a hundred is written 0.02."
            )
    curve = risk_coverage(confidence, correct)
    chance_if_too_risky = bdtr(curve.wrong, curve.kept, risk)
    allowance, allowed, best = _allowances(curve.kept, risk, 1 - level), 0.0, -1
    for point, chance in enumerate(chance_if_too_risky):
        allowed += allowance.get(point, 0.0)
        if chance <= allowed:
            best = point
        else:
            allowed = 0.0
    n = len(confidence)
    if best < 0:
        return RiskThreshold(risk, math.inf, wilson(0, n), wilson(0, 0))
    kept, wrong = int(curve.kept[best]), int(curve.wrong[best])
    return RiskThreshold(
        risk, float(curve.threshold[best]), wilson(kept, n), wilson(wrong, kept)
    )  # fmt: skip


def _allowances(kept: NDArray[np.intp], risk: float, failure: float) -> dict[int, float]:
    """The chance of failure spent at each point of the curve where a sequence of tests starts.

    The points depend on how many items there are, never on which of them are wrong.
    """
    n = int(kept[-1]) if len(kept) else 0
    halved = _fewest(risk, failure / 2)
    starts = [halved, round(math.sqrt(halved * n))] if n >= halved else [_fewest(risk, failure)]
    spent: dict[int, float] = {}
    for fewest in starts:
        point = int(np.searchsorted(kept, fewest))
        spent[point] = spent.get(point, 0.0) + failure / len(starts)
    return spent


def _fewest(risk: float, failure: float) -> int:
    """How many items without a mistake rule out `risk` but for a chance of `failure`."""
    return math.ceil(math.log(failure) / math.log1p(-risk))

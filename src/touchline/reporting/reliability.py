"""Whether confidences mean what they say: of photos labelled with 80 %, are 80 % right?

Bins of equal width over [0, 1], as in Guo et al., On Calibration of Modern Neural Networks (2017).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from touchline.reporting.confidence import Numbers, Score, centred_bootstrap, wilson

BINS = 15


@dataclass(frozen=True)
class ReliabilityBin:
    """Items whose confidence lies in (low, high]: how sure the model was, how often it was right.

    Attributes:
        low, high: ends of the bin; 0 itself falls into the first.
        confidence: mean confidence of its items.
        accuracy: share of its items that are right, with the count and the 95 % interval.
    """

    low: float
    high: float
    confidence: float
    accuracy: Score


def bin_numbers(confidence: NDArray[np.float64], bins: int = BINS) -> NDArray[np.intp]:
    """The bin, 0 to bins - 1, of each confidence in [0, 1].

    >>> bin_numbers(np.array([0.0, 0.1, 0.11, 1.0]), bins=10).tolist()
    [0, 0, 1, 9]
    """
    inner_edges = np.linspace(0, 1, bins + 1)[1:-1]
    return np.searchsorted(inner_edges, confidence, side="left")


def reliability_bins(
    confidence: NDArray[np.float64], correct: NDArray[np.bool_], bins: int = BINS
) -> tuple[ReliabilityBin, ...]:
    """The bins that hold at least one item, from the least to the most confident.

    Args:
        confidence: of the best label of each item, in [0, 1], shape (n,).
        correct: whether that label is right, shape (n,).
        bins: how many bins of equal width share [0, 1].
    """
    numbers = bin_numbers(confidence, bins)
    found = []
    for number in np.unique(numbers).tolist():
        inside = numbers == number
        accuracy = wilson(int(correct[inside].sum()), int(inside.sum()))
        mean = float(confidence[inside].mean())
        found.append(ReliabilityBin(number / bins, (number + 1) / bins, mean, accuracy))
    return tuple(found)


def calibration_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """The expected calibration error: mean gap between confidence and accuracy, in [0, 1].

    Each bin counts by its items (Naeini, Cooper and Hauskrecht, 2015). NaN without bins.

    >>> right, wrong = np.array([True]), np.array([False])
    >>> round(calibration_error(reliability_bins(np.array([0.8]), right)), 3)
    0.2
    >>> round(calibration_error(reliability_bins(np.array([0.8]), wrong)), 3)
    0.8
    """
    n = sum(each.accuracy.n for each in bins)
    gaps = (each.accuracy.n * abs(each.accuracy.value - each.confidence) for each in bins)
    return sum(gaps) / n if n else float("nan")


def calibration_score(
    confidence: NDArray[np.float64],
    correct: NDArray[np.bool_],
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
) -> Score:
    """The expected calibration error of at least one item, with its bootstrap interval.

    Arguments as for `reliability_bins` and `touchline.reporting.confidence.bootstrap`.
    """
    n = len(confidence)
    # A bin's gap times its weight is the sum of its items' gaps.
    gaps = np.zeros((n, BINS))
    gaps[np.arange(n), bin_numbers(confidence)] = correct - confidence

    def statistic(weights: Numbers) -> Numbers:
        error: Numbers = np.abs(weights @ gaps).sum(axis=1) / weights.sum(axis=1)
        return error[:, None]

    return centred_bootstrap(statistic, n, groups=groups, seed=seed, unit="number")[0]

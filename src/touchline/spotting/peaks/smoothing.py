"""A Gaussian over time."""

import math

import numpy as np

from touchline.reporting.confidence import Numbers

SIGMAS = 3.0
"""The Gaussian is cut off this many standard deviations from its middle."""
DIGITS = 9
"""Decimals kept: rounding errors in the sums would break an even score into many small peaks."""


def smooth(scores: Numbers, sigma: float) -> Numbers:
    """Scores averaged over time with Gaussian weights.

    At the ends of a video the weights that fall outside are given to the others, so that an even
    score stays even. Steps before and after are added in pairs: the result of reversed scores is
    the reversed result to the last digit.

    Args:
        scores: `(time, classes)`.
        sigma: standard deviation in steps; 0 changes nothing.

    >>> smooth(np.array([[0.5], [0.5], [0.5]]), sigma=1.0).ravel()
    array([0.5, 0.5, 0.5])
    """
    if sigma == 0:
        return scores
    within = np.ones((len(scores), 1))
    total, weight = scores.copy(), within.copy()
    for distance in range(1, min(reach_of_smoothing(sigma) + 1, len(scores))):
        share = math.exp(-0.5 * (distance / sigma) ** 2)
        total += share * _before_and_after(scores, distance)
        weight += share * _before_and_after(within, distance)
    return np.round(total / weight, DIGITS)


def _before_and_after(values: Numbers, distance: int) -> Numbers:
    """The sum of the values `distance` steps before and after each step; outside they are 0."""
    pair = np.zeros_like(values)
    pair[distance:] += values[:-distance]
    pair[:-distance] += values[distance:]
    return pair


def reach_of_smoothing(sigma: float) -> int:
    """How many steps away `smooth` looks.

    >>> reach_of_smoothing(0.0), reach_of_smoothing(1.5)
    (0, 5)
    """
    return math.ceil(SIGMAS * sigma)

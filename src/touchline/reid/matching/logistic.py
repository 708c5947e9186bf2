"""Probabilities from one or two numbers whose good direction is known: a logistic model, bounded.

Platt, "Probabilistic outputs for support vector machines", 1999: the targets are drawn a little
towards the middle, as if one more had been right and one more wrong, so that no finite sample makes
the model certain. The slopes are regularised and may not turn against their known direction.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from touchline.reporting.confidence import Numbers

PENALTY = 1.0
"""Of the squared slopes of features scaled to unit variance, against the summed log loss."""


@dataclass(frozen=True)
class Logistic:
    """The probability `1 / (1 + exp(-(intercept + slopes . features)))`.

    Attributes:
        intercept: of the log odds.
        slopes: of the log odds, one a feature, none negative.
    """

    intercept: float
    slopes: tuple[float, ...]

    def probability(self, features: Numbers) -> Numbers:
        """Probabilities `(n,)` of features `(n, slopes)`.

        >>> Logistic(0.0, (1.0,)).probability(np.array([[0.0], [np.log(3)]])).round(3).tolist()
        [0.5, 0.75]
        """
        return np.asarray(expit(self.intercept + features @ np.array(self.slopes)))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Logistic":
        """The inverse of `as_dict`."""
        return cls(float(values["intercept"]), tuple(map(float, values["slopes"])))


def share_only(right: Numbers, features: int) -> Logistic:
    """The model that looks at no feature: (right + 1) / (n + 2), Laplace's rule of succession.

    >>> share_only(np.array([1.0, 1.0, 0.0]), 1).probability(np.zeros((1, 1))).round(3).tolist()
    [0.6]
    """
    return Logistic(float(logit((right.sum() + 1) / (len(right) + 2))), (0.0,) * features)


def fit_logistic(features: Numbers, right: Numbers) -> Logistic:
    """The regularised model of which none of the slopes is negative.

    Args:
        features: `(n, features)`, finite; the larger, the likelier right.
        right: `(n,)` 1 where right, 0 where wrong, at least one of each.
    """
    centre, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    scaled = (features - centre) / spread
    n_right = right.sum()
    high, low = (n_right + 1) / (n_right + 2), 1 / (len(right) - n_right + 2)
    targets = np.where(right > 0, high, low)

    def loss(parameters: Numbers) -> tuple[float, Numbers]:
        intercept, slopes = parameters[0], parameters[1:]
        odds = intercept + scaled @ slopes
        error = expit(odds) - targets
        value = np.logaddexp(0, odds).sum() - targets @ odds + PENALTY / 2 * slopes @ slopes
        return float(value), np.concatenate([[error.sum()], error @ scaled + PENALTY * slopes])

    start = np.concatenate([[logit(targets.mean())], np.zeros(features.shape[1])])
    bounds = [(None, None)] + [(0, None)] * features.shape[1]
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    slopes = found[1:] / spread
    return Logistic(float(found[0] - slopes @ centre), tuple(slopes.tolist()))

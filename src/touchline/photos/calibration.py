"""Logits to probabilities that mean what they say: temperature scaling on held-out logits.

Guo et al., "On Calibration of Modern Neural Networks", ICML 2017: one number divides all logits.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar

from touchline.photos.conformal import ConformalSets, fit_sets
from touchline.reporting.risk import threshold_for_risk

COOLEST, HOTTEST = 0.05, 20.0


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities of logits along the last axis, in float64."""
    values = logits.astype(np.float64)
    shifted = np.exp(values - values.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def log_loss(labels: np.ndarray, logits: np.ndarray) -> float:
    """Mean of -log(probability of the true class); `labels` `(n,)`, `logits` `(n, classes)`.

    >>> round(log_loss(np.array([0]), np.array([[0.0, 0.0]])), 4)
    0.6931
    """
    values = logits.astype(np.float64)
    top = values.max(axis=1)
    total = top + np.log(np.exp(values - top[:, None]).sum(axis=1))
    return float(np.mean(total - values[np.arange(len(labels)), labels]))


def fit_temperature(labels: np.ndarray, logits: np.ndarray) -> float:
    """The temperature in [0.05, 20] that minimises the log loss of `logits / temperature`.

    `logits` must come from photos that were not learnt from. Logits that are all equal leave the
    temperature without meaning; it is then 1.
    """
    if len(labels) == 0 or np.ptp(logits, axis=1).max() == 0:
        return 1.0
    found = minimize_scalar(
        lambda power: log_loss(labels, logits / np.exp(power)),
        bounds=(np.log(COOLEST), np.log(HOTTEST)), method="bounded",
    )  # fmt: skip
    return float(np.exp(found.x))


@dataclass(frozen=True)
class Calibration:
    """What turns logits into confidence, and confidence into a decision.

    Attributes:
        temperature: divides the logits.
        confidences: calibrated confidence of held-out photos, one of each set of twins: shots of a
            burst are right or wrong together and would make the promise look better founded.
        correct: whether that photo's best class was its own.
        sets: what makes conformal sets, drawn from the same photos; None in runs older than them.
    """

    temperature: float
    confidences: tuple[float, ...]
    correct: tuple[bool, ...]
    sets: ConformalSets | None = None

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Calibrated probabilities `(n, classes)`."""
        return softmax(logits / self.temperature)

    def threshold(self, risk: float) -> float:
        """The least confidence to accept so that errors stay within `risk`; infinite if none."""
        kept = threshold_for_risk(np.array(self.confidences), np.array(self.correct), risk)
        return kept.threshold

    def set_sizes(self, probabilities: np.ndarray) -> np.ndarray:
        """How many classes are in the conformal set of each photo, `(n,)`; 0 where not known.

        Args:
            probabilities: `(n, classes)`, as `probabilities` gives them.
        """
        if self.sets is None:
            return np.zeros(len(probabilities), dtype=np.intp)
        return self.sets.sizes(probabilities)

    def as_dict(self) -> dict[str, Any]:
        """For `calibration.json`."""
        return {**asdict(self), "method": "temperature", "n": len(self.correct)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Calibration":
        """The inverse of `as_dict`."""
        sets = values.get("sets")
        return cls(
            values["temperature"], tuple(values["confidences"]), tuple(values["correct"]),
            None if sets is None else ConformalSets(**sets),
        )  # fmt: skip


def calibrate(labels: np.ndarray, logits: np.ndarray, twins: np.ndarray) -> Calibration:
    """Fit the temperature on held-out logits, keep how confidence fared there, and draw the sets.

    Args:
        labels: `(n,)` class indices of the held-out photos.
        logits: `(n, classes)` from networks that did not learn from them.
        twins: `(n,)` names, the same for copies and shots of one burst.
    """
    temperature = fit_temperature(labels, logits)
    _, first = np.unique(twins, return_index=True)
    probabilities = softmax(logits[first] / temperature)
    correct = probabilities.argmax(axis=1) == labels[first]
    return Calibration(
        temperature,
        tuple(float(value) for value in probabilities.max(axis=1)),
        tuple(bool(value) for value in correct),
        fit_sets(probabilities[np.arange(len(first)), labels[first]]),
    )

"""How sure it is that the first candidate of a query is the right one.

Two things tell: how near the first candidate is, and by how much the second is further. What they
are worth is learnt from queries whose answers are known (and which the network did not learn from).
It holds for galleries like the one it was learnt on: among a hundred times as many strangers, one
of them comes nearer by chance.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchline.reid.matching.logistic import Logistic, fit_logistic, share_only
from touchline.reporting.confidence import Numbers
from touchline.reporting.reliability import calibration_error, reliability_bins

FEWEST = 20
"""Queries (groups of them) from which on distances are looked at, not only the share of hits."""
FOLDS = 5


@dataclass(frozen=True)
class Confidence:
    """Distances to the probability of being right.

    Attributes:
        with_second: looks at the distance (negated) and at the margin to the second candidate.
        alone: looks at the distance only, for queries with a single candidate.
        n: queries it was learnt from.
        error: expected calibration error on queries held out while learning; None where there were
            too few to hold any out.
    """

    with_second: Logistic
    alone: Logistic
    n: int
    error: float | None

    def of(self, best: Numbers, second: Numbers) -> Numbers:
        """Confidences in [0, 1], shape (n,).

        They fall where the best distance rises, and rise where the second does.

        Args:
            best: distances of the first candidates, shape (n,).
            second: of the second ones; NaN where there is none.
        """
        best, second = np.asarray(best, np.float64), np.asarray(second, np.float64)
        margin = np.where(np.isnan(second), 0.0, second - best)
        both = self.with_second.probability(np.stack([-best, margin], axis=1))
        return np.where(np.isnan(second), self.alone.probability(-best[:, None]), both)

    def as_dict(self) -> dict[str, Any]:
        """For `calibration.json`."""
        return {
            "method": "logistic", "n": self.n, "calibration_error": self.error,
            "with_second": self.with_second.as_dict(), "alone": self.alone.as_dict(),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Confidence":
        """The inverse of `as_dict`.

        Raises:
            LookupError, TypeError, ValueError: the values are of another kind.
        """
        with_second, alone = (Logistic.from_dict(values[key]) for key in ("with_second", "alone"))
        if (len(with_second.slopes), len(alone.slopes)) != (2, 1):
            raise ValueError("slopes of other features")
        return cls(with_second, alone, values["n"], values["calibration_error"])


def fit_confidence(
    best: Numbers,
    second: Numbers,
    right: NDArray[np.bool_],
    groups: Sequence[Hashable] | None = None,
) -> Confidence:
    """Learn what distances are worth.

    Where all queries are right, or all wrong, or fewer than 20 are known, only the share of right
    ones counts, with one right and one wrong added (Laplace); with none at all that is one half.

    Args:
        best: distances of the first candidates, shape (n,), on any scale.
        second: of the second ones; NaN where there is none.
        right: whether the first candidate is the right person, shape (n,). Queries whose person is
            not in the gallery are wrong.
        groups: one key a query; those of one action or match are held out together and count once
            towards the 20.
    """
    best, second = np.asarray(best, np.float64), np.asarray(second, np.float64)
    places = _group_numbers(groups, len(best))
    learnt = _fit(best, second, right, places)
    held_out = np.zeros(len(best))
    folds = list(_folds(places))
    for inside, outside in folds:
        model = _fit(best[inside], second[inside], right[inside], places[inside])
        held_out[outside] = model.of(best[outside], second[outside])
    error = calibration_error(reliability_bins(held_out, right)) if folds else None
    return replace(learnt, error=error)


def _fit(
    best: Numbers, second: Numbers, right: NDArray[np.bool_], groups: NDArray[np.intp]
) -> Confidence:
    answers = right.astype(np.float64)
    several = ~np.isnan(second)
    features = np.stack([-best, np.where(several, second - best, 0.0)], axis=1)
    alone = _fit_or_share(features[:, :1], answers, groups)
    # Where no query shows what a margin is worth, the distance says what it can.
    with_second = Logistic(alone.intercept, (*alone.slopes, 0.0))
    if several.any():
        with_second = _fit_or_share(features[several], answers[several], groups[several])
    return Confidence(with_second, alone, len(best), None)


def _fit_or_share(features: Numbers, right: Numbers, groups: NDArray[np.intp]) -> Logistic:
    if len(np.unique(groups)) < FEWEST or right.min() == right.max():
        return share_only(right, features.shape[1])
    return fit_logistic(features, right)


def _group_numbers(groups: Sequence[Hashable] | None, n: int) -> NDArray[np.intp]:
    if groups is None:
        return np.arange(n)
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    return np.array([numbers[group] for group in groups], dtype=np.intp)


def _folds(groups: NDArray[np.intp]) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Masks of what is learnt from and what is held out, five times, groups kept whole.

    None where what is left to learn from would be too little.
    """
    units = np.unique(groups)
    if len(units) * (FOLDS - 1) < FEWEST * FOLDS:
        return
    # Neighbouring groups may be of one match; dealing them at random spreads each match evenly.
    dealt = np.random.default_rng(0).permutation(len(units)) % FOLDS
    for fold in range(FOLDS):
        outside = np.isin(groups, units[dealt == fold])
        yield ~outside, outside

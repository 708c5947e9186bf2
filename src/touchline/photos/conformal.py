"""The classes that a photo may well be: sets of which nine in ten hold the true class.

A class is in a photo's set when its calibrated probability reaches one threshold for all classes,
drawn from photos held out in training. Of all sets with that coverage these are the smallest
(Sadinle, Lei and Wasserman, "Least Ambiguous Set-Valued Classifiers with Bounded Error Levels",
JASA 2019).

What is promised: the set of a new photo holds its class with a chance of at least 90 %, when it is
exchangeable with the `n` photos held out (as if drawn with them from one archive, in any order) and
was scored as they were. The chance is over photos of all classes, and over draws of those held out:
a hard class may be missed far more often, and with n = 100 the coverage that one training gets
strays from 90 % by 3 points (a standard deviation).

What keeps the promise from being exact: the temperature, and of a recipe its strength or its number
of epochs, are chosen on the photos held out; and where a recipe learns from them after all, the
classifier kept is not the one that scored them, which is cross-conformal prediction with one
threshold: no theorem bounds it unless both classifiers answer alike. Mostly the one kept, which saw
more photos, is the better one. So coverage is measured, on photos that drew no threshold.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from touchline.photos.class_scores import Groups, Indices
from touchline.photos.metrics import rank_of_truth
from touchline.reporting.confidence import Numbers, Score, mean, share

COVERAGE = 0.9


@dataclass(frozen=True)
class ConformalSets:
    """What turns probabilities into sets of classes.

    Attributes:
        threshold: the least probability of a class in the set, in [0, 1]; 0 takes all classes.
        coverage: the share of sets that are to hold the true class, in (0, 1).
    """

    threshold: float
    coverage: float = COVERAGE

    def sizes(self, probabilities: Numbers) -> Indices:
        """How many classes, the most probable first, are in each photo's set, `(n,)`.

        At least one: a photo no class of which reaches the threshold gets its best class.

        Args:
            probabilities: calibrated, `(n, classes)`.

        >>> ConformalSets(0.3).sizes(np.array([[0.5, 0.3, 0.2], [0.9, 0.1, 0.0]])).tolist()
        [2, 1]
        """
        reached: Indices = (probabilities >= self.threshold).sum(axis=1)
        return np.maximum(reached, 1)


def fit_sets(of_truth: Numbers, coverage: float = COVERAGE) -> ConformalSets:
    """Draw the threshold that so many of the held-out photos' true classes reach.

    That is `ceil((n + 1) * coverage)` of `n`, one more than their share, which stands for the new
    photo. Too few photos for that, fewer than nine for 90 %, leave every class in the set.

    Args:
        of_truth: calibrated probability of the true class of photos held out, `(n,)`; one of each
            burst, for its shots are one witness.
        coverage: the share of sets that are to hold the true class, in (0, 1).

    >>> fit_sets(np.linspace(0.9, 0.1, 9)).threshold  # ceil(10 * 0.9): all nine
    0.1
    >>> fit_sets(np.linspace(0.9, 0.2, 8)).threshold  # ceil(9 * 0.9) = 9 of eight
    0.0
    """
    # Rounded, for 0.9 is not nine tenths to the last digit: 70 * 0.9 must not become 64.
    needed = math.ceil(round((len(of_truth) + 1) * coverage, 9))
    if needed > len(of_truth):
        return ConformalSets(0.0, coverage)
    return ConformalSets(float(np.sort(of_truth)[-needed]), coverage)


@dataclass(frozen=True)
class SetScores:
    """How sets fare on photos of known class.

    Attributes:
        coverage: the share of sets that hold the true class.
        size: the mean number of classes in a set.
    """

    coverage: Score
    size: Score

    def as_dict(self) -> dict[str, Any]:
        """For `metrics.json`."""
        return {"set_coverage": self.coverage.as_dict(), "set_size": self.size.as_dict()}


def score_sets(
    truth: Indices, probabilities: Numbers, sizes: Indices, *, groups: Groups = None, seed: int = 0
) -> SetScores:
    """Score sets on photos that drew none of their thresholds.

    Args:
        truth: index of each photo's class, `(n,)`.
        probabilities: `(n, classes)`.
        sizes: how many classes, the most probable first, are in each photo's set, `(n,)`.
        groups: one key a photo; photos of one group are drawn together for the intervals.
        seed: of the bootstrap.

    >>> probabilities = np.array([[0.6, 0.4], [0.9, 0.1]])
    >>> scores = score_sets(np.array([1, 1]), probabilities, np.array([2, 1]))
    >>> scores.coverage.value, scores.size.value
    (0.5, 1.5)
    """
    held = rank_of_truth(truth, probabilities) < sizes
    return SetScores(
        share(held, groups=groups, seed=seed),
        mean(sizes.astype(np.float64), groups=groups, seed=seed),
    )

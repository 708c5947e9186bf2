"""Where the score of a class is higher than before and after, found block by block."""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from touchline.reporting.confidence import Numbers

Whole: TypeAlias = NDArray[np.int64]


class Maxima(NamedTuple):
    """Local maxima, each class's in order of time; all of shape (n,).

    Attributes:
        label: index of the class.
        position: in half steps from the start: twice the step, or the first and the last step of a
            plateau added up.
        score: the score there.
        evidence: for the left team where above 0, for the right where below.
    """

    label: Whole
    position: Whole
    score: Numbers
    evidence: Numbers


class LocalMaxima:
    """Finds the local maxima of a stream of scores.

    A run of equal scores counts once, in its middle, if the scores before and after are lower;
    outside the video everything is. A run of more than `longest` steps that the score rose to
    counts as if it ended after `longest` steps, so that nothing waits longer than that.

    Args:
        classes: how many classes.
        floor: lower scores are no maxima.
        longest: in steps, at least 1.
    """

    def __init__(self, classes: int, floor: float, longest: int) -> None:
        self._floor, self._longest = floor, longest
        self._steps = 0
        # Of each class: the last step, and the run of equal scores that it belongs to.
        self._score = np.full(classes, -np.inf)
        self._evidence = np.zeros(classes)
        self._begin = np.zeros(classes, dtype=np.int64)
        self._first_evidence = np.zeros(classes)
        self._rose = np.zeros(classes, dtype=bool)

    @property
    def frontier(self) -> Whole:
        """For each class the half step before which no further maximum can lie, `(classes,)`."""
        return 2 * np.where(self._may_be_maximum, self._begin, self._steps)

    def push(self, scores: Numbers, evidence: Numbers) -> Maxima:
        """Take the next steps, both `(steps, classes)`; maxima that they settle come back."""
        scores = np.vstack([self._score, scores])
        evidence = np.vstack([self._evidence, evidence])
        # Where a run ends at row `row` and another begins at the next one.
        label, row = np.nonzero((scores[1:] != scores[:-1]).T)
        rises = scores[row + 1, label] > scores[row, label]
        next_begin, next_evidence = self._steps + row, evidence[row + 1, label]

        rose = self._of_run_before(label, rises, self._rose)
        begin = self._of_run_before(label, next_begin, self._begin)
        first_evidence = self._of_run_before(label, next_evidence, self._first_evidence)
        long = next_begin - begin > self._longest
        ended = Maxima(
            label,
            begin + np.minimum(next_begin - 1, begin + self._longest - 1),
            scores[row, label],
            np.where(long, first_evidence, first_evidence + evidence[row, label]),
        )
        counts = rose & (long | ~rises) & (ended.score >= self._floor)

        self._steps += len(scores) - 1
        self._score, self._evidence = scores[-1], evidence[-1]
        # Of several runs of a class, the last assignment stays.
        self._rose[label], self._begin[label] = rises, next_begin
        self._first_evidence[label] = next_evidence
        settled = Maxima(*(column[counts] for column in ended))
        return Maxima._make(map(np.concatenate, zip(settled, self._long_and_open(), strict=True)))

    def finish(self) -> Maxima:
        """The maxima that end with the stream."""
        classes = len(self._score)
        return self.push(np.full((1, classes), -np.inf), np.zeros((1, classes)))

    @property
    def _may_be_maximum(self) -> NDArray[np.bool_]:
        return self._rose & (self._score >= self._floor)

    def _long_and_open(self) -> Maxima:
        """Runs that became too long and have not ended; they count now and never again."""
        long = self._may_be_maximum & (self._steps - self._begin > self._longest)
        self._rose &= ~long
        label = np.flatnonzero(long)
        position = 2 * self._begin[label] + self._longest - 1
        return Maxima(label, position, self._score[label], self._first_evidence[label])

    @staticmethod
    def _of_run_before(label: Whole, next_run: NDArray[Any], carried: NDArray[Any]) -> NDArray[Any]:
        """What `next_run` says of the runs that begin, for the runs that end."""
        first = np.diff(label, prepend=-1) != 0
        return np.where(first, carried[label], np.roll(next_run, 1))

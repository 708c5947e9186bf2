"""Displacement and smoothing of a stream of scores, block by block."""

import numpy as np

from touchline.reporting.confidence import Numbers
from touchline.spotting.peaks.displacement import sources, taken_from
from touchline.spotting.peaks.smoothing import reach_of_smoothing, smooth


class Preparation:
    """Displaces and smooths blocks of steps as if they had come as one.

    Args:
        classes: how many classes.
        radius: the farthest displacement in steps.
        sigma: standard deviation of the smoothing in steps.
    """

    def __init__(self, classes: int, radius: int, sigma: float) -> None:
        self._radius, self._sigma = radius, sigma
        self._held = np.empty((0, classes + 2))
        self._given = 0  # how many of the rows held are there only as context

    @property
    def reach(self) -> int:
        """How many steps a result waits for."""
        return self._radius + reach_of_smoothing(self._sigma)

    def push(self, rows: Numbers, last: bool = False) -> tuple[Numbers, Numbers]:
        """Take the next steps and give back those that nothing to come can change.

        Args:
            rows: `(time, classes + 2)`: scores, offset in steps, and how much more probable the
                left team is than the right.
            last: whether the stream ends here.

        Returns:
            Scores and, as evidence for the left team against the right, that difference weighed by
            the scores; both `(steps, classes)`.
        """
        held = np.concatenate([self._held, rows])
        end = len(held) if last else max(self._given, len(held) - self.reach)
        scores, evidence = self._prepared(held)
        given, kept = self._given, max(0, end - self.reach)
        self._held, self._given = held[kept:], end - kept
        return scores[given:end], evidence[given:end]

    def _prepared(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        scores, offset, lead = rows[:, :-2], rows[:, -2], rows[:, -1:]
        evidence = scores * lead
        if offset.any():
            source = sources(scores, offset, self._radius)
            scores, evidence = taken_from(scores, source), taken_from(evidence, source)
        if lead.any():  # or there is nothing to smooth
            evidence = smooth(evidence, self._sigma)
        return smooth(scores, self._sigma), evidence

"""Which predictions are right when each true event may be found once: the largest matching.

A greedy rule lets a prediction claim an event that another one needs, and its result hangs on the
order in which equals are taken. Here a prediction is right exactly when it can be matched besides
all more confident right ones, earlier pairs being rearranged where that makes room (Kuhn's
augmenting paths; that no later choice is spoilt is the matroid property of matchings, Edmonds and
Fulkerson, 1965). So at every threshold the right predictions are as many as any one-to-one
assignment within the tolerance can give, whatever the order of equals.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from touchline.reporting.confidence import Numbers

FREE = -1


def match_by_confidence(
    truth: NDArray[np.int64], predicted: NDArray[np.int64], confidence: Numbers, reach: int
) -> NDArray[np.intp]:
    """The true event each prediction is matched with, -1 for a false positive.

    Args:
        truth: times of the true events, rising, shape (events,).
        predicted: times of the predictions, rising, shape (predictions,).
        confidence: of each prediction.
        reach: how far a prediction may lie from its event, in the unit of the times.

    Returns:
        Indices of true events, shape (predictions,). Of equally confident predictions of which not
        all can be right, the earliest are; how many are does not depend on it.

    The prediction between two events gives way to the one that can only have the first:

    >>> events, found = np.array([10_000, 10_400]), np.array([9_700, 10_200])
    >>> match_by_confidence(events, found, np.array([0.8, 0.9]), 500).tolist()
    [0, 1]
    """
    first = np.searchsorted(truth, predicted - reach, "left").tolist()
    end = np.searchsorted(truth, predicted + reach, "right").tolist()
    matching = _Matching(first, end, len(truth))
    for prediction in np.argsort(-confidence, kind="stable").tolist():
        matching.add(prediction)
    matched = np.full(len(predicted), FREE, dtype=np.intp)
    for event, prediction in enumerate(matching.owner):
        if prediction != FREE:
            matched[prediction] = event
    return matched


class _Matching:
    """Pairs of predictions and events, where prediction p may have events first[p] to end[p]."""

    def __init__(self, first: Sequence[int], end: Sequence[int], events: int) -> None:
        self.first, self.end = first, end
        self.owner = [FREE] * events
        self._claim: dict[int, int] = {}
        # Events that no rearrangement can free any more, so that no search visits them twice.
        self._closed = bytearray(events)

    def add(self, start: int) -> None:
        """Match one more prediction if that is possible without losing another."""
        reached_from: dict[int, int] = {}
        waiting = [start]
        for prediction in waiting:  # grows while it is walked through
            for event in range(self.first[prediction], self.end[prediction]):
                if event in reached_from or self._closed[event]:
                    continue
                reached_from[event] = prediction
                if self.owner[event] == FREE:
                    self._rearrange(event, reached_from, start)
                    return
                waiting.append(self.owner[event])
        # All that can be reached is taken, and so it will stay.
        for event in reached_from:
            self._closed[event] = 1

    def _rearrange(self, event: int, reached_from: dict[int, int], start: int) -> None:
        """Hand events along the path that ends in a free one."""
        while True:
            prediction = reached_from[event]
            given_up = self._claim.get(prediction, FREE)
            self.owner[event], self._claim[prediction] = prediction, event
            if prediction == start:
                return
            event = given_up

"""Scores moved to where the model says the event is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchline.reporting.confidence import Numbers


def displace(scores: Numbers, offset: Numbers, radius: int) -> Numbers:
    """Move the scores of every step to the step where its event is said to be.

    T-DEED's use of its displacement head (https://arxiv.org/abs/2404.05392): where several steps
    point at one, each class keeps the highest score; where none does, it is 0. An offset is cut to
    `radius` and rounded (a half to the even number, so that reversing time changes nothing); one
    that points out of the video points at its first or last step.

    Args:
        scores: `(time, classes)`, at least 0.
        offset: from a step to its event, in steps, later being positive, `(time,)`.
        radius: the result at a step depends on no step further away than this.

    >>> displace(np.array([[0.2], [0.9], [0.4]]), np.array([1.0, 0.0, -1.2]), radius=1).ravel()
    array([0. , 0.9, 0. ])
    """
    return taken_from(scores, sources(scores, offset, radius))


def sources(scores: Numbers, offset: Numbers, radius: int) -> NDArray[np.intp]:
    """The step whose score each step and class gets when displaced; -1 where it is none's.

    Of equal scores it is the one from nearer by, of equally near ones the earlier.

    Args and returns as for `displace`.
    """
    time = np.arange(len(scores))
    target = np.clip(time + np.rint(np.clip(offset, -radius, radius)), 0, len(scores) - 1)
    shift = target.astype(np.intp) - time
    best = np.full(scores.shape, -1.0)
    chosen = np.full(scores.shape, -1, dtype=np.intp)
    for distance in sorted(range(-radius, radius + 1), key=lambda k: (abs(k), -k)):
        came = np.flatnonzero(shift == distance)
        there = came + distance
        better = scores[came] > best[there]
        best[there] = np.where(better, scores[came], best[there])
        chosen[there] = np.where(better, came[:, None], chosen[there])
    return chosen


def taken_from(values: NDArray[Any], source: NDArray[np.intp]) -> NDArray[Any]:
    """`values` `(time, classes)` gathered by the result of `sources`, 0 where that is -1."""
    return np.where(source < 0, 0, np.take_along_axis(values, np.maximum(source, 0), axis=0))

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from touchline.spotting.peaks.local_maxima import LocalMaxima

LEVELS = st.sampled_from([0.0, 0.1, 0.2, 0.3])
Found = list[tuple[int, int, float]]


def _found(scores: np.ndarray, longest: int, cuts: list[int], floor: float = 0.1) -> Found:
    maxima = LocalMaxima(scores.shape[1], floor, longest)
    parts = [maxima.push(block, np.zeros_like(block)) for block in np.split(scores, sorted(cuts))]
    parts.append(maxima.finish())
    return sorted(
        (int(label), int(position), float(score))
        for part in parts
        for label, position, score, _ in zip(*part, strict=True)
    )


def _slowly(scores: np.ndarray, longest: int, floor: float = 0.1) -> Found:
    found = []
    for label, column in enumerate(scores.T):
        step, before = 0, -np.inf
        runs = [(value, len(list(run))) for value, run in groupby(column)]
        for index, (value, length) in enumerate(runs):
            after = runs[index + 1][0] if index + 1 < len(runs) else -np.inf
            if value >= floor and value > before and (value > after or length > longest):
                found.append((label, 2 * step + min(length, longest) - 1, float(value)))
            step, before = step + length, value
    return sorted(found)


@settings(max_examples=300, deadline=None)
@given(data=st.data(), time=st.integers(0, 25), longest=st.integers(1, 8))
def test_maxima_are_those_of_a_slow_reference_in_any_blocks(
    data: st.DataObject, time: int, longest: int
) -> None:
    scores = data.draw(arrays.arrays(np.float64, (time, 2), elements=LEVELS))
    cuts = data.draw(st.lists(st.integers(0, time), max_size=5))
    assert _found(scores, longest, cuts) == _slowly(scores, longest)


@pytest.mark.parametrize(
    ("scores", "positions"),
    [
        ([], []),
        ([0.5], [0]),
        ([0.05], []),  # below the floor
        ([0.1], [0]),  # just at it
        ([0.2, 0.5, 0.3], [2]),
        ([0.5, 0.3, 0.3, 0.4], [0, 6]),  # at either end
        ([0.3, 0.5, 0.5, 0.3], [3]),  # half way between steps 1 and 2
        ([0.3, 0.5, 0.5, 0.5, 0.3], [4]),
        ([0.3, 0.4, 0.4, 0.5], [6]),  # a landing is no top
        ([0.4, 0.4], [1]),
    ],
)
def test_where_maxima_lie(scores: list[float], positions: list[int]) -> None:
    found = _found(np.array(scores).reshape(-1, 1), 99, [])
    assert [position for _, position, _ in found] == positions


@pytest.mark.parametrize("cuts", [[], [3], list(range(20))])
def test_a_long_plateau_counts_once_and_does_not_wait_for_its_end(cuts: list[int]) -> None:
    plateau = np.array([0.1] + [0.9] * 18 + [0.95]).reshape(-1, 1)
    assert _found(plateau, 4, cuts) == [(0, 2 * 1 + 3, 0.9), (0, 2 * 19, 0.95)]
    maxima = LocalMaxima(1, 0.1, 4)
    known = maxima.push(plateau[:6], np.zeros((6, 1)))  # the fifth equal step has been seen
    assert known.position.tolist() == [5]


def test_the_frontier_is_where_a_maximum_could_still_come() -> None:
    maxima = LocalMaxima(3, 0.1, 9)
    block = np.array([[0.2, 0.05, 0.9], [0.5, 0.06, 0.2], [0.5, 0.07, 0.1]])
    maxima.push(block, np.zeros_like(block))
    assert maxima.frontier.tolist() == [2 * 1, 2 * 3, 2 * 3]


def test_evidence_is_that_of_both_ends_of_the_plateau() -> None:
    maxima = LocalMaxima(1, 0.1, 9)
    scores = np.array([[0.2], [0.5], [0.5], [0.5], [0.2]])
    evidence = np.array([[9.0], [0.2], [7.0], [-0.5], [9.0]])
    parts = [maxima.push(scores[:3], evidence[:3]), maxima.push(scores[3:], evidence[3:])]
    assert [float(value) for part in parts for value in part.evidence] == pytest.approx([-0.3])

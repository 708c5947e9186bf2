"""Seconds, frames and the nearest picture, against a slow and obvious search."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.errors import UsageError
from touchline.media.video.grid import exact_rate, frame_of, grid_length, nearest, seconds_of

RATES = st.sampled_from([1.0, 2.0, 12.5, 15000 / 1001, 23.976, 25.0, 30000 / 1001, 50.0])
TIMES = st.lists(st.integers(1, 300), min_size=0, max_size=40).map(
    lambda gaps: [Fraction(sum(gaps[:count]), 1000) for count in range(len(gaps) + 1)]
)


def slowly_nearest(times: list[Fraction], rate: float, first: int) -> list[tuple[int, int]]:
    """Every grid frame not after the last picture, with the nearest (else earlier) picture."""
    step, found, frame = 1 / exact_rate(rate), [], 0
    while frame * step <= times[-1] + step / 4:
        distances = [abs(time - frame * step) for time in times]
        found.append((frame, distances.index(min(distances))))
        frame += 1
    return found[first:]


@given(TIMES, RATES, st.integers(0, 20))
def test_nearest_agrees_with_a_search_through_all(
    times: list[Fraction], rate: float, first: int
) -> None:
    pictures = [(time, number) for number, time in enumerate(times)]
    assert list(nearest(pictures, rate, first)) == slowly_nearest(times, rate, first)


@given(TIMES, RATES)
def test_the_length_is_that_of_the_grid(times: list[Fraction], rate: float) -> None:
    assert grid_length(times[-1], rate) == len(slowly_nearest(times, rate, 0))


@given(st.integers(0, 10**6), RATES)
def test_frame_and_seconds_are_inverse(frame: int, rate: float) -> None:
    assert frame_of(seconds_of(frame, rate), rate) == frame


def test_half_the_rate_is_every_second_picture_and_a_tie_is_the_earlier() -> None:
    even = [(Fraction(number, 25), number) for number in range(9)]
    assert [picture for _, picture in nearest(even, 12.5)] == [0, 2, 4, 6, 8]
    tie = [(Fraction(0), 0), (Fraction(1, 50), 1), (Fraction(3, 50), 2)]
    assert [picture for _, picture in nearest(tie, 25)] == [0, 1]
    assert frame_of(0.06, 25) == 1
    assert frame_of(0.0601, 25) == 2
    assert frame_of(-0.06, 25) == -2


def test_a_picture_is_given_as_soon_as_it_is_certain() -> None:
    seen: list[int] = []

    def pictures() -> "list[tuple[Fraction, int]]":
        for number in range(100):
            seen.append(number)
            yield Fraction(number, 25), number

    grid = nearest(pictures(), 12.5)
    assert [next(grid)[1] for _ in range(3)] == [0, 2, 4]
    assert seen == [0, 1, 2, 3, 4]


def test_nothing_comes_from_nothing_or_from_after_the_end() -> None:
    assert list(nearest([], 25)) == []
    assert list(nearest([(Fraction(0), "only")], 25)) == [(0, "only")]
    assert list(nearest([(Fraction(0), "only")], 25, first=1)) == []


def test_thirty_thousand_over_a_thousand_and_one_does_not_drift() -> None:
    two_hours = 7200 * 30
    assert seconds_of(two_hours, 30000 / 1001) == pytest.approx(7207.2, abs=1e-9)


@pytest.mark.parametrize("rate", [0, -25, float("nan"), float("inf")])
def test_an_impossible_rate_is_refused(rate: float) -> None:
    with pytest.raises(UsageError, match="a positive number of frames a second; found"):
        exact_rate(rate)

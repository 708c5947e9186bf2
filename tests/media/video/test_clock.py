"""Stamps into rising seconds: missing, repeated, backward and leaping ones."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.media.video.clock import Clock

FRAME = Fraction(1, 25)


def told(stamps: list[float | None], origin: float | None = 10) -> tuple[list[float | None], int]:
    clock = Clock(FRAME, None if origin is None else Fraction(origin))
    places = [
        clock.place(None if stamp is None else Fraction(stamp).limit_denominator(1000))
        for stamp in stamps
    ]
    return [None if place is None else float(place) for place in places], clock.leaps


def test_seconds_count_from_the_origin() -> None:
    assert told([10, 10.04, 10.1, 12]) == ([0, 0.04, pytest.approx(0.1), 2], 0)
    assert told([15, 15.5]) == ([5, 5.5], 0)


def test_a_missing_stamp_follows_by_one_frame() -> None:
    assert told([10, None, None, 10.12]) == ([0, 0.04, 0.08, 0.12], 0)


def test_without_an_origin_stamps_mean_nothing() -> None:
    assert told([7, 3, None, 900], origin=None) == ([0, 0.04, 0.08, 0.12], 0)


def test_a_picture_not_later_than_its_predecessor_has_no_place() -> None:
    assert told([10, 10.04, 10.04, 10.02, 10.08]) == ([0, 0.04, None, None, 0.08], 0)


def test_leaps_back_and_ahead_are_closed() -> None:
    assert told([10, 10.04, 0, 0.04, 0.08]) == ([0, 0.04, 0.08, 0.12, 0.16], 1)
    assert told([10, 10.04, 90_000, 90_000.04]) == ([0, 0.04, 0.08, 0.12], 1)
    assert told([10, 10 + 3000]) == ([0, 3000], 0)


@given(st.lists(st.one_of(st.none(), st.integers(-(10**7), 10**7)), max_size=30))
def test_seconds_always_rise(milliseconds: list[int | None]) -> None:
    clock = Clock(FRAME, Fraction(0))
    places = [
        clock.place(None if stamp is None else Fraction(stamp, 1000)) for stamp in milliseconds
    ]
    shown = [place for place in places if place is not None]
    assert shown == sorted(set(shown))
    assert clock.last == (shown[-1] if shown else None)

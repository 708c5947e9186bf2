"""Single fields: what can be read, and in which words the rest is refused."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.spotting.annotations.fields import (
    confidence_of,
    format_game_time,
    half_of,
    is_visible,
    number_of,
    parse_game_time,
    seconds_of,
    side_of,
)


@pytest.mark.parametrize(
    ("text", "half", "seconds"),
    [
        ("1 - 00:01", 1, 1.0), ("2 - 45:59", 2, 2759.0), ("1 - 101:42", 1, 6102.0),
        ("1-5:7", 1, 307.0), (" 1 -  03:04.5 ", 1, 184.5),
    ],
)  # fmt: skip
def test_game_time_is_parsed_by_its_signs(text: str, half: int, seconds: float) -> None:
    assert parse_game_time(text) == (half, seconds)


@pytest.mark.parametrize("text", ["12:34", "1 - 12", "1 - 12:60", "1 - -1:00", "x - 1:00", 754, []])
def test_what_is_no_game_time_is_named(text: object) -> None:
    with pytest.raises(ValueError, match=re.escape(f"gameTime {text!r} is not of the form")):
        parse_game_time(text)


@given(st.integers(1, 2), st.integers(0, 20_000))
def test_game_times_come_back(half: int, seconds: int) -> None:
    assert parse_game_time(format_game_time(half, seconds + 0.999)) == (half, seconds)


@given(st.floats(0, 1e6) | st.integers(0, 10**9))
def test_numbers_may_be_text(number: float) -> None:
    assert number_of(str(number), "x") == number_of(number, "x") == number


@pytest.mark.parametrize("value", ["nan", math.inf, "abc", True, [1], {}, 10**400])
def test_what_is_no_finite_number_is_named(value: object) -> None:
    with pytest.raises(ValueError, match=r"^position .* is not a finite number$"):
        number_of(value, "position")


@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_number_is_named(value: object) -> None:
    with pytest.raises(ValueError, match=r"^has no position$"):
        number_of(value, "position")


def test_minus_zero_is_the_start() -> None:
    assert math.copysign(1, seconds_of("-0.0")) == 1


@pytest.mark.parametrize("value", [-0.001, 1.0001, "2", "-1e-9"])
def test_confidences_stay_between_0_and_1(value: object) -> None:
    with pytest.raises(ValueError, match="is outside 0 to 1"):
        confidence_of(value)


def test_the_ends_of_the_range_are_confidences() -> None:
    assert (confidence_of("0"), confidence_of(1)) == (0.0, 1.0)


@pytest.mark.parametrize("value", [0, 3, "1.5", -1])
def test_there_are_two_halves(value: object) -> None:
    with pytest.raises(ValueError, match="is neither 1 nor 2"):
        half_of(value)


@pytest.mark.parametrize(
    ("value", "side"),
    [(" LEFT ", "left"), ("right", "right"), ("not applicable", ""), (None, ""), ("home", "")],
)
def test_sides(value: object, side: str) -> None:
    assert side_of(value) == side


@pytest.mark.parametrize("value", ["up", 1, ["left"], {"side": "left"}])
def test_an_odd_side_is_named(value: object) -> None:
    with pytest.raises(ValueError, match="is neither left nor right"):
        side_of(value)


@pytest.mark.parametrize("value", ["hidden", 0, [], {}])
def test_an_odd_visibility_is_named(value: object) -> None:
    with pytest.raises(ValueError, match="is neither 'visible' nor 'not shown'"):
        is_visible(value)

"""Times between events, against a count of all pairs."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.spotting.events import Event
from touchline.spotting.explore.spacing import (
    count_crowded,
    count_together,
    durations_by_class,
    summarise,
)
from touchline.spotting.matches import Match, MatchData

CLASSES = ("PASS", "OUT", "GOAL")
EVENTS = st.builds(
    Event, st.integers(0, 40).map(lambda tenths: tenths / 10), st.sampled_from(CLASSES),
    half=st.sampled_from([1, 2]),
)  # fmt: skip
MATCHES = st.lists(st.lists(EVENTS, max_size=12), max_size=3)


def data_of(*matches: list[Event]) -> MatchData:
    named = (Match(f"{n}", (), tuple(events)) for n, events in enumerate(matches))
    return MatchData(tuple(named), CLASSES)


def all_pairs(matches: list[list[Event]]) -> list[tuple[Event, Event]]:
    return [
        pair
        for events in matches
        for pair in itertools.combinations(events, 2)
        if pair[0].half == pair[1].half and round(abs(pair[0].seconds - pair[1].seconds), 6) <= 1
    ]


@given(MATCHES)
def test_events_together_are_those_of_all_pairs(matches: list[list[Event]]) -> None:
    expected = np.zeros((3, 3), dtype=int)
    for pair in all_pairs(matches):
        for a, b in {(pair[0].label, pair[1].label), (pair[1].label, pair[0].label)}:
            expected[CLASSES.index(a), CLASSES.index(b)] += 1
    assert (count_together(data_of(*matches)) == expected).all()


@given(MATCHES)
def test_crowded_events_are_those_of_any_pair(matches: list[list[Event]]) -> None:
    crowded = 0
    for events in matches:
        for place, event in enumerate(events):
            others = events[:place] + events[place + 1 :]
            crowded += any(
                other.half == event.half and round(abs(other.seconds - event.seconds), 6) <= 1
                for other in others
            )
    assert count_crowded(data_of(*matches)) == crowded


@pytest.mark.parametrize(("second", "pairs"), [(6.2, 1), (6.201, 0)])
def test_the_border_is_inside(second: float, pairs: int) -> None:
    found = count_together(data_of([Event(5.2, "PASS"), Event(second, "OUT")]))
    assert found[0, 1] == found[1, 0] == pairs


def test_a_clip_lasts_to_the_next_event_of_its_half() -> None:
    events = [Event(1.0, "PASS"), Event(4.0, "OUT"), Event(0.5, "PASS", half=2)]
    found = durations_by_class(data_of(events, [Event(2.0, "PASS"), Event(2.0, "PASS")]))
    assert {label: seconds.tolist() for label, seconds in found.items()} == {
        "PASS": [3.0, 0.0], "OUT": [], "GOAL": [],
    }  # fmt: skip


def test_no_durations_are_null_in_json() -> None:
    assert summarise(np.zeros(0)).as_dict() == {
        "n": 0, "low": None, "median": None, "high": None, "mean": None
    }  # fmt: skip

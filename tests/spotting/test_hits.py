from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.spotting.events import Event
from touchline.spotting.hits import find_hits

tenths = st.integers(0, 40).map(lambda tenth: tenth / 10)
true_events = st.lists(st.builds(Event, tenths, st.sampled_from(["PASS", "OUT"])), max_size=4)
found_events = st.lists(
    st.builds(Event, tenths, st.sampled_from(["PASS", "OUT"]), st.sampled_from([0.2, 0.5, 0.9])),
    max_size=4,
)


@pytest.mark.parametrize(("seconds", "hit"), [(9.5, 0), (10.5, 0), (9.499, None), (10.501, None)])
def test_half_a_second_either_way_is_a_hit(seconds, hit):
    assert find_hits([Event(10.0, "PASS")], [Event(seconds, "PASS", 0.9)]) == (hit,)


def test_other_classes_and_halves_are_no_hits():
    truth = [Event(10.0, "PASS", half=1)]
    assert find_hits(truth, [Event(10.0, "OUT", 0.9), Event(10.0, "PASS", 0.9, half=2)]) == (
        None,
        None,
    )


def test_the_surer_of_two_hits_though_it_comes_later():
    found = [Event(10.0, "PASS", 0.4), Event(10.4, "PASS", 0.8)]
    assert find_hits([Event(10.0, "PASS")], found) == (None, 0)


def test_nothing_against_nothing():
    assert find_hits([], []) == ()
    assert find_hits([], [Event(1.0, "PASS", 0.5)]) == (None,)
    assert find_hits([Event(1.0, "PASS")], []) == ()


@given(true_events, found_events)
def test_as_many_hits_as_any_assignment_has(truth, found):
    hits = [hit for hit in find_hits(truth, found) if hit is not None]
    assert len(set(hits)) == len(hits)
    assert len(hits) == most_pairs(truth, found)


@given(true_events, found_events)
def test_every_hit_lies_near_an_event_of_its_class(truth, found):
    for event, hit in zip(found, find_hits(truth, found), strict=True):
        if hit is not None:
            assert truth[hit].label == event.label
            assert abs(truth[hit].seconds - event.seconds) <= 0.5 + 1e-9


def most_pairs(truth, found):
    """Every assignment tried."""
    slots = [*range(len(truth)), *[None] * len(found)]
    return max(
        sum(
            place is not None and near(truth[place], event)
            for place, event in zip(chosen, found, strict=True)
        )
        for chosen in permutations(slots, len(found))
    )


def near(one, other):
    return one.label == other.label and abs(one.seconds - other.seconds) <= 0.5 + 1e-9

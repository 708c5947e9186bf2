import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.spotting.events import Event
from touchline.spotting.peaks.thresholds import FAINTEST_SHOWN, choose_thresholds

TIMES = st.integers(0, 12).map(lambda tick: tick * 0.25)
CONFIDENCES = st.sampled_from([0.2, 0.4, 0.6, 0.8])
LABELS = st.sampled_from(["PASS", "SHOT"])
FOUND = st.lists(st.builds(Event, TIMES, LABELS, CONFIDENCES, half=st.integers(1, 2)), max_size=8)
TRUE = st.lists(st.builds(Event, TIMES, LABELS, half=st.integers(1, 2)), max_size=5)


def _f1(found: list[Event], true: list[Event]) -> float:
    """F1 with the greedy matching that the docstring describes, written out."""
    free, right = list(true), 0
    for event in sorted(found, key=lambda event: (-event.confidence, event.seconds)):
        gaps = [
            abs(other.seconds - event.seconds) if other.half == event.half else np.inf
            for other in free
        ]
        if gaps and min(gaps) <= 0.5:
            right += 1
            del free[int(np.argmin(gaps))]
    return 2 * right / (len(found) + len(true))


@settings(max_examples=200, deadline=None)
@given(found=FOUND, true=TRUE)
def test_no_other_threshold_has_a_better_f1(found: list[Event], true: list[Event]) -> None:
    chosen = choose_thresholds({"a": found}, {"a": true}, ["PASS", "SHOT"])
    for name in ("PASS", "SHOT"):
        of_class = [event for event in found if event.label == name]
        wanted = [event for event in true if event.label == name]
        f1 = {
            at: _f1([event for event in of_class if event.confidence >= at], wanted)
            for at in {event.confidence for event in of_class}
        }
        if max(f1.values(), default=0.0) == 0:
            assert name not in chosen
        else:
            best = max(f1.values())
            assert chosen[name] == max(at for at, value in f1.items() if value == best)


def test_matches_are_pooled_and_events_never_match_across_them() -> None:
    truth = {"a": [Event(1.0, "PASS")], "b": [Event(5.0, "PASS")], "c": []}
    events = {"a": [Event(5.0, "PASS", 0.9)], "b": [Event(5.0, "PASS", 0.7)],
              "not asked for": [Event(1.0, "PASS", 0.8)]}  # fmt: skip
    assert choose_thresholds(events, truth, ["PASS"]) == {"PASS": 0.7}


@pytest.mark.parametrize(("apart", "right"), [(0.5, True), (0.51, False)])
def test_half_a_second_is_near_enough_and_more_is_not(apart: float, right: bool) -> None:
    truth = {"a": [Event(1.1, "PASS")]}
    found = {"a": [Event(1.1 + apart, "PASS", 0.7)]}
    assert bool(choose_thresholds(found, truth, ["PASS"])) is right


def test_a_second_event_on_the_same_truth_counts_as_wrong() -> None:
    truth = {"a": [Event(1.0, "PASS"), Event(9.0, "PASS")]}
    found = {"a": [Event(1.0, "PASS", 0.9), Event(1.2, "PASS", 0.8), Event(0.8, "PASS", 0.7)]}
    assert choose_thresholds(found, truth, ["PASS"]) == {"PASS": 0.9}


def test_equal_confidences_stand_or_fall_together() -> None:
    truth = {"a": [Event(1.0, "PASS"), Event(9.0, "PASS")]}
    tied = [Event(seconds, "PASS", 0.6) for seconds in (9.0, 20.0, 30.0, 40.0)]
    found = {"a": [Event(1.0, "PASS", 0.8), *tied]}  # all of them: F1 4/7; the first alone: 2/3
    assert choose_thresholds(found, truth, ["PASS"]) == {"PASS": 0.8}


def test_nothing_found_and_nothing_true_chooses_nothing() -> None:
    assert choose_thresholds({}, {"a": []}, ["PASS"]) == {}
    assert choose_thresholds({}, {}, ["PASS"]) == {}


def test_a_class_that_is_hardly_found_is_not_shown_from_nearly_nothing_on() -> None:
    truth = {"a": [Event(float(second), "SHOT") for second in range(9)]}
    faint = [Event(float(second), "SHOT", 0.02) for second in range(9)]
    assert choose_thresholds({"a": faint}, truth, ["SHOT"]) == {"SHOT": FAINTEST_SHOWN}

from collections import Counter

import numpy as np
import pytest

from event_worlds import match_of
from touchline.spotting.events import Event
from touchline.spotting.metrics.baselines import baselines, chance_predictions, majority_predictions

CLASSES = ["DRIVE", "PASS", "OUT"]


@pytest.fixture(scope="module")
def truth():
    first = match_of(["PASS", "DRIVE", "OUT"], seed=1, count=300)
    second = match_of(["PASS", "DRIVE", "OUT"], seed=2, count=100, halves=1)
    return {"first": first, "second": second, "quiet": []}


def test_majority_misses_none_of_its_class(truth):
    majority, _ = baselines(truth, CLASSES)
    found = majority_predictions(truth, CLASSES)
    assert {event.label for events in found.values() for event in events} == {"PASS"}
    assert {event.half for event in found["second"]} == {1}
    assert found["quiet"] == []
    passes = sum(event.label == "PASS" for events in truth.values() for event in events)
    given = sum(map(len, found.values()))
    # The AP of one class is the share of guesses that hit, the others are 0; guesses that tie for
    # two passes within a second are rare.
    assert majority.means["mAP3"] == pytest.approx(passes / given / 3, rel=0.15)
    assert 0 < majority.official_at1 < 0.1


def test_the_first_of_equally_frequent_classes_is_the_majority():
    events = {"m": [Event(1.0, "PASS"), Event(2.0, "DRIVE")]}
    assert majority_predictions(events, ["DRIVE", "PASS"])["m"][0].label == "DRIVE"
    assert majority_predictions(events, ["PASS", "DRIVE"])["m"][0].label == "PASS"


def test_chance_knows_how_many_and_nothing_else(truth):
    found = chance_predictions(truth, CLASSES, seed=3)
    assert found == chance_predictions(truth, CLASSES, seed=3)
    assert found != chance_predictions(truth, CLASSES, seed=4)

    def counts(timelines):
        return Counter(event.label for events in timelines.values() for event in events)

    assert counts(found) == counts(truth)
    halves = Counter((name, event.half) for name, events in found.items() for event in events)
    # Three halves of nearly the same length.
    assert set(halves) == {("first", 1), ("first", 2), ("second", 1)}
    assert max(halves.values()) < 1.4 * min(halves.values())
    assert all(0 <= event.seconds <= 2820 for events in found.values() for event in events)
    confidences = [event.confidence for events in found.values() for event in events]
    assert np.mean(confidences) == pytest.approx(0.5, abs=0.06)


def test_chance_scores_next_to_nothing(truth):
    _, chance = baselines(truth, CLASSES, seed=1)
    assert 0 < chance.means["mAP3"] < 0.05
    assert chance == baselines(truth, CLASSES, seed=1)[1]
    assert set(chance.as_dict()) == {"mAP3", "official_at1"}


def test_what_is_not_measured_is_null_in_json():
    [majority, _] = baselines({"m": [Event(1.0, "GOAL")]}, ["PASS", "GOAL"])
    assert majority.as_dict()["mAP1"] is None

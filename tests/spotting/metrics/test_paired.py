"""The difference of two spotters on the same minutes."""

import numpy as np
import pytest

from touchline.spotting.events import Event
from touchline.spotting.metrics.exact import exact_average_precisions
from touchline.spotting.metrics.paired import paired_difference

CLASSES = ("PASS", "DRIVE", "GOAL")


def match(seed: int, minutes: int = 12) -> list[Event]:
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, 60 * minutes, 60))
    return [Event(float(t), str(rng.choice(CLASSES[:2]))) for t in times]


def found(truth: list[Event], share: float, seed: int) -> list[Event]:
    rng = np.random.default_rng(seed)
    return [
        Event(e.seconds + float(rng.normal(0, 0.1)), e.label, float(rng.uniform(0.2, 1)))
        for e in truth
        if rng.random() < share
    ]


@pytest.fixture(scope="module")
def truth() -> dict[str, list[Event]]:
    return {"one": match(0), "two": match(1)}


def test_is_the_difference_of_the_mean_average_precisions(truth: dict[str, list[Event]]) -> None:
    poor = {name: found(events, 0.3, 5) for name, events in truth.items()}
    good = {name: found(events, 0.9, 6) for name, events in truth.items()}
    score = paired_difference(truth, poor, good, CLASSES)
    means = [float(np.nanmean(exact_average_precisions(truth, p, CLASSES))) for p in (poor, good)]
    assert score.value == pytest.approx(means[1] - means[0], abs=1e-12)
    assert 0 < score.low < score.value < score.high
    assert score.n == 120


def test_turned_round_it_changes_its_sign(truth: dict[str, list[Event]]) -> None:
    poor = {name: found(events, 0.3, 5) for name, events in truth.items()}
    good = {name: found(events, 0.9, 6) for name, events in truth.items()}
    there = paired_difference(truth, poor, good, CLASSES)
    back = paired_difference(truth, good, poor, CLASSES)
    assert (back.value, back.low, back.high) == pytest.approx(
        (-there.value, -there.high, -there.low), abs=2e-2
    )


def test_of_the_same_predictions_nothing_is_left(truth: dict[str, list[Event]]) -> None:
    same = {name: found(events, 0.5, 5) for name, events in truth.items()}
    score = paired_difference(truth, same, same, CLASSES)
    assert (score.value, score.low, score.high) == (0, 0, 0)


def test_a_match_that_one_of_them_lacks_counts_as_nothing_found(
    truth: dict[str, list[Event]],
) -> None:
    half = {"one": truth["one"]}
    assert paired_difference(truth, half, truth, CLASSES).value > 0.2

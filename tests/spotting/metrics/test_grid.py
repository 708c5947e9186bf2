import math

import pytest

from touchline.errors import UsageError
from touchline.spotting.events import Event, milliseconds
from touchline.spotting.metrics.grid import grid_rows, place_events


def rows_of(truth, found, classes, rate=25):
    placed = [place_events(timelines, list(truth), classes, rate) for timelines in (truth, found)]
    return grid_rows(*placed, len(classes))


def only_row(truth, found):
    [[row]] = rows_of({"m": truth}, {"m": found}, ["PASS"])
    return row


def test_the_last_written_stands():
    found = [Event(1.0, "PASS", 0.9), Event(2.0, "PASS", 0.4), Event(1.01, "PASS", 0.1)]
    row = only_row([Event(1.0, "PASS"), Event(1.02, "PASS", visible=False)], found)
    assert row.predicted.tolist() == [25, 50]
    assert row.confidence.tolist() == [0.1, 0.4]
    assert (row.truth.tolist(), row.visible.tolist()) == ([25], [False])


@pytest.mark.parametrize("confidence", [-0.1, -1.0, math.nan])
def test_no_confidence_empties_the_cell(confidence):
    row = only_row(
        [], [Event(2.0, "PASS", 0.0), Event(1.0, "PASS", 0.9), Event(1.0, "PASS", confidence)]
    )
    assert row.predicted.tolist() == [50]


def test_times_outside_the_120_minutes():
    late = [7199.99, 7200.0, 1e9, 1e300]
    assert only_row([Event(each, "PASS") for each in late], []).truth.tolist() == [179_999]
    # Before the start cells count from the end, as indices of the official vectors do.
    early = [-0.039, -0.04, -1.0, -7200.0]
    assert only_row([Event(each, "PASS") for each in early], []).truth.tolist() == [
        0, 179_975, 179_999,
    ]  # fmt: skip


def test_rows_are_by_class_match_and_half():
    truth = {
        "a": [Event(1.0, "PASS"), Event(1.0, "OUT", half=2)],
        "b": [Event(3.0, "PASS", half=2)],
    }
    found = {"a": [Event(2.0, "PASS", 0.5, half=2)], "elsewhere": [Event(9.0, "PASS", 0.5)]}
    passes, out, goals = rows_of(truth, found, ["PASS", "OUT", "GOAL"], 1)
    assert [(r.truth.tolist(), r.predicted.tolist()) for r in passes] == [
        ([1], []), ([], [2]), ([3], []),
    ]  # fmt: skip
    assert [(r.truth.tolist(), r.predicted.tolist()) for r in out] == [([1], [])]
    assert goals == []


def test_other_classes_and_halves_are_left_out():
    assert rows_of({"m": [Event(1.0, "PASS", half=3), Event(1.0, "TEA")]}, {}, ["PASS"]) == [[]]


@pytest.mark.parametrize("seconds", [math.nan, math.inf, -math.inf])
def test_a_time_that_is_no_number_is_refused(seconds):
    with pytest.raises(UsageError, match=f"a time in seconds for every event; found {seconds} for"):
        milliseconds(Event(seconds, "PASS"))
    with pytest.raises(UsageError, match=f"found {seconds} for a 'OUT'"):
        place_events({"m": [Event(1.0, "PASS"), Event(seconds, "OUT")]}, ["m"], ["PASS", "OUT"], 25)


def test_a_time_far_before_the_start_is_refused():
    with pytest.raises(UsageError, match=r"found -7200\.5 for a 'PASS'"):
        only_row([Event(-7200.5, "PASS"), Event(3.0, "PASS")], [])

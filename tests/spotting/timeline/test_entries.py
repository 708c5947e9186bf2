import pytest

from touchline.spotting.events import Event
from touchline.spotting.timeline.entries import Entry, clock_time, judged_entries, most_telling


def test_without_a_truth_nothing_is_judged():
    entries = judged_entries([Event(5.0, "OUT", 0.5), Event(2.0, "PASS", 0.9)], None)
    assert [(each.event.seconds, each.verdict, each.error) for each in entries] == [
        (2.0, "", None),
        (5.0, "", None),
    ]


def test_an_empty_truth_makes_everything_a_false_alarm():
    assert [each.verdict for each in judged_entries([Event(5.0, "OUT", 0.5)], [])] == [
        "false alarm"
    ]


def test_hits_false_alarms_and_misses_in_order_of_time():
    truth = [Event(10.0, "PASS"), Event(3.0, "PASS")]
    entries = judged_entries([Event(10.25, "PASS", 0.7), Event(7.0, "OUT", 0.6)], truth)
    assert [(each.event.seconds, each.verdict) for each in entries] == [
        (3.0, "missed"),
        (7.0, "false alarm"),
        (10.25, "hit"),
    ]
    assert entries[-1].error == pytest.approx(0.25)


def test_pictures_go_round_the_classes():
    entries = [
        Entry(Event(float(place), label, sure))
        for place, (label, sure) in enumerate(
            [("PASS", 0.5), ("PASS", 0.9), ("OUT", 0.2), ("PASS", 0.8), ("OUT", 0.3)]
        )
    ]
    assert most_telling(entries, 2) == [1, 4]
    assert most_telling(entries, 3) == [1, 3, 4]
    assert most_telling(entries, 99) == [0, 1, 2, 3, 4]
    assert most_telling([], 3) == []


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00"), (61.999, "01:01"), (5999.5, "99:59"), (6000, "100:00")]
)
def test_minutes_go_on_past_99(seconds, text):
    assert clock_time(seconds) == text

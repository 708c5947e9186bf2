from touchline.spotting.events import Event
from touchline.spotting.timeline.entries import judged_entries
from touchline.spotting.timeline.lanes import FAINTEST, draw_lanes, timeline_length


def test_every_class_has_a_lane_and_so_have_labels_that_are_no_class():
    entries = judged_entries([Event(1.0, "SAVE", 0.5), Event(2.0, "PASS", 0.5)], None)
    assert [lane.label for lane in draw_lanes(entries, ["OUT", "PASS"], 10.0)] == [
        "OUT", "PASS", "SAVE",
    ]  # fmt: skip


def test_marks_stand_at_their_share_of_the_length_and_fade():
    entries = judged_entries([Event(25.0, "PASS", 0.0), Event(50.0, "PASS", 1.0)], None)
    (lane,) = draw_lanes(entries, ["PASS"], 100.0)
    assert [(mark.number, mark.left, mark.opacity) for mark in lane.marks] == [
        (0, 25.0, FAINTEST), (1, 50.0, 1.0),
    ]  # fmt: skip


def test_found_events_are_drawn_where_they_truly_were():
    entries = judged_entries([Event(50.5, "PASS", 0.9)], [Event(50.0, "PASS"), Event(9.0, "PASS")])
    (lane,) = draw_lanes(entries, ["PASS"], 100.0)
    assert lane.found == (50.0,)
    assert lane.predicted == 1
    assert len(lane.marks) == 2


def test_minutes_count_predictions_only_and_the_last_is_cut():
    events = [Event(time, "PASS", 0.9) for time in (1.0, 61.0, 62.0, 63.0, 64.0)]
    entries = judged_entries(events, [Event(130.0, "PASS")])
    (lane,) = draw_lanes(entries, ["PASS"], 90.0)
    assert [(minute.number, minute.count) for minute in lane.minutes] == [(0, 1), (1, 4)]
    assert [minute.opacity for minute in lane.minutes] == [0.5, 1.0]
    assert lane.minutes[1].left + lane.minutes[1].width == 100.0


def test_no_events_still_give_lanes():
    assert [lane.marks for lane in draw_lanes((), ["PASS"], 1.0)] == [()]


def test_the_timeline_reaches_to_its_last_event():
    entries = judged_entries([Event(95.0, "PASS", 0.9)], None)
    assert timeline_length(entries, 90.0) == 95.0
    assert timeline_length(entries, 100.0) == 100.0
    assert timeline_length((), 0.0) == 1.0

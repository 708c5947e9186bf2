import numpy as np
import pytest

from touchline.spotting.events import Event
from touchline.spotting.peaks.picking import SHOWN_FROM, pick_events, shown_events
from touchline.spotting.peaks.settings import PeakSettings


def test_no_steps_no_events() -> None:
    assert pick_events(np.empty((0, 3)), None, None, "abc", 12.5, PeakSettings()) == ()


def test_events_of_different_classes_do_not_disturb_each_other() -> None:
    scores = np.zeros((30, 2))
    scores[10], scores[11, 1], scores[12, 0] = (0.9, 0.2), 0.8, 0.5
    hard = PeakSettings(suppression="nms", window_seconds=0.24)
    events = pick_events(scores, None, None, ("PASS", "DRIVE"), 12.5, hard)
    assert events == (Event(10 / 12.5, "PASS", 0.9), Event(11 / 12.5, "DRIVE", 0.8))


@pytest.mark.parametrize(
    ("suppression", "confidences"),
    [("none", [0.9, 0.8, 0.3]), ("nms", [0.9, 0.3]), ("soft", [0.9, 0.8 * (3 / 6) ** 2, 0.3])],
)
def test_each_suppression_does_what_it_says(suppression: str, confidences: list[float]) -> None:
    scores = np.zeros((40, 1))
    scores[[10, 13, 30], 0] = [0.9, 0.8, 0.3]
    chosen = PeakSettings(suppression=suppression, window_seconds=0.48)  # 6 steps
    events = pick_events(scores, None, None, ["PASS"], 12.5, chosen)
    assert [event.confidence for event in events] == pytest.approx(confidences)


@pytest.mark.parametrize(
    ("seconds", "rate", "distance", "share"),
    [
        (0.29, 100.0, 29, 1.0),  # 0.29 x 100 is a trifle less than 29
        (0.5, 12.5, 3, (3 / 6.25) ** 2),  # not a whole number of steps
        (0.5, 12.5, 6, (6 / 6.25) ** 2),
        (0.5, 12.5, 7, 1.0),
    ],
)
def test_the_window_is_measured_in_seconds(
    seconds: float, rate: float, distance: int, share: float
) -> None:
    scores = np.zeros((60, 1))
    scores[[0, distance], 0] = [0.9, 0.8]
    soft = PeakSettings(window_seconds=seconds)
    events = pick_events(scores, None, None, ["PASS"], rate, soft)
    assert [event.confidence for event in events] == pytest.approx([0.9, 0.8 * share])
    hard = PeakSettings(suppression="nms", window_seconds=seconds)
    kept = len(pick_events(scores, None, None, ["PASS"], rate, hard))
    assert kept == (1 if distance <= round(seconds * rate, 6) else 2)


def test_smoothing_joins_what_flickers() -> None:
    scores = np.zeros((60, 1))
    scores[20:31, 0] = [0.2, 0.9, 0.4, 0.9, 0.4, 0.9, 0.4, 0.9, 0.4, 0.9, 0.2]
    plain = PeakSettings(suppression="none")
    assert len(pick_events(scores, None, None, ["PASS"], 10.0, plain)) == 5
    smoothed = PeakSettings(suppression="none", smoothing_seconds=0.3)
    (event,) = pick_events(scores, None, None, ["PASS"], 10.0, smoothed)
    assert event.seconds == 2.5


def test_shown_are_events_at_or_above_the_threshold_of_their_class() -> None:
    events = [Event(1.0, name, at) for name in ("PASS", "SHOT") for at in (0.2, 0.3, SHOWN_FROM)]
    chosen = PeakSettings(thresholds={"PASS": 0.3})
    assert shown_events(events, chosen) == (*events[1:3], events[5])

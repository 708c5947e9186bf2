"""Broken rows and events of frame lists, each with its message."""

from pathlib import Path
from typing import Any

import pytest

from match_world import frame_row
from touchline.spotting.annotations.classes import KnownClasses
from touchline.spotting.annotations.frame_lists import is_frame_list, read_frame_list
from touchline.spotting.events import Event

GOOD = frame_row("good", [(25, "PASS")])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (frame_row("a", [(1, "PASS")], fps=None), "has no fps; left out"),
        (frame_row("a", [(1, "PASS")], fps=0), "fps 0 is no rate; left out"),
        (frame_row("a", [(1, "PASS")], fps="fast"), "fps 'fast' is not a finite number; left out"),
        (frame_row("", []), "names no video; left out"),
        (frame_row("a", [], events={"frame": 1}), "holds no list of events; left out"),
        (["a"], "is list, not an object with fields; left out"),
        (GOOD, "names good again; left out"),
    ],
)
def test_a_broken_row_is_named(row: Any, reason: str) -> None:
    matches, faults = read_frame_list(Path("train.json"), [GOOD, row], KnownClasses())
    assert [match.name for match in matches] == ["good"]
    assert [(fault.place, fault.reason) for fault in faults] == [("row 2", reason)]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"frame": 500, "label": "PASS"}, "frame 500 lies beyond the 500 frames of the video"),
        ({"frame": -1, "label": "PASS"}, "frame -1 lies before the start of the video"),
        ({"frame": "x", "label": "PASS"}, "frame 'x' is not a finite number"),
        ({"label": "PASS"}, "has no frame"),
        ({"frame": 1}, "has no label"),
        ({"frame": 1, "label": "ZOOM"}, "label 'ZOOM' is not in class.txt"),
        (7, "is int, not an object with fields"),
    ],
)
def test_a_broken_event_is_named(event: Any, reason: str) -> None:
    row = frame_row("a", [], events=[{"frame": "499", "label": "pass"}, event])
    (match,), (fault,) = read_frame_list(Path("x.json"), [row], KnownClasses(("PASS",)))
    assert match.events == (Event(19.96, "PASS"),)
    assert (fault.place, fault.reason) == ("row 1, event 2", f"{reason}; left out")


def test_a_repeated_event_counts_once() -> None:
    row = frame_row("a", [(5, "PASS"), (5, "OUT"), (5, "PASS")])
    (match,), (fault,) = read_frame_list(Path("x.json"), [row], KnownClasses())
    assert len(match.events) == 2
    assert (fault.place, fault.reason) == ("row 1, event 3", "repeats event 1; counted once")


def test_a_video_without_a_list_of_events_is_not_annotated() -> None:
    rows = [frame_row("a", []), {"video": "b", "num_frames": 10}]
    matches, faults = read_frame_list(Path("test.json"), rows, KnownClasses())
    assert [match.labelled for match in matches] == [True, False]
    assert faults == []


@pytest.mark.parametrize("content", [{}, [], ["a"], [{"video": "a"}], 3, None])
def test_what_is_no_frame_list(content: Any) -> None:
    assert not is_frame_list(content)

"""Annotations beyond the end of their video."""

from pathlib import Path

import pytest

from touchline.spotting.annotations.lengths import within_videos
from touchline.spotting.events import Event
from touchline.spotting.matches import Match

HALVES = (Path("1_224p.mkv"), Path("2_224p.mkv"))
EVENTS = (Event(1.0, "PASS"), Event(5.0, "OUT"), Event(3.0, "PASS", half=2))


def test_the_end_itself_is_inside() -> None:
    match = Match("a", HALVES, EVENTS)
    assert within_videos(match, [5.0, 3.0]) == (match, ())


def test_each_half_has_its_own_end() -> None:
    match, faults = within_videos(Match("a", HALVES, EVENTS), [4.0, 2.0])
    assert match.events == EVENTS[:1]
    assert [(fault.path, fault.reason) for fault in faults] == [
        (HALVES[0], "lasts 4.0 s; annotations beyond its end, up to 5.0 s, left out: 1"),
        (HALVES[1], "lasts 2.0 s; annotations beyond its end, up to 3.0 s, left out: 1"),
    ]


def test_several_are_counted() -> None:
    _, (fault,) = within_videos(Match("a", HALVES[:1], EVENTS), [0.5])
    assert fault.reason.endswith("beyond its end, up to 5.0 s, left out: 2")


def test_a_half_without_a_video_stays() -> None:
    match, faults = within_videos(Match("a", HALVES[:1], EVENTS), [9.0])
    assert (match.events, faults) == (EVENTS, ())


def test_lengths_must_be_as_many_as_videos() -> None:
    with pytest.raises(ValueError, match="shorter"):
        within_videos(Match("a", HALVES, EVENTS), [9.0])

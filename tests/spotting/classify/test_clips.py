"""Where clips begin and end, and what they are labelled with."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clip_worlds import footage_with
from touchline.spotting.classify.clips import clips_of, picked_steps, truth_of, window
from touchline.spotting.classify.config import LabelledClipSettings

RATE = 12.5
WINDOWS = LabelledClipSettings(steps=50)
EVENTS = LabelledClipSettings(kind="events", steps=15)


@given(
    lengths=st.lists(st.floats(0.01, 30), min_size=1, max_size=3),
    steps=st.integers(2, 60),
    shares=st.lists(st.floats(0, 1), max_size=12),
)
def test_windows_cover_each_step_once_and_hold_each_event_once(
    lengths: list[float], steps: int, shares: list[float]
) -> None:
    footage = [
        footage_with([(share * seconds, f"{share}") for share in sorted(set(shares))], seconds)
        for seconds in lengths
    ]
    clips = clips_of(footage, LabelledClipSettings(steps=steps), RATE)
    for piece in footage:
        own = [clip for clip in clips if clip.footage is piece]
        covered = [clip.first + step for clip in own for step in range(clip.length)]
        assert covered == list(range(len(covered)))
        assert 0 <= len(covered) - piece.steps(RATE) < steps
        labels = sorted(label for clip in own for label in clip.labels)
        assert labels == sorted(event.label for event in piece.events)


@pytest.mark.parametrize(
    ("seconds", "place"),
    [(0.0, 0), (3.96, 0), (3.97, 1), (4.0, 1), (7.95, 1), (7.97, 2), (10.0, 2)],
)
def test_an_event_at_a_border_counts_at_its_nearest_step(seconds: float, place: int) -> None:
    # Steps are 0.08 s apart and 50 make a window, so the second one begins at 4 s; of two steps as
    # near (3.96 s) the earlier one counts.
    clips = clips_of([footage_with([(seconds, "PASS")], 10.0)], WINDOWS, RATE)
    assert [clip.labels for clip in clips] == [
        ("PASS",) if number == place else () for number in range(3)
    ]


def test_an_event_at_the_very_end_is_in_the_last_whole_window() -> None:
    clips = clips_of([footage_with([(8.0, "GOAL")], 8.0)], WINDOWS, RATE)
    assert [clip.labels for clip in clips] == [(), ("GOAL",)]


def test_a_window_bears_every_class_inside_once() -> None:
    piece = footage_with([(1.0, "PASS"), (1.5, "DRIVE"), (2.0, "PASS"), (4.0, "OUT")])
    clip = window(piece, 0, 50, RATE)
    assert clip.labels == ("DRIVE", "PASS")
    assert truth_of([clip], ["PASS", "OUT", "DRIVE"]).tolist() == [[True, False, True]]
    assert clip.seconds(RATE) == (0.0, 4.0)


def test_event_clips_run_to_the_next_event_and_the_last_to_the_end() -> None:
    piece = footage_with([(1.2, "PASS"), (3.2, "DRIVE"), (3.2, "OUT"), (17.6, "GOAL")], 20.0)
    clips = clips_of([piece], EVENTS, RATE)
    assert [clip.labels for clip in clips] == [("PASS",), ("DRIVE",), ("OUT",), ("GOAL",)]
    assert [clip.first for clip in clips] == [15, 40, 40, 220]
    # To the step at the next event + 1 s, that one included; 10 s at most; to the video's end.
    assert [clip.length for clip in clips] == [53 - 15, 53 - 40, 125, 250 - 220]


def test_event_clips_never_leave_their_video_nor_reach_into_another() -> None:
    footage = [footage_with([(4.9, "PASS"), (5.0, "OUT")], 5.0), footage_with([(0.0, "GOAL")], 0.1)]
    clips = clips_of(footage, EVENTS, RATE)
    assert [(clip.first, clip.length) for clip in clips] == [(61, 2), (62, 1), (0, 2)]


def test_without_videos_or_events_there_are_no_clips() -> None:
    assert clips_of([], WINDOWS, RATE) == []
    assert clips_of([footage_with([])], EVENTS, RATE) == []
    assert truth_of([], ["PASS"]).shape == (0, 1)


@given(length=st.integers(1, 200), steps=st.integers(2, 60))
def test_picked_steps_are_spread_over_the_whole_clip(length: int, steps: int) -> None:
    picked = picked_steps(length, steps)
    assert len(picked) == steps
    assert (picked[0], picked[-1]) == (0, length - 1)
    gaps = np.diff(picked)
    assert gaps.min() >= 0
    assert gaps.max() - gaps.min() <= 1  # 15 frames in a row, as published, would leave a gap

import weakref

import numpy as np
import pytest
import torch

from touchline.errors import UsageError
from touchline.media.video.facts import probe
from touchline.media.video.opening import UnreadableVideoError
from touchline.media.video.streaming import stream_frames
from touchline.spotting.events import Event
from touchline.spotting.timeline import annotated
from touchline.spotting.timeline.annotated import bar_seconds, write_annotated
from video_world import write_video

SIZE = (240, 320)
EVENT = Event(1.0, "PASS", 0.9, "left")


def pictures(video, height=240, width=320, rate=25.0):
    return [frame.picture.numpy() for frame in stream_frames(video, rate, height, width)]


def test_names_stand_around_their_events_only(tmp_path):
    video = write_video(tmp_path / "a.mp4", 75, size=SIZE)
    out = write_annotated(video, [EVENT], tmp_path / "out" / "b.mp4")
    before, after = pictures(video), pictures(out)
    assert len(before) == len(after) == 75
    changed = [
        bool(np.abs(one[:, 2:12, 2:40].astype(int) - two[:, 2:12, 2:40]).mean() > 30)
        for one, two in zip(before, after, strict=True)
    ]
    assert [place for place, each in enumerate(changed) if each] == list(range(13, 50))


def test_the_middle_of_the_picture_stays(tmp_path):
    video = write_video(tmp_path / "a.mp4", 30, size=SIZE)
    out = write_annotated(video, [EVENT], tmp_path / "b.mp4")
    for one, two in zip(pictures(video), pictures(out), strict=True):
        middle = slice(100, 200)
        assert np.abs(one[:, middle].astype(int) - two[:, middle]).mean() < 8


def test_the_cursor_runs_along_the_bar(tmp_path):
    video = write_video(tmp_path / "a.mp4", 50, size=SIZE)
    after = pictures(write_annotated(video, [], tmp_path / "b.mp4"))
    places = [int(picture[:, -3].sum(axis=0).argmax()) for picture in after]
    assert places[0] <= 2
    assert abs(places[25] - 160) <= 4
    assert places == sorted(places)


@pytest.mark.parametrize("rate", [10, 30])
def test_rate_and_size_are_those_of_the_video(tmp_path, rate):
    video = write_video(tmp_path / "a.mp4", 20, size=SIZE, rate=rate)
    facts = probe(write_annotated(video, [EVENT], tmp_path / "b.mp4"))
    assert (facts.height, facts.width, facts.rate, facts.claimed_frames) == (*SIZE, rate, 20)


def test_odd_sides_become_even(tmp_path):
    video = write_video(tmp_path / "a.mkv", 5, size=(101, 151), codec="ffv1", pixels="yuv444p")
    facts = probe(write_annotated(video, [EVENT], tmp_path / "b.mp4"))
    assert (facts.height, facts.width) == (102, 152)


def test_the_video_itself_is_never_overwritten(tmp_path):
    video = write_video(tmp_path / "a.mp4", 5)
    content = video.read_bytes()
    with pytest.raises(UsageError, match=r"another file to write than the video; found .*a\.mp4"):
        write_annotated(video, [], tmp_path / "." / "a.mp4")
    assert video.read_bytes() == content


def test_a_missing_video_is_refused_and_nothing_written(tmp_path):
    with pytest.raises(UnreadableVideoError, match="no file"):
        write_annotated(tmp_path / "a.mp4", [], tmp_path / "b.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_nothing(tmp_path, monkeypatch):
    video = write_video(tmp_path / "a.mp4", 20)

    def failing(*arguments):
        for frame in stream_frames(*arguments):
            if frame.index == 9:
                raise OSError("the disk is gone")
            yield frame

    monkeypatch.setattr(annotated, "stream_frames", failing)
    with pytest.raises(OSError, match="the disk is gone"):
        write_annotated(video, [], tmp_path / "b.mp4")
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_frames_are_let_go_as_they_are_written(tmp_path, monkeypatch):
    video = write_video(tmp_path / "a.mp4", 40)
    alive, most = weakref.WeakSet(), 0

    def counted(*arguments):
        nonlocal most
        for frame in stream_frames(*arguments):
            alive.add(frame.picture)
            most = max(most, len(alive))
            yield frame

    monkeypatch.setattr(annotated, "stream_frames", counted)
    write_annotated(video, [EVENT], tmp_path / "b.mp4")
    assert most <= 4


def test_pictures_that_frames_share_are_left_as_they_are():
    drawing = annotated._Drawing([EVENT], 2.0, 48, 80)
    picture = torch.full((3, 48, 80), 90, dtype=torch.uint8)
    drawn = drawing.on(picture, 1.0)
    assert (picture == 90).all()
    assert (drawn != 90).any()


def test_the_bar_is_as_long_as_is_known(tmp_path):
    facts = probe(write_video(tmp_path / "a.mp4", 50))
    assert bar_seconds(facts, []) == 2.0
    assert bar_seconds(facts, [Event(5.0, "PASS")]) == 5.0

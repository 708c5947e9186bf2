import base64
import io
from fractions import Fraction

import numpy as np
import pytest
import torch
from PIL import Image

from touchline.media.video.opening import UnreadableVideoError
from touchline.spotting.timeline.thumbnails import nearest_frames, thumbnails
from video_world import number_of, write_video


def picture(address):
    kind, _, content = address.partition(",")
    assert kind == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(content)))


def number(address):
    return number_of(torch.from_numpy(np.array(picture(address))).permute(2, 0, 1))


def test_each_moment_shows_its_frame_in_any_order(tmp_path):
    video = write_video(tmp_path / "a.mp4", 50)
    found = thumbnails(video, [1.2, 0.0, 0.4, 0.41, 1.2])
    assert [number(each) for each in found] == [30, 0, 10, 10, 30]


def test_moments_outside_show_the_first_and_the_last_picture(tmp_path):
    video = write_video(tmp_path / "a.mp4", 10)
    assert [number(each) for each in thumbnails(video, [-1.0, 500.0, 600.0])] == [0, 9, 9]


def test_time_counts_not_frames(tmp_path):
    times = [0, 40, 80, 1000, 1040, 3000]
    video = write_video(tmp_path / "a.mkv", 6, milliseconds=times)
    assert [number(each) for each in thumbnails(video, [0.5, 1.0, 2.5])] == [2, 3, 5]


def test_thumbnails_are_small_and_keep_their_shape(tmp_path):
    video = write_video(tmp_path / "a.mp4", 3, size=(240, 640))
    assert picture(thumbnails(video, [0.0])[0]).size == (160, 60)
    assert picture(thumbnails(video, [0.0], side=64)[0]).size == (64, 24)


def test_a_phone_video_stands_upright(tmp_path):
    video = write_video(tmp_path / "a.mp4", 3, size=(64, 160), degrees=90)
    assert picture(thumbnails(video, [0.0])[0]).size == (64, 160)


def test_no_moments_open_no_video(tmp_path):
    assert thumbnails(tmp_path / "missing.mp4", []) == []


def test_a_missing_video_is_refused(tmp_path):
    with pytest.raises(UnreadableVideoError, match=r"no file .*missing\.mp4"):
        thumbnails(tmp_path / "missing.mp4", [1.0])


def test_no_more_is_decoded_than_is_needed():
    read = []

    def frames():
        for index in range(100):
            read.append(index)
            yield Fraction(index, 10), index

    assert list(nearest_frames(frames(), [0.3, 0.3, 0.71])) == [3, 3, 7]
    assert read[-1] == 8

"""Tracks of a video file: found once, kept under what decides them."""

from pathlib import Path

import av
import numpy as np
import pytest
import torch

from touchline.errors import EnvironmentMissingError
from touchline.media.video.facts import probe
from touchline.media.video.opening import UnreadableVideoError
from touchline.spotting.tracks.bytetrack import ByteTrackSettings
from touchline.spotting.tracks.detections import Detections
from touchline.spotting.tracks.features import FEATURE_NAMES, track_features
from touchline.spotting.tracks.video import detect, shown_size, video_features, video_tracks
from tracks_drawn import around, seen


class BrightestPlace:
    """Takes the brightest pixel of the first channel for a player; counts what it is shown."""

    def __init__(self, fingerprint: str = "brightest") -> None:
        self.fingerprint = fingerprint
        self.batches: list[tuple[int, ...]] = []

    def __call__(self, frames: np.ndarray) -> list[Detections]:
        assert frames.dtype == np.uint8
        self.batches.append(frames.shape)
        places = frames[:, 0].reshape(len(frames), -1).argmax(axis=1)
        return [seen((around(*divmod(int(p), frames.shape[3])[::-1]), 0.9)) for p in places]


def write_video(path: Path, frames: int = 50, size: tuple[int, int] = (96, 64)) -> Path:
    """A white square that moves right by a pixel each frame, 25 frames a second."""
    with av.open(path, "w") as container:
        stream = container.add_stream("mpeg4", rate=25, width=size[0], height=size[1])
        stream.pix_fmt = "yuv420p"
        for number in range(frames):
            picture = np.zeros((size[1], size[0], 3), np.uint8)
            picture[30:38, 10 + number : 18 + number] = 255
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("video") / "match.mp4")


def test_one_row_for_each_step_of_the_grid(video: Path, tmp_path: Path) -> None:
    detector = BrightestPlace()
    tracks = video_tracks(video, detector, 12.5, tmp_path)
    assert (tracks.steps, tracks.rate, tracks.width, tracks.height) == (25, 12.5, 96, 64)
    assert detector.batches == [(16, 3, 64, 96), (9, 3, 64, 96)]
    assert set(tracks.ids.tolist()) == {0}
    features = video_features(video, detector, 12.5, tmp_path)
    assert features.shape == (25, len(FEATURE_NAMES))
    speed = features[2:-2, FEATURE_NAMES.index("players_velocity_x")]
    assert np.median(speed) == pytest.approx(25 / 96, rel=0.2)  # 25 pixels a second


def test_found_once_under_any_name(video: Path, tmp_path: Path) -> None:
    first = video_tracks(video, BrightestPlace(), 12.5, tmp_path)
    moved = tmp_path / "renamed.mp4"
    moved.write_bytes(video.read_bytes())
    again = BrightestPlace()
    found = video_tracks(moved, again, 12.5, tmp_path)
    assert again.batches == []
    np.testing.assert_array_equal(track_features(found), track_features(first))


def test_found_again_when_anything_differs(video: Path, tmp_path: Path) -> None:
    other_video = write_video(tmp_path / "other.mp4", frames=40)
    calls = (
        (video, "brightest", 12.5, None),
        (video, "another", 12.5, None),
        (video, "brightest", 25.0, None),
        (other_video, "brightest", 12.5, None),
        (video, "brightest", 12.5, ByteTrackSettings(memory=3)),
    )
    for path, fingerprint, rate, settings in calls:
        detector = BrightestPlace(fingerprint)
        video_tracks(path, detector, rate, tmp_path / "cache", settings)
        assert detector.batches != []
    assert len(list((tmp_path / "cache").iterdir())) == len(calls)


def test_a_damaged_file_is_made_anew(video: Path, tmp_path: Path) -> None:
    first = video_tracks(video, BrightestPlace(), 12.5, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:100])
    again = BrightestPlace()
    found = video_tracks(video, again, 12.5, tmp_path)
    assert again.batches != []
    np.testing.assert_array_equal(found.boxes, first.boxes)


def test_nothing_is_kept_of_work_that_was_stopped(video: Path, tmp_path: Path) -> None:
    class Stopped(BrightestPlace):
        def __call__(self, frames: np.ndarray) -> list[Detections]:
            if self.batches:
                raise KeyboardInterrupt
            return super().__call__(frames)

    with pytest.raises(KeyboardInterrupt):
        video_tracks(video, Stopped(), 12.5, tmp_path / "cache")
    assert list(tmp_path.rglob("*")) == []


def test_a_cache_that_cannot_be_written_is_named(video: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    with pytest.raises(EnvironmentMissingError, match=r"folder for the tracks of videos; .*/file"):
        video_tracks(video, BrightestPlace(), 12.5, file)


def test_a_missing_video_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableVideoError, match=r"no file .*gone\.mp4"):
        video_tracks(tmp_path / "gone.mp4", BrightestPlace(), 12.5, tmp_path)


def test_frames_are_taken_as_they_come() -> None:
    taken = []

    def frames() -> object:
        for number in range(40):
            taken.append(number)
            yield torch.zeros((3, 4, 6), dtype=torch.uint8)

    answers = detect(frames(), BrightestPlace())  # type: ignore[arg-type]
    next(answers)
    assert len(taken) == 16
    assert len(list(answers)) == 39
    assert list(detect([], BrightestPlace())) == []


def test_large_videos_are_shown_smaller_in_their_own_shape(tmp_path: Path) -> None:
    small = probe(write_video(tmp_path / "small.mp4", frames=3))
    large = probe(write_video(tmp_path / "large.mp4", frames=3, size=(1280, 720)))
    assert shown_size(small) == (64, 96)
    assert shown_size(large) == (480, 853)

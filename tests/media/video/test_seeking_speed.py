"""What is measured is measured on both, on the same clips, and the gain is their ratio."""

from pathlib import Path

import pytest

from touchline.media.video import seeking_speed
from touchline.media.video.clips import ClipReader
from touchline.media.video.seeking_speed import SeekingSpeed, measure_seeking
from video_world import write_video


def test_the_gain_is_a_ratio() -> None:
    assert SeekingSpeed(clips=20, video=2.0, proxy=9.0).gain == 4.5


def test_both_are_asked_for_the_same_random_clips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = write_video(tmp_path / "a.mp4", 60)
    proxy = write_video(tmp_path / "b.mp4", 60, options={"g": "5"})
    asked: dict[Path, list[tuple[int, int]]] = {video: [], proxy: []}
    read = ClipReader.read

    def listen(reader: ClipReader, path: Path, first: int, count: int) -> object:
        asked[path].append((first, count))
        return read(reader, path, first, count)

    ticks = iter(range(1000))
    monkeypatch.setattr(ClipReader, "read", listen)
    monkeypatch.setattr(seeking_speed.time, "perf_counter", lambda: float(next(ticks)))
    speed = measure_seeking(video, proxy, 25, 24, 40, frames=10, clips=6, seed=1)
    assert (speed.clips, speed.video, speed.proxy, speed.gain) == (6, 1.0, 1.0, 1.0)
    assert asked[video] == asked[proxy]
    starts = [first for first, _ in asked[video][1:]]
    assert len(set(starts)) > 3
    assert all(0 <= first <= 50 and count == 10 for first, count in asked[video][1:])


def test_a_video_shorter_than_a_clip_is_measured_too(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", 5)
    speed = measure_seeking(video, video, 12.5, 24, 40, frames=100, clips=2)
    assert speed.video > 0
    assert speed.proxy > 0

"""Random clips are cut from the stream, frame for frame, from any thread; nothing stays open."""

import os
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from touchline.media.prefetch import prefetch
from touchline.media.video.clips import Clip, ClipReader, read_clip
from touchline.media.video.opening import UnreadableVideoError
from touchline.media.video.streaming import stream_frames
from video_world import write_video

CLIPS = Path(__file__).parents[4] / "shared" / "data" / "clips"
COUNT = 70
OPEN_GOP = "open-gop=1:scenecut=0:bframes=3:b-pyramid=normal:b-adapt=0"
UNEVEN = list(accumulate([20 + 13 * (frame % 5) for frame in range(COUNT)]))
KINDS: dict[str, dict[str, Any]] = {
    "b_frames.mp4": {"options": {"g": "12", "bf": "3"}},
    "one_long_group.mkv": {"options": {"g": "300", "bf": "3", "sc_threshold": "0"}},
    "open_groups.mp4": {"options": {"g": "12", "x264-params": OPEN_GOP}},
    "uneven.mkv": {"options": {"g": "9", "bf": "2"}, "milliseconds": UNEVEN},
    "broadcast.ts": {"options": {"g": "12", "bf": "2"}, "codec": "mpeg2video"},
    "turned.mov": {"options": {"g": "15"}, "degrees": 90},
    "no_stamps.h264": {"options": {"g": "15", "bf": "2"}},
}


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("videos")
    return {name: write_video(folder / name, COUNT, **kind) for name, kind in KINDS.items()}


def streamed(path: Path, rate: float) -> Tensor:
    return torch.stack([frame.picture for frame in stream_frames(path, rate, 24, 40)])


def cut(whole: Tensor, first: int, count: int) -> Clip:
    """The slow and obvious way: pad the whole video on both sides with black and slice it."""
    black = torch.zeros(200, *whole.shape[1:], dtype=torch.uint8)
    frames = torch.cat([black, whole, black])[200 + first : 200 + first + count]
    numbers = range(first, first + count)
    return Clip(frames, sum(n < 0 for n in numbers), sum(n >= len(whole) for n in numbers))


def same(one: Clip, other: Clip) -> bool:
    return torch.equal(one.frames, other.frames) and (one.before, one.after) == (
        other.before,
        other.after,
    )


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("rate", [12.5, 25.0])
def test_clips_are_cut_from_the_stream(videos: dict[str, Path], name: str, rate: float) -> None:
    path, whole = videos[name], streamed(videos[name], rate)

    @settings(max_examples=10, deadline=None)
    @given(first=st.integers(-12, len(whole) + 6), count=st.integers(0, 25))
    def check(first: int, count: int) -> None:
        clip = reader.read(path, first, count)
        assert clip.frames.shape == (count, 3, 24, 40)
        assert same(clip, cut(whole, first, count))

    with ClipReader(rate, 24, 40) as reader:
        check()


def test_a_single_clip_and_grey(videos: dict[str, Path]) -> None:
    path = videos["b_frames.mp4"]
    assert same(read_clip(path, 5, 10, 25, 24, 40), cut(streamed(path, 25), 5, 10))
    grey = read_clip(path, 5, 10, 25, 24, 40, "gray")
    expected = [frame.picture for frame in stream_frames(path, 25, 24, 40, "gray")][5:15]
    assert torch.equal(grey.frames, torch.stack(expected))


def test_a_clip_outside_the_video_is_black_and_says_so(videos: dict[str, Path]) -> None:
    path = videos["b_frames.mp4"]
    for first, before, after in ((-30, 10, 0), (COUNT, 0, 10), (9999, 0, 10)):
        clip = read_clip(path, first, 10, 25, 24, 40)
        assert (clip.before, clip.after, int(clip.frames.max())) == (before, after, 0)


def test_threads_share_a_reader(videos: dict[str, Path]) -> None:
    names = ["b_frames.mp4", "one_long_group.mkv", "broadcast.ts"]
    wanted = [(names[number % 3], number * 7 % 60) for number in range(40)]
    whole = {name: streamed(videos[name], 25) for name in names}
    with ClipReader(25, 24, 40) as reader:
        clips = prefetch(lambda item: reader.read(videos[item[0]], item[1], 8), wanted, workers=4)
        for (name, first), clip in zip(wanted, clips, strict=True):
            assert same(clip, cut(whole[name], first, 8))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files cannot be listed here")
def test_few_files_stay_open_and_none_after_the_end(tmp_path: Path) -> None:
    paths = [write_video(tmp_path / f"{number}.mp4", 5) for number in range(6)]

    def open_videos() -> list[str]:
        links = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))  # noqa: PTH208
        targets = [os.readlink(link) for link in links if link.is_symlink()]  # noqa: PTH115
        return sorted(Path(target).stem for target in targets if str(tmp_path) in target)

    with ClipReader(25, 24, 40, files_kept_open=2) as reader:
        for path in paths:
            reader.read(path, 0, 2)
        assert open_videos() == ["4", "5"]
        reader.read(paths[4], 1, 2)
        reader.read(paths[0], 1, 2)
        assert open_videos() == ["0", "4"]
    assert open_videos() == []


def test_a_file_that_cannot_be_read_is_named_and_the_reader_goes_on(tmp_path: Path) -> None:
    good = write_video(tmp_path / "good.mp4", 5)
    (tmp_path / "bad.mp4").write_bytes(b"")
    with ClipReader(25, 24, 40) as reader:
        with pytest.raises(UnreadableVideoError, match=r"bad\.mp4, an empty file"):
            reader.read(tmp_path / "bad.mp4", 0, 4)
        assert reader.read(good, 0, 5).after == 0


@pytest.mark.skipif(not CLIPS.is_dir(), reason="the shared broadcast clips are not here")
@pytest.mark.parametrize("name", ["broadcast-a.mp4", "broadcast-b.mp4"])
def test_clips_of_real_broadcast(name: str) -> None:
    whole = streamed(CLIPS / name, 12.5)
    with ClipReader(12.5, 24, 40) as reader:
        for first in (60, 3, 38, -4):
            clip = reader.read(CLIPS / name, first, 20)
            assert same(clip, cut(whole, first, 20))

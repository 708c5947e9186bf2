"""The grid over every kind of video: the right pictures, on time, whatever is broken."""

import io
import os
import subprocess
import threading
import weakref
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from touchline.media.video.opening import Source
from touchline.media.video.streaming import GridFrame, stream_frames
from video_world import cut_off, number_of, spoil, write_video

CLIPS = Path(__file__).parents[4] / "shared" / "data" / "clips"
FAST_START = {"movflags": "+faststart"}


def frames_of(
    source: Source, rate: float = 25, start: float = 0.0
) -> tuple[list[GridFrame], list[str]]:
    told: list[str] = []
    frames = list(stream_frames(source, rate, 48, 80, start=start, tell=told.append))
    assert [frame.seconds for frame in frames] == [
        pytest.approx(frame.index / rate) for frame in frames
    ]
    return frames, told


def numbers(frames: list[GridFrame]) -> list[int]:
    return [number_of(frame.picture) for frame in frames]


def same(one: list[GridFrame], other: list[GridFrame]) -> bool:
    return [frame.index for frame in one] == [frame.index for frame in other] and all(
        torch.equal(first.picture, second.picture) for first, second in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("count", [1, 2, 49, 50])
def test_every_second_frame_of_25_a_second(tmp_path: Path, count: int) -> None:
    path = write_video(tmp_path / "a.mp4", count, options={"bf": "3"})
    frames, told = frames_of(path, 12.5)
    assert numbers(frames) == list(range(0, count, 2))
    assert [frame.index for frame in frames] == list(range((count + 1) // 2))
    assert frames[0].picture.shape == (3, 48, 80)
    assert told == []


def test_other_rates_take_the_nearest_frame(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", 30, rate=Fraction(30000, 1001))
    expected = [round(index / 12.5 * 30000 / 1001) for index in range(13)]
    assert numbers(frames_of(path, 12.5)[0]) == expected
    assert numbers(frames_of(write_video(tmp_path / "b.mp4", 4), 50)[0]) == [0, 0, 1, 1, 2, 2, 3]


def test_a_varying_frame_rate_stays_on_time(tmp_path: Path) -> None:
    times = [0, 40, 80, 200, 220, 240, 260, 300, 500, 1000]
    expected = [0, 2, 3, 5, 7, 7, 8, 8, 8, 8, 9, 9, 9]
    for name in ("a.mp4", "a.mkv"):
        path = write_video(tmp_path / name, 10, milliseconds=times)
        frames, told = frames_of(path, 12.5)
        nearest = [
            min(range(10), key=lambda frame: (abs(times[frame] - 80 * index), frame))
            for index in range(len(frames))
        ]
        assert numbers(frames) == nearest == expected
        assert told == []


def test_grey_and_any_size(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", 3, size=(49, 81), codec="ffv1")
    frames = list(stream_frames(path, 25, 30, 100, colour="gray"))
    assert frames[0].picture.shape == (1, 30, 100)
    assert numbers(frames) == [0, 1, 2]


def test_a_turned_phone_video_stands_upright(tmp_path: Path) -> None:
    for degrees in (90, 180, 270):
        path = write_video(tmp_path / f"{degrees}.mov", 8, degrees=degrees)
        height, width = (48, 80) if degrees == 180 else (80, 48)
        for number, frame in enumerate(stream_frames(path, 25, height, width)):
            stored = torch.rot90(frame.picture, -degrees // 90, (1, 2))
            assert number_of(stored) == number


@settings(max_examples=12, deadline=None)
@given(first=st.integers(0, 60), rate=st.sampled_from([25.0, 12.5, 10.0]))
def test_a_resumed_stream_gives_the_same_frames(
    tmp_path_factory: pytest.TempPathFactory, first: int, rate: float
) -> None:
    path = tmp_path_factory.getbasetemp() / "resumed.mp4"
    if not path.exists():
        write_video(path, 60, options={"g": "12", "bf": "3"})
    whole, _ = frames_of(path, rate)
    resumed, told = frames_of(path, rate, start=first / rate)
    assert same(resumed, whole[first:])
    assert told == []


def test_bytes_and_pipes_give_the_same_frames_as_files(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.ts", 60, options={"g": "12", "bf": "3"})
    whole, _ = frames_of(path)
    assert same(frames_of(io.BytesIO(path.read_bytes()))[0], whole)
    assert same(frames_of(io.BytesIO(path.read_bytes()), start=1.0)[0], whole[25:])
    assert same(frames_of(str(path))[0], whole)
    with subprocess.Popen(["cat", str(path)], stdout=subprocess.PIPE) as cat:
        assert cat.stdout is not None
        assert same(frames_of(cat.stdout)[0], whole)  # type: ignore[arg-type]


def test_a_pipe_is_not_waited_for_longer_than_needed(tmp_path: Path) -> None:
    """A live source sends little at a time; a whole block of it would be seconds late."""
    content = write_video(tmp_path / "a.ts", 30).read_bytes()

    class Trickle(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError(f"that would wait for all of {size} bytes")

        def read1(self, size: int | None = -1) -> bytes:
            return super().read1(min(size or 0, 500))

    assert numbers(frames_of(Trickle(content))[0]) == list(range(30))


def test_standard_input(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", 20)
    kept = os.dup(0)
    try:
        with path.open("rb") as video:
            os.dup2(video.fileno(), 0)
        assert numbers(frames_of("-", 12.5)[0]) == list(range(0, 20, 2))
    finally:
        os.dup2(kept, 0)
        os.close(kept)


def test_an_endless_stream_is_read_as_far_as_it_is_asked_for(tmp_path: Path) -> None:
    """And its time goes on evenly where it starts again."""
    content = write_video(tmp_path / "a.ts", 100, options={"g": "12"}).read_bytes()
    out, into = os.pipe()
    written = 0

    def pour() -> None:
        nonlocal written
        with os.fdopen(into, "wb") as pipe:
            try:
                while True:
                    written += pipe.write(content)
            except BrokenPipeError:
                pipe.raw.close()  # what was held back has nowhere to go

    pouring = threading.Thread(target=pour)
    pouring.start()
    with os.fdopen(out, "rb") as pipe:
        stream = stream_frames(pipe, 25, 48, 80)
        shown, pictures = [], []
        for frame in islice(stream, 1000):
            shown.append(number_of(frame.picture))
            pictures.append(weakref.ref(frame.picture))
        alive = sum(1 for picture in pictures if picture() is not None)
        stream.close()  # type: ignore[attr-defined]
    pouring.join()
    steps = [(two - one) % 100 for one, two in pairwise(shown)]
    assert steps.count(1) > 950  # the encoder's last pictures may be lost at a seam
    assert alive < 5
    assert written < 30 * len(content) + 2**23


def test_a_cut_file_gives_what_is_there_and_says_what_is_missing(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 250, container_options=FAST_START, options={"bf": "2"})
    frames, told = frames_of(cut_off(path, 0.7))
    assert 50 < len(frames) < 230
    assert numbers(frames) == list(range(len(frames)))
    assert told == [
        "Packets left out because they could not be decoded: 1.",
        f"Its header claims 250 frames; it holds {len(frames)}.",
        f"It ends at {len(frames) / 25:.1f} s of the 10.0 s that its header claims.",
    ]
    resumed, told = frames_of(path, start=1.0)
    assert same(resumed, frames[25:])
    assert told[-1].startswith("It ends at")
    assert not any("claims 250 frames" in shortcoming for shortcoming in told)


def test_damage_in_the_middle_leaves_the_rest_on_time(tmp_path: Path) -> None:
    path = write_video(
        tmp_path / "a.mp4", 250, container_options=FAST_START, options={"g": "25", "bf": "0"}
    )
    frames, told = frames_of(spoil(path, 0.5))
    assert len(frames) == 250
    read = [(frame.index, number_of(frame.picture)) for frame in frames[:80] + frames[-60:]]
    assert all(index == number for index, number in read)
    assert any("Packets left out because they could not be decoded: " in text for text in told)
    assert any("Its header claims 250 frames; it holds" in text for text in told)


def test_a_video_without_time_stamps_goes_by_its_frame_rate(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.h264", 30, options={"bf": "2"})
    frames, told = frames_of(path)
    assert numbers(frames) == list(range(30))
    assert told == ["It has no usable time stamps; 25 frames a second were assumed."]
    assert same(frames_of(path, start=0.8)[0], frames[20:])


def test_time_stamps_that_leap_are_said(tmp_path: Path) -> None:
    content = write_video(tmp_path / "a.ts", 50, options={"bf": "0"}).read_bytes()
    (tmp_path / "twice.ts").write_bytes(content + content)
    frames, told = frames_of(tmp_path / "twice.ts")
    assert numbers(frames) == [*range(50), *range(50)]
    assert told == ["Places where its time stamps leap, and time was taken to go on evenly: 1."]


def test_a_size_that_changes_on_the_way(tmp_path: Path) -> None:
    small = write_video(tmp_path / "a.h264", 10, options={"bf": "0"}).read_bytes()
    large = write_video(tmp_path / "b.h264", 10, size=(96, 160), options={"bf": "0"}).read_bytes()
    (tmp_path / "c.h264").write_bytes(small + large)
    assert numbers(frames_of(tmp_path / "c.h264")[0]) == [*range(10), *range(10)]


def test_nothing_comes_after_the_end_and_a_negative_start_is_the_start(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 10)
    assert frames_of(path, start=99.0)[0] == []
    assert numbers(frames_of(path, start=-1.0)[0]) == list(range(10))


@pytest.mark.skipif(not CLIPS.is_dir(), reason="the shared broadcast clips are not here")
def test_a_broadcast_whose_header_lies() -> None:
    frames, told = frames_of(CLIPS / "broadcast-c.mp4", 12.5)
    assert len(frames) == 263
    assert told == ["Its header claims 772 frames; it holds 630."]

"""Frames in, a whole video out or none."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from touchline.errors import UsageError
from touchline.media.video.decoder import VideoDecoder
from touchline.media.video.facts import count_frames, probe
from touchline.media.video.streaming import stream_frames
from touchline.media.video.writing import VideoWriter
from video_world import number_of, numbered


def picture(number: int) -> Tensor:
    return torch.from_numpy(numbered(number, 48, 80)).permute(2, 0, 1)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.mp4"
    with VideoWriter(path, 12.5, 48, 80, gop=5) as writer:
        for number in range(23):
            writer.write(picture(number))
    facts = probe(path)
    assert (facts.width, facts.height, facts.rate, facts.codec) == (80, 48, 12.5, "h264")
    frames = list(stream_frames(path, 12.5, 48, 80))
    assert [number_of(frame.picture) for frame in frames] == list(range(23))
    assert list(path.parent.iterdir()) == [path]


def test_keyframes_come_as_often_as_asked(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4", 25, 48, 80, gop=6) as writer:
        for _ in range(20):
            writer.write(picture(0))
    decoder = VideoDecoder(tmp_path / "a.mp4")
    keys = [number for number, (_, frame) in enumerate(decoder.frames()) if frame.key_frame]
    decoder.close()
    assert keys == [0, 6, 12, 18]


def test_colours_come_back_as_they_were(tmp_path: Path) -> None:
    colours = torch.tensor([[200, 30, 30], [30, 160, 60], [20, 60, 220], [240, 240, 240]])
    with VideoWriter(tmp_path / "a.mp4", 25, 32, 32, quality=10) as writer:
        for colour in colours:
            writer.write(colour.to(torch.uint8).view(3, 1, 1).expand(3, 32, 32))
    for colour, frame in zip(colours, stream_frames(tmp_path / "a.mp4", 25, 32, 32), strict=True):
        assert (frame.picture.float().mean(dim=(1, 2)) - colour).abs().max() < 6


def test_grey_pictures_are_written_too(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4", 25, 48, 80) as writer:
        writer.write(picture(7)[:1])
    (frame,) = stream_frames(tmp_path / "a.mp4", 25, 48, 80)
    assert number_of(frame.picture) == 7


def test_after_an_exception_the_old_file_stands_and_nothing_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with VideoWriter(path, 25, 48, 80) as writer:
        writer.write(picture(1))
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012, SIM117 - what is tested
        with VideoWriter(path, 25, 48, 80) as writer:
            writer.write(picture(2))
            writer.write(picture(3))
            raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == [path]
    assert count_frames(path) == 1


def test_the_file_appears_at_the_end_only(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4", 25, 48, 80) as writer:
        writer.write(picture(1))
        assert not (tmp_path / "a.mp4").exists()
    assert (tmp_path / "a.mp4").exists()


@pytest.mark.parametrize(("height", "width"), [(49, 80), (48, 81), (0, 80)])
def test_an_odd_side_is_refused(tmp_path: Path, height: int, width: int) -> None:
    with pytest.raises(UsageError, match=f"an even height .* found {height} x {width} pixels"):
        VideoWriter(tmp_path / "a.mp4", 25, height, width)


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"written as \.mp4; found .*a\.avi\. Change its ending"):
        VideoWriter(tmp_path / "a.avi", 25, 48, 80)


def test_a_picture_of_another_size_is_our_fault(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match=r"a picture of \(3, 24, 40\) in a video of \(48, 80\)"),
        VideoWriter(tmp_path / "a.mp4", 25, 48, 80) as writer,
    ):
        writer.write(torch.zeros(3, 24, 40, dtype=torch.uint8))
    assert list(tmp_path.iterdir()) == []


def test_no_frame_at_all_is_no_video(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError, match=r"at least one frame .*; found none\. Check that"),
        VideoWriter(tmp_path / "a.mp4", 25, 48, 80),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_quick_to_decode_leaves_out_arithmetic_coding(tmp_path: Path) -> None:
    for quick in (False, True):
        path = tmp_path / f"{quick}.mp4"
        with VideoWriter(path, 25, 48, 80, quick_to_decode=quick) as writer:
            for number in range(5):
                writer.write(picture(number))
        assert (b"cabac=0" in path.read_bytes()) == quick  # x264 notes its settings in the file
        frames = stream_frames(path, 25, 48, 80)
        assert [number_of(frame.picture) for frame in frames] == list(range(5))

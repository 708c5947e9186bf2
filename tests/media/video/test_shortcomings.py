"""Every sentence about a video that turned out worse than promised; silence on a good one."""

import io
from pathlib import Path

import pytest

from touchline.media.video.decoder import VideoDecoder
from touchline.media.video.opening import Source
from touchline.media.video.shortcomings import shortcomings
from video_world import cut_off, spoil, write_video

FAST_START = {"movflags": "+faststart"}


def told(source: Source) -> list[str]:
    decoder = VideoDecoder(source)
    for _ in decoder.frames():
        pass
    found = shortcomings(decoder)
    decoder.close()
    return found


class Failing(io.BytesIO):
    """A disk or a line that fails on the way."""

    failed = False

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 40_000 and not self.failed:
            self.failed = True
            raise OSError(5, "Input/output error")
        return b"" if self.failed else super().read(size)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi", "a.webm"])
def test_a_good_video_has_none(tmp_path: Path, name: str) -> None:
    codec = {"a.webm": "libvpx-vp9", "a.avi": "mpeg4"}.get(name, "libx264")
    assert told(write_video(tmp_path / name, 60, codec=codec)) == []


def test_reading_that_fails_on_the_way(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", 60, size=(240, 400), codec="mjpeg", pixels="yuvj420p")
    found = told(Failing(path.read_bytes()))
    assert found[0] == "Reading stopped before its end: Input/output error."
    assert found[1].endswith(" s of the 2.4 s that its header claims.")


def test_packets_left_out_and_frames_missing(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 100, options={"g": "10"}, container_options=FAST_START)
    found = told(spoil(path, 0.5))
    assert len(found) == 2
    assert "Packets left out because they could not be decoded: " in found[0]
    assert "Its header claims 100 frames; it holds" in found[1]


def test_an_end_too_early(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", 250)
    (ends,) = told(cut_off(path, 0.6))
    assert ends.startswith("It ends at ")
    assert ends.endswith(" s of the 10.0 s that its header claims.")


def test_half_a_second_missing_of_many_is_not_worth_a_word(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", 500, options={"g": "1", "bf": "0"})
    assert told(cut_off(path, 0.985)) == []


def test_no_time_stamps(tmp_path: Path) -> None:
    (stamps,) = told(write_video(tmp_path / "a.h264", 20, rate=50))
    assert stamps.startswith("It has no usable time stamps; ")
    assert stamps.endswith(" frames a second were assumed.")


def test_time_stamps_that_leap(tmp_path: Path) -> None:
    content = write_video(tmp_path / "a.ts", 50, options={"bf": "0"}).read_bytes()
    (tmp_path / "thrice.ts").write_bytes(content * 3)
    assert told(tmp_path / "thrice.ts") == [
        "Places where its time stamps leap, and time was taken to go on evenly: 2."
    ]

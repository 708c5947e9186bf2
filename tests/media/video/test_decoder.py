"""Decoding from any moment gives what decoding from the start gives, in every kind of file."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path

import pytest
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from touchline.media.video.decoder import VideoDecoder
from touchline.media.video.decoding_pass import DecodingPass
from video_world import cut_off, write_video

OPEN_GOP = "open-gop=1:scenecut=0:bframes=3:b-pyramid=normal:b-adapt=0"
KINDS = {
    "b_frames.mp4": {"options": {"g": "12", "bf": "3"}},
    "long_gop.mp4": {"options": {"g": "300", "bf": "3", "sc_threshold": "0"}},
    "open_gop.mp4": {"options": {"g": "12", "x264-params": OPEN_GOP}},
    "open_gop.mkv": {"options": {"g": "12", "x264-params": OPEN_GOP}},
    "refresh.mkv": {"options": {"g": "12", "x264-params": "intra-refresh=1"}},
    "broadcast.ts": {"options": {"g": "12", "bf": "2"}, "codec": "mpeg2video"},
    "h264.ts": {"options": {"g": "12", "bf": "3"}},
    "fragments.mp4": {
        "options": {"g": "12", "bf": "2"},
        "container_options": {"movflags": "frag_keyframe+empty_moov"},
    },
    "old.avi": {"options": {"g": "12"}, "codec": "mpeg4"},
    "all_keys.avi": {"codec": "mjpeg", "pixels": "yuvj420p"},
    "dvd.mpg": {"options": {"g": "12", "bf": "2"}, "codec": "mpeg2video"},
    "disordered.avi": {"options": {"g": "12", "bf": "2"}},
    "raw.h264": {"options": {"g": "12", "bf": "2"}},
}
CANNOT_SEEK = {"dvd.mpg", "disordered.avi", "raw.h264"}
NO_STAMPS = {"disordered.avi", "raw.h264"}
COUNT = 60


def shown(decoder: VideoDecoder, start: Fraction = Fraction(0)) -> list[tuple[Fraction, bytes]]:
    return [
        (seconds, bytes(frame.to_ndarray(format="gray")))
        for seconds, frame in decoder.frames(start)
    ]


@pytest.mark.parametrize("name", KINDS)
def test_decoding_from_any_moment(tmp_path: Path, name: str) -> None:
    decoder = VideoDecoder(write_video(tmp_path / name, COUNT, **KINDS[name]))  # type: ignore[arg-type]
    whole = shown(decoder)
    assert [seconds for seconds, _ in whole] == [Fraction(frame, 25) for frame in range(COUNT)]
    assert len({picture for _, picture in whole}) == COUNT
    assert decoder.timed == (name not in NO_STAMPS)
    for frame in (31, 5, 59, 12, 13, 0):
        start = Fraction(frame, 25)
        part = shown(decoder, start)
        assert part == whole[-len(part) :]
        assert part[0][0] <= start
        if frame == 0 or frame > 30:
            assert decoder.sought == (frame > 0 and name not in CANNOT_SEEK)
    decoder.close()


def test_a_start_between_two_frames_or_after_the_last(tmp_path: Path) -> None:
    decoder = VideoDecoder(write_video(tmp_path / "a.mp4", options={"g": "10", "bf": "2"}))
    whole = shown(decoder)
    for start in (Fraction(1, 50), Fraction(101, 200), Fraction(1000)):
        part = shown(decoder, start)
        assert part == whole[-len(part) :]
        assert part[0][0] <= start
    decoder.close()


def test_a_leading_picture_of_an_open_group_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    """Between a keyframe and its leading pictures the keyframe before must be sought."""
    path = write_video(tmp_path / "a.mkv", COUNT, options={"g": "12", "x264-params": OPEN_GOP})
    decoder = VideoDecoder(path)
    keys = [seconds for seconds, frame in decoder.frames() if frame.key_frame]
    assert len(keys) > 3
    before = keys[2] - Fraction(1, 25)
    first, _ = next(decoder.frames(before))
    assert first == keys[1]
    decoder.close()


def test_times_that_start_late_count_from_the_first_picture(tmp_path: Path) -> None:
    late = [5000 + 40 * frame for frame in range(20)]
    decoder = VideoDecoder(write_video(tmp_path / "a.mkv", 20, milliseconds=late))
    assert shown(decoder)[1][0] == Fraction(1, 25)
    assert decoder.first.pts == 5000
    decoder.close()


def test_a_picture_before_the_keyframe_sought_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decoders are known to hand out a stale picture after seeking."""
    decoder = VideoDecoder(write_video(tmp_path / "a.mp4", options={"g": "10", "bf": "2"}))
    whole = shown(decoder)
    stale = next(frame for _, frame in decoder.frames(Fraction(3, 25)) if not frame.key_frame)

    def after_a_stale_one(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        return chain([stale], DecodingPass(container, stream))

    monkeypatch.setattr("touchline.media.video.decoder.DecodingPass", after_a_stale_one)
    part = shown(decoder, Fraction(1))
    assert part == whole[-len(part) :]
    assert 0 < part[0][0] <= 1
    decoder.close()


def test_threads_lose_no_picture_of_a_cut_file(tmp_path: Path) -> None:
    path = write_video(
        tmp_path / "a.mp4", 60, size=(400, 640), options={"bf": "3"},
        container_options={"movflags": "+faststart"},
    )  # fmt: skip
    cut_off(path, 0.7)
    alone, together = VideoDecoder(path, threads=1), VideoDecoder(path, threads=4)
    counts = [len(shown(decoder)) for decoder in (alone, together)]
    assert counts[0] == counts[1]
    assert [decoder.progress.skipped for decoder in (alone, together)] == [1, 1]
    alone.close()
    together.close()

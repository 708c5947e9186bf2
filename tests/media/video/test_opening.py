"""What is no video is refused in words, each kind in its own."""

import io
from pathlib import Path

import pytest
from PIL import Image

from touchline.errors import EXIT_USAGE
from touchline.media.video.decoder import VideoDecoder
from touchline.media.video.opening import Source, UnreadableVideoError, name_of
from video_world import cut_off, write_sound, write_video

KEY = {
    "encryption_scheme": "cenc-aes-ctr",
    "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
    "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
}


def still(form: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (32, 32), (200, 10, 10)).save(stream, form)
    return stream.getvalue()


def refused(source: Source, reason: str) -> None:
    with pytest.raises(UnreadableVideoError, match=f"^Wanted a video; found .*{reason}") as caught:
        VideoDecoder(source)
    assert caught.value.exit_code == EXIT_USAGE
    assert name_of(source) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.mp4", b"", "an empty file. Copy it again"),
        ("a.mp4", b"hello, this is text\n" * 500, "which is no video .*Name a video file"),
        ("a.txt", b"hello, this is text\n" * 500, "a text. Name a video file"),
        ("a.csv", b"video,seconds,label\na.mp4,1,PASS\n" * 50, "which is no video"),
        ("a.mp4", b"\0" * 10_000, "which is no video"),
        ("a.mp4", still("JPEG"), "a still picture. Name a video file"),
        ("a.png", still("PNG"), "a still picture. Name a video file"),
    ],
)
def test_what_is_no_video(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    refused(tmp_path / name, reason)


def test_no_such_file_and_a_folder(tmp_path: Path) -> None:
    refused(tmp_path / "none.mp4", r"no file .*none.mp4. Check the name\.")
    refused(tmp_path, r"the folder .* Name a video file in it\.")


def test_sound_alone_and_the_title_picture_of_a_song(tmp_path: Path) -> None:
    reason = "which has no picture track, only sound. Export the video together"
    refused(write_sound(tmp_path / "a.mp3"), reason)
    refused(write_sound(tmp_path / "song.mp3", still("JPEG")), reason)


def test_an_mp4_whose_index_was_never_written(tmp_path: Path) -> None:
    path = cut_off(write_video(tmp_path / "a.mp4"), 0.5)
    refused(path, "an MP4 that is cut off: its index is missing. Copy it again")


def test_an_unknown_codec(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzz9"))
    refused(path, "whose codec is not known here. Convert it to H.264 first")


def test_an_encrypted_video(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", container_options=KEY)
    refused(path, "which is encrypted. Get it without protection")


def test_pictures_none_of_which_can_be_decoded(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", options={"g": "1"})
    content = path.read_bytes()
    begin, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    path.write_bytes(content[:begin] + b"\xa5" * (end - begin) + content[end:])
    refused(path, "of which not one picture can be decoded. Copy it again")


def test_a_video_without_frames(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", 1)
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"\x1f\x43\xb6\x75")])  # ends before its first cluster
    refused(path, "not one picture can be decoded|no picture track|which is no video")


def test_an_address_nobody_answers() -> None:
    refused(
        "http://127.0.0.1:9/live.m3u8", r"which cannot be opened \(.*Check the name, the rights"
    )


def test_a_stream_that_has_to_be_read_from_its_end(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", size=(240, 400), codec="mjpeg", pixels="yuvj420p")

    class Pipe(io.BytesIO):
        name = "pipe"

        def seekable(self) -> bool:
            return False

    refused(Pipe(path.read_bytes()), "which cannot be read as it comes in .*Send MPEG-TS, Matroska")


@pytest.mark.parametrize("name", ["19:45 Leeds - Fulham.mp4", "-", "100%.mp4", "concat:a.mp4"])
def test_a_name_is_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    write_video(tmp_path / "a.mp4", 3).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    decoder = VideoDecoder(Path(name))
    assert (decoder.first.width, decoder.first.height) == (80, 48)
    decoder.close()

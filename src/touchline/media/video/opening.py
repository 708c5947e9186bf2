"""Opening a video for reading, or saying in words why it cannot be read."""

from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from touchline.errors import UsageError

Source = Path | str | BinaryIO
"""A file, an address such as `rtsp://...`, `-` for standard input, or an open binary stream."""

STANDARD_INPUT = "-"
SECONDS_TO_WAIT = 30.0
"""For an address that does not answer, or stops sending."""

_NO_VIDEO_FORMATS = ("image2", "tty")  # `tty` takes any text for old terminal art
_STILL_FORMAT_ENDING = "_pipe"
SEND = "Send MPEG-TS, Matroska or fragmented MP4: a plain MP4 has its index at the end."
RECOVER = "Copy it again from where it came, or let the recording finish."


class UnreadableVideoError(UsageError):
    """A video cannot be opened, or holds nothing that can be shown."""

    def __init__(self, found: str, next_step: str) -> None:
        super().__init__("a video", found, next_step)


def name_of(source: Source) -> str:
    """What to call a source in a message."""
    if source == STANDARD_INPUT:
        return "standard input"
    return str(source) if isinstance(source, Path | str) else str(getattr(source, "name", "stream"))


def local_file(source: Source) -> Path | None:
    """The file that a source names, or None where it is an address or a stream."""
    if isinstance(source, str) and (source == STANDARD_INPUT or "://" in source):
        return None
    return Path(source) if isinstance(source, Path | str) else None


def open_video(source: Source) -> tuple[InputContainer, VideoStream]:
    """Open a video and choose its picture track. The caller closes the container.

    Raises:
        UnreadableVideoError: nothing is there, it is empty, a folder, no video, a still picture,
            only sound, or in a codec that FFmpeg cannot decode.
    """
    path = local_file(source)
    if path is not None:
        _refuse_at_sight(path)
    try:
        container = _open(source, path)
    except OSError as error:
        raise UnreadableVideoError(
            f"{name_of(source)}, which cannot be opened ({error.strerror or error})",
            "Check the name, the rights and the connection.",
        ) from error
    except av.FFmpegError as error:
        raise UnreadableVideoError(*_why_unreadable(source, path, error)) from error
    try:
        return container, _picture_track(container, name_of(source))
    except UnreadableVideoError:
        container.close()
        raise


def _open(source: Source, path: Path | None) -> InputContainer:
    if path is not None:
        # Without the prefix FFmpeg takes what stands before a colon in a name for a protocol.
        return av.open(f"file:{path}", "r", metadata_errors="replace")
    if source == STANDARD_INPUT:
        return av.open("pipe:0", "r", metadata_errors="replace")
    if isinstance(source, str | Path):
        return av.open(source, "r", metadata_errors="replace", timeout=SECONDS_TO_WAIT)
    stream = source if source.seekable() else _Arriving(source)
    return av.open(stream, "r", metadata_errors="replace")


class _Arriving:
    """A pipe that gives what has come in, and does not wait until a whole block has."""

    def __init__(self, stream: BinaryIO) -> None:
        self.name = name_of(stream)
        self.read = getattr(stream, "read1", stream.read)


def _refuse_at_sight(path: Path) -> None:
    if not path.exists():
        raise UnreadableVideoError(f"no file {path}", "Check the name.")
    if path.is_dir():
        raise UnreadableVideoError(f"the folder {path}", "Name a video file in it.")
    if path.is_file() and path.stat().st_size == 0:
        raise UnreadableVideoError(f"{path}, an empty file", RECOVER)


def _why_unreadable(source: Source, path: Path | None, error: av.FFmpegError) -> tuple[str, str]:
    name = name_of(source)
    if path is None:
        return f"{name}, which cannot be read as it comes in ({error.strerror})", SEND
    with path.open("rb") as stream:
        is_mp4 = stream.read(8)[4:] == b"ftyp"
    if is_mp4:
        return f"{name}, an MP4 that is cut off: its index is missing", RECOVER
    return f"{name}, which is no video ({error.strerror})", "Name a video file, such as MP4 or MKV."


def _picture_track(container: InputContainer, name: str) -> VideoStream:
    form = container.format.name
    if form in _NO_VIDEO_FORMATS or form.endswith(_STILL_FORMAT_ENDING):
        what = "a text" if form == "tty" else "a still picture"
        raise UnreadableVideoError(f"{name}, {what}", "Name a video file, such as MP4 or MKV.")
    tracks = [
        stream
        for stream in container.streams.video
        if not stream.disposition & av.stream.Disposition.attached_pic  # the cover of a song
    ]
    if not tracks:
        raise UnreadableVideoError(
            f"{name}, which has no picture track"
            + (", only sound" * bool(container.streams.audio)),
            "Export the video together with its pictures.",
        )
    decodable = [stream for stream in tracks if stream.codec_context is not None]
    if not decodable:
        raise UnreadableVideoError(
            f"{name}, whose codec is not known here",
            "Convert it to H.264 first.",
        )
    return max(decodable, key=lambda stream: stream.width * stream.height)

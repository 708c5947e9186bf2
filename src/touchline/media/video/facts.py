"""What a video says about itself, and the truth where that is wanted."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av

from touchline.media.video.decoder import VideoDecoder
from touchline.media.video.pictures import orientation_of

_EVEN = 0.02  # share by which the gaps between frames of an even rate may differ


@dataclass(frozen=True)
class VideoFacts:
    """The header of a video, and the shape of its first picture.

    Attributes:
        path: the file.
        width: in pixels as shown: upright, with square pixels.
        height: in pixels as shown.
        rate: frames a second, on average.
        seconds: how long it claims to be; None where it does not say.
        claimed_frames: how many frames the header claims; 0 where it does not say. It may lie:
            `count_frames` knows.
        rotation: degrees that its pictures are turned clockwise to stand upright.
        codec: e.g. `h264`.
        varies: whether the time from frame to frame changes; None where only reading the whole
            file would tell.
    """

    path: Path
    width: int
    height: int
    rate: float
    seconds: float | None
    claimed_frames: int
    rotation: int
    codec: str
    varies: bool | None


def probe(path: Path) -> VideoFacts:
    """The facts of a video file, at the price of opening it and decoding a few frames.

    Raises:
        UnreadableVideoError: it cannot be opened, or not one frame can be decoded.
    """
    decoder = VideoDecoder(path, threads=1)
    try:
        orientation = orientation_of(decoder.first)
        shape = _square_pixels(decoder)
        claimed = claimed_seconds(decoder)
        return VideoFacts(
            path=path,
            width=shape[1] if orientation.transposed else shape[0],
            height=shape[0] if orientation.transposed else shape[1],
            rate=float(decoder.rate),
            seconds=None if claimed is None else float(claimed),
            claimed_frames=decoder.stream.frames,
            rotation=orientation.degrees,
            codec=decoder.stream.codec_context.name,
            varies=_varies(decoder),
        )
    finally:
        decoder.close()


def count_frames(path: Path) -> int:
    """How many frames of a file can be shown, by decoding all of it.

    Raises:
        UnreadableVideoError: it cannot be opened, or not one frame can be decoded.
    """
    decoder = VideoDecoder(path)
    try:
        return sum(1 for _ in decoder.frames())
    finally:
        decoder.close()


def claimed_seconds(decoder: VideoDecoder) -> Fraction | None:
    """How long the header says that the video is; None where it says nothing."""
    stream, container = decoder.stream, decoder.container
    if stream.duration and stream.time_base:
        return stream.duration * stream.time_base
    return Fraction(container.duration, av.time_base) if container.duration else None


def _square_pixels(decoder: VideoDecoder) -> tuple[int, int]:
    """Width and height of a stored picture once its pixels are made square."""
    aspect = decoder.stream.sample_aspect_ratio or Fraction(1)
    return round(decoder.first.width * aspect), decoder.first.height


def _varies(decoder: VideoDecoder) -> bool | None:
    """By the index of the file, which MP4 has for every frame and others for keyframes or none."""
    stamps = [entry.timestamp for entry in decoder.stream.index_entries]
    if not decoder.timed or not 2 <= decoder.stream.frames <= len(stamps):
        return None
    gaps = [two - one for one, two in pairwise(stamps)]
    return max(gaps) - min(gaps) > max(1, _EVEN * max(gaps))

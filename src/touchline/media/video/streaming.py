"""A video from front to back on a time grid: each frame decoded once, memory flat."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from av.video.frame import VideoFrame
from torch import Tensor

from touchline.media.video.decoder import VideoDecoder
from touchline.media.video.grid import exact_rate, frame_of, nearest, seconds_of
from touchline.media.video.opening import Source
from touchline.media.video.pictures import Colour, Scaler, orientation_of
from touchline.media.video.shortcomings import shortcomings


@dataclass(frozen=True)
class GridFrame:
    """One frame of the time grid.

    Attributes:
        index: its number, from 0 at the first picture of the video.
        seconds: its time after the first picture.
        picture: uint8, `channels x height x width`, red first. Where the grid is finer than the
            video, frames share it: do not change it in place.
    """

    index: int
    seconds: float
    picture: Tensor


def stream_frames(
    source: Source,
    rate: float,
    height: int,
    width: int,
    colour: Colour = "rgb",
    start: float = 0.0,
    tell: Callable[[str], None] | None = None,
) -> Iterator[GridFrame]:
    """The frames of a video on a grid of `rate` frames a second.

    Pictures stand upright and are scaled to the size given, whatever their shape was. What cannot
    be decoded is left out without moving what follows: the grid then repeats its neighbours.

    Args:
        source: a file, an address such as `rtsp://...`, `-` for standard input, or an open binary
            stream. The latter three may end whenever they like.
        rate: frames a second.
        height: of the pictures, in pixels.
        width: of the pictures, in pixels.
        colour: `rgb`, or `gray` for the luma alone.
        start: seconds; the grid frame nearest to it comes first. The frames are the same as those
            of a run from 0. Files are sought in, streams read up to there.
        tell: called at the end, once for each thing that was wrong with the video.

    Raises:
        UnreadableVideoError: at the call; the video cannot be opened or shows nothing.
        UsageError: the rate is not a positive number.
    """
    step = 1 / exact_rate(rate)
    first = max(frame_of(start, rate), 0)
    decoder = VideoDecoder(source)
    frames = nearest(decoder.frames(first * step), rate, first)
    scaler = Scaler(height, width, colour, orientation_of(decoder.first))
    return _scaled(decoder, frames, scaler, rate, tell)


def _scaled(
    decoder: VideoDecoder,
    frames: Iterator[tuple[int, VideoFrame]],
    scaler: Scaler,
    rate: float,
    tell: Callable[[str], None] | None,
) -> Iterator[GridFrame]:
    shown: VideoFrame | None = None
    try:
        for index, frame in frames:
            if frame is not shown:
                shown, picture = frame, scaler.picture(frame)
            yield GridFrame(index, seconds_of(index, rate), picture)
        if tell is not None:
            for shortcoming in shortcomings(decoder):
                tell(shortcoming)
    finally:
        decoder.close()

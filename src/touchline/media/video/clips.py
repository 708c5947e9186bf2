"""Short clips from anywhere in a video, frame for frame what reading it from the start gives."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

import torch
from torch import Tensor

from touchline.media.video.decoder import VideoDecoder
from touchline.media.video.grid import exact_rate, nearest
from touchline.media.video.pictures import CHANNELS, Colour, Scaler, orientation_of

FILES_KEPT_OPEN = 8


@dataclass(frozen=True)
class Clip:
    """Consecutive grid frames of a video.

    Attributes:
        frames: uint8, `count x channels x height x width`; black where the video has none.
        before: how many frames at the start lie before the video's first.
        after: how many frames at the end lie after the video's last.
    """

    frames: Tensor
    before: int
    after: int


class ClipReader:
    """Reads clips of many videos, from as many threads as like to.

    Files stay open from clip to clip, at most `files_kept_open` between calls; the one not used
    for longest is closed first. Each clip is decoded by one thread.

    Args:
        rate: frames a second of the grid.
        height: of the pictures, in pixels.
        width: of the pictures, in pixels.
        colour: `rgb`, or `gray` for the luma alone.
        files_kept_open: between calls.
    """

    def __init__(
        self,
        rate: float,
        height: int,
        width: int,
        colour: Colour = "rgb",
        files_kept_open: int = FILES_KEPT_OPEN,
    ) -> None:
        self._step = 1 / exact_rate(rate)
        self._height, self._width, self._rate, self._colour = height, width, rate, colour
        self._files_kept_open = files_kept_open
        self._idle: OrderedDict[VideoDecoder, Path] = OrderedDict()
        self._lock = Lock()

    def read(self, path: Path, first: int, count: int) -> Clip:
        """The grid frames `first`, ..., `first + count - 1`; `first` may be negative.

        Raises:
            UnreadableVideoError: it cannot be opened, or not one frame can be decoded.
        """
        clip = torch.zeros(
            count, CHANNELS[self._colour], self._height, self._width, dtype=torch.uint8
        )
        before = min(max(-first, 0), count)
        filled = before
        if before < count:
            with self._opened(path) as decoder:
                for picture in self._pictures(decoder, max(first, 0), count - before):
                    clip[filled] = picture
                    filled += 1
        return Clip(clip, before, count - filled)

    def close(self) -> None:
        """Close the files kept open. The reader can go on and opens them again."""
        with self._lock:
            idle, self._idle = self._idle, OrderedDict()
        for decoder in idle:
            decoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _pictures(self, decoder: VideoDecoder, first: int, count: int) -> Iterator[Tensor]:
        scaler = Scaler(self._height, self._width, self._colour, orientation_of(decoder.first))
        frames = nearest(decoder.frames(first * self._step), self._rate, first)
        return (scaler.picture(frame) for _, frame in islice(frames, count))

    @contextmanager
    def _opened(self, path: Path) -> Iterator[VideoDecoder]:
        """A decoder of a file that nobody else uses; after an error it is not used again."""
        decoder = self._take(path) or VideoDecoder(path, threads=1)
        try:
            yield decoder
        except BaseException:
            decoder.close()
            raise
        with self._lock:
            self._idle[decoder] = path
            surplus = len(self._idle) - self._files_kept_open
            closing = [self._idle.popitem(last=False)[0] for _ in range(surplus)]
        for unused in closing:
            unused.close()

    def _take(self, path: Path) -> VideoDecoder | None:
        with self._lock:
            for decoder in reversed(self._idle):
                if self._idle[decoder] == path:
                    del self._idle[decoder]
                    return decoder
        return None


def read_clip(
    path: Path,
    first: int,
    count: int,
    rate: float,
    height: int,
    width: int,
    colour: Colour = "rgb",
) -> Clip:
    """One clip of one video; for many, a `ClipReader` is faster.

    Raises:
        UnreadableVideoError: it cannot be opened, or not one frame can be decoded.
    """
    with ClipReader(rate, height, width, colour) as reader:
        return reader.read(path, first, count)

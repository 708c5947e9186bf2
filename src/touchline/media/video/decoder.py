"""The pictures of one video in order of time, from its start or from any moment on.

Seeking lands on the keyframe before the moment wanted, and gives the very pictures that decoding
from the start gives: those that refer to what lies before that keyframe are not shown.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, dropwhile, islice, pairwise
from math import floor

import av
from av.codec.context import ThreadType
from av.video.frame import VideoFrame

from touchline.media.video.clock import Clock
from touchline.media.video.decoding_pass import DecodingPass
from touchline.media.video.opening import (
    RECOVER,
    SEND,
    Source,
    UnreadableVideoError,
    local_file,
    name_of,
    open_video,
)

_LOOKED_AT_FIRST = 8
"""Frames whose stamps must rise for the stamps to be believed."""

_SECONDS_BACK = (0, 2, 10, 60)
"""How much earlier to look for a keyframe, where the one found is shown too late.

Some formats find keyframes by the time of decoding, which runs ahead of display.
"""

_PIXELS_FOR_THREADS = 640 * 360
"""Below, handing frames from thread to thread costs more than decoding them."""

_USUAL_RATE = Fraction(25)

_STAMPED_NOW_AND_THEN = ("mpeg",)
"""Formats (MPEG program streams) that stamp some pictures only: time is lost by seeking."""


class VideoDecoder:
    """An open video.

    Args:
        source: a file, an address, `-` or an open binary stream.
        threads: decoder threads; as many as there are cores (for large pictures) when None.

    Attributes:
        first: the first frame.
        rate: the average frame rate of the header; 25 where it names none.
        timed: whether the file's time stamps can be believed; frames are else `1 / rate` apart.
        sought: whether the latest `frames` began at a keyframe further in.
        progress: what the latest `frames` decoded and skipped.
        clock: what the latest `frames` told the time by.

    Raises:
        UnreadableVideoError: it cannot be opened, or not one frame can be decoded.
    """

    def __init__(self, source: Source, threads: int | None = None) -> None:
        self._source, self._threads = source, threads
        self._open()
        start = list(islice(self.progress, _LOOKED_AT_FIRST))
        if not start:
            self.close()
            raise _nothing_to_show(source, self.progress)
        self._unused: Iterator[VideoFrame] | None = chain(start, self.progress)
        self.first = start[0]
        self.rate = self.stream.average_rate or self.stream.guessed_rate or _USUAL_RATE
        self.timed = _stamps_rise(start)
        self._origin = self._stamp(self.first) if self.timed else None
        self.sought = False
        self.clock = Clock(1 / self.rate, self._origin)

    def close(self) -> None:
        """Close the file; nothing can be decoded afterwards."""
        self.container.close()

    def frames(self, start: Fraction = Fraction(0)) -> Iterator[tuple[Fraction, VideoFrame]]:
        """Seconds after the first frame, and the frame; seconds rise.

        A new call ends the iteration of the call before. A source that cannot be sought in is
        decoded from its beginning; standard input and open streams can be read only once.

        Args:
            start: the first frame given is one at or before this many seconds.
        """
        frames = self._seek(start) if start > 0 else None
        self.sought = frames is not None
        if frames is None:
            frames = self._from_the_beginning()
        clock = self.clock = Clock(1 / self.rate, self._origin)
        for frame in frames:
            seconds = clock.place(self._stamp(frame))
            if seconds is not None:
                yield seconds, frame

    def _open(self) -> None:
        self.container, self.stream = open_video(self._source)
        codec = self.stream.codec_context
        codec.thread_type = ThreadType.AUTO
        if self._threads is not None or codec.width * codec.height <= _PIXELS_FOR_THREADS:
            codec.thread_count = self._threads or 1
        self.progress = DecodingPass(self.container, self.stream)

    def _from_the_beginning(self) -> Iterator[VideoFrame]:
        frames, self._unused = self._unused, None
        if frames is None:
            self.close()
            self._open()
            frames = self.progress
        return frames

    def _seek(self, start: Fraction) -> Iterator[VideoFrame] | None:
        """Frames from a keyframe at or before `start` on; None where none can be found."""
        if not self._can_seek():
            return None
        self._unused = None
        origin = self._origin or Fraction(0)
        for back in _SECONDS_BACK:
            wanted = max(start - back, Fraction(0))
            try:
                self.container.seek(floor((origin + wanted) / self._tick), stream=self.stream)
            except av.FFmpegError:
                return None
            self.progress = DecodingPass(self.container, self.stream)
            frames = dropwhile(lambda frame: not frame.key_frame, self.progress)
            key = next(frames, None)
            stamp = None if key is None else self._stamp(key)
            if key is not None and stamp is not None and stamp - origin <= start:
                return chain([key], frames)
            if wanted == 0:
                break
        return None

    def _can_seek(self) -> bool:
        is_file = local_file(self._source) is not None
        return is_file and self.timed and self.container.format.name not in _STAMPED_NOW_AND_THEN

    def _stamp(self, frame: VideoFrame) -> Fraction | None:
        return None if frame.pts is None else frame.pts * self._tick

    @property
    def _tick(self) -> Fraction:
        return self.stream.time_base or Fraction(1, av.time_base)


def _stamps_rise(frames: list[VideoFrame]) -> bool:
    stamps = [frame.pts for frame in frames if frame.pts is not None]
    rising = all(one < two for one, two in pairwise(stamps))
    return len(stamps) == len(frames) and rising


def _nothing_to_show(source: Source, progress: DecodingPass) -> UnreadableVideoError:
    name = name_of(source)
    if progress.encrypted:
        return UnreadableVideoError(
            f"{name}, which is encrypted", "Get it without protection from its owner."
        )
    if local_file(source) is None:
        reason = progress.ended_by or "no picture"
        return UnreadableVideoError(f"{name}, which cannot be read as it comes in ({reason})", SEND)
    return UnreadableVideoError(f"{name}, of which not one picture can be decoded", RECOVER)

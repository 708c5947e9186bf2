"""The video with its events drawn in, to show around or to check in any player."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from touchline.errors import UsageError
from touchline.media.video.facts import VideoFacts, probe
from touchline.media.video.streaming import stream_frames
from touchline.media.video.writing import VideoWriter
from touchline.spotting.events import Event
from touchline.spotting.timeline.captions import Pixels, bar_place, draw_bar, draw_captions

SECONDS_BEFORE, SECONDS_AFTER = 0.5, 1.0
"""How long a name is on the screen around its event."""

LONGEST_UNKNOWN = 60.0
"""Seconds that the bar shows where neither the video says its length nor an event is later."""

_CURSOR = (255, 255, 255)
_CURSOR_WIDTH = 3


def write_annotated(video: Path, events: Sequence[Event], out: Path) -> Path:
    """Write a copy of the video with its events drawn in, whole or not at all, and return `out`.

    Each event's class, confidence and team stand in the upper left corner from half a second before
    it to one second after; a bar at the bottom shows all events, and a cursor where one is. The
    copy has the size and average frame rate of the video, and no sound. Frames are read, drawn on
    and written one at a time, so that memory does not grow with the video.

    Args:
        video: the file that was predicted.
        events: those to be shown, in any order.
        out: the file to write, `.mp4`.

    Raises:
        UnreadableVideoError: the video cannot be opened or shows nothing.
        UsageError: another ending than `.mp4`, or `out` is the video itself.
    """
    if out.exists() and out.samefile(video):
        raise UsageError(
            "another file to write than the video", f"{out}", "Name a new file for the copy."
        )
    facts = probe(video)
    height, width = facts.height + facts.height % 2, facts.width + facts.width % 2
    frames = stream_frames(video, facts.rate, height, width)
    drawing = _Drawing(sorted(events), bar_seconds(facts, events), height, width)
    with VideoWriter(out, facts.rate, height, width) as writer:
        for frame in frames:
            writer.write(drawing.on(frame.picture, frame.seconds))
    return out


def bar_seconds(facts: VideoFacts, events: Sequence[Event]) -> float:
    """How much time the bar stands for: the length that the video claims, or that is needed."""
    claimed = facts.seconds or LONGEST_UNKNOWN
    return max([claimed, *(event.seconds for event in events)])


class _Drawing:
    """Draws on one picture after the other; what stays the same is drawn once."""

    def __init__(self, events: Sequence[Event], seconds: float, height: int, width: int) -> None:
        self._waiting: Iterator[Event] = iter(events)
        self._next = next(self._waiting, None)
        self._shown: list[Event] = []
        self._captions: Pixels | None = None
        self._seconds, self._shape = seconds, (height, width)
        bar_height = max(4, height // 40)
        self._bar = draw_bar(events, seconds, bar_height, width)

    def on(self, picture: Tensor, seconds: float) -> Tensor:
        """The picture of a moment with everything drawn in; moments must rise.

        Args:
            picture: uint8, `3 x height x width`; it is left as it is.
            seconds: after the start of the video.
        """
        self._turn_to(seconds)
        rows = picture.permute(1, 2, 0).numpy().copy()
        if self._captions is not None:
            _lay_over(rows, self._captions)
        height, width = self._shape
        rows[height - len(self._bar) :] = self._bar
        place = bar_place(seconds, self._seconds, width)
        cursor = slice(max(0, place - _CURSOR_WIDTH // 2), place + _CURSOR_WIDTH // 2 + 1)
        rows[height - len(self._bar) - 2 :, cursor] = _CURSOR
        return torch.from_numpy(rows).permute(2, 0, 1)

    def _turn_to(self, seconds: float) -> None:
        begun = list(self._shown)
        while self._next is not None and self._next.seconds - SECONDS_BEFORE <= seconds:
            begun.append(self._next)
            self._next = next(self._waiting, None)
        shown = [event for event in begun if seconds < event.seconds + SECONDS_AFTER]
        if shown != self._shown:
            self._captions = draw_captions(shown, *self._shape) if shown else None
            self._shown = shown


def _lay_over(rows: Pixels, captions: Pixels) -> None:
    """Blend captions into the upper left corner of a picture, in place."""
    corner = rows[: captions.shape[0], : captions.shape[1]]
    opacity = captions[..., 3:].astype(np.uint16)
    blended = captions[..., :3] * opacity + corner * (255 - opacity)
    corner[:] = blended // 255

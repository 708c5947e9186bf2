"""Matches cut into labelled clips: every clip once, in order, the same each time.

A published test drew its clips at random and so never scored a third of them; here they are a list
made from the annotations alone.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from touchline.media.video.grid import frame_of, seconds_of
from touchline.spotting.classify.config import LabelledClipSettings
from touchline.spotting.events import Event
from touchline.spotting.footage import Footage


@dataclass(frozen=True)
class LabelledClip:
    """A stretch of a video and what happens in it.

    Attributes:
        footage: the video.
        first: its first step on the grid of frames as shown, from 0.
        length: how many steps it spans; a window may reach beyond the end of the video.
        labels: what happens, each class once, in the alphabet's order.
    """

    footage: Footage
    first: int
    length: int
    labels: tuple[str, ...]

    def seconds(self, rate: float) -> tuple[float, float]:
        """Where it begins and ends in the video, at `rate` steps a second."""
        return seconds_of(self.first, rate), seconds_of(self.first + self.length, rate)


def clips_of(
    footage: Sequence[Footage], settings: LabelledClipSettings, rate: float
) -> list[LabelledClip]:
    """All clips of some videos: windows tiled without overlap, or one clip an event.

    Args:
        footage: the videos and their events.
        settings: which kind, and how long.
        rate: steps a second.
    """
    if settings.kind == "windows":
        return [
            window(piece, first, settings.steps, rate)
            for piece in footage
            for first in range(0, piece.steps(rate), settings.steps)
        ]
    return [clip for piece in footage for clip in _event_clips(piece, settings, rate)]


def window(piece: Footage, first: int, length: int, rate: float) -> LabelledClip:
    """The clip of `length` steps from `first` on, labelled with every class that happens in it.

    Of clips that tile a video each event lies in exactly one: an event between two steps counts at
    the nearer one, and one after the last step at the last.
    """
    labels = {
        event.label for event in piece.events if first <= _step(event, piece, rate) < first + length
    }
    return LabelledClip(piece, first, length, tuple(sorted(labels)))


def picked_steps(length: int, steps: int) -> NDArray[np.intp]:
    """`steps` places spread evenly over a clip of `length` steps, both ends among them.

    A published sampler read on only at every twelfth frame, and so took the first 15 in a row.

    >>> picked_steps(9, 5).tolist(), picked_steps(3, 3).tolist(), picked_steps(2, 4).tolist()
    ([0, 2, 4, 6, 8], [0, 1, 2], [0, 0, 1, 1])
    """
    return np.linspace(0, length - 1, steps).round().astype(np.intp)


def truth_of(clips: Sequence[LabelledClip], classes: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each clip bears each class, `(clips, classes)`."""
    bears = [[label in clip.labels for label in classes] for clip in clips]
    return np.array(bears, dtype=bool).reshape(len(clips), len(classes))


def _event_clips(
    piece: Footage, settings: LabelledClipSettings, rate: float
) -> Iterator[LabelledClip]:
    """From each event to the next and a little beyond; the last one's to the end of the video."""
    longest = math.ceil(settings.longest_seconds * rate)
    for event, following in zip_longest(piece.events, piece.events[1:]):
        first, end = _step(event, piece, rate), piece.steps(rate)
        if following is not None:
            end = min(end, frame_of(following.seconds + settings.extra_seconds, rate) + 1)
        yield LabelledClip(piece, first, min(end - first, longest), (event.label,))


def _step(event: Event, piece: Footage, rate: float) -> int:
    return min(frame_of(event.seconds, rate), piece.steps(rate) - 1)

"""Spot events in videos: a video in, its events out, however long it is."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from touchline.media.video.grid import seconds_of
from touchline.media.video.opening import Source
from touchline.media.video.streaming import stream_frames
from touchline.runs import Run
from touchline.spotting.events import Event
from touchline.spotting.model import TrainedSpotter, load_spotter
from touchline.spotting.networks.spotter import colour_of
from touchline.spotting.peaks.streaming import StreamingPeaks
from touchline.spotting.windows import first_row

BLOCK = 100
"""Score rows handed on together."""


@dataclass(frozen=True)
class Prediction:
    """What was found in a video.

    Attributes:
        video: the file.
        events: everything above the floor, in order of time; `shown_events` has those that a
            person should see.
        seconds: how much of it was decoded.
        problems: what was wrong with the video.
    """

    video: Path
    events: tuple[Event, ...]
    seconds: float
    problems: tuple[str, ...] = ()


def _ignore(problem: str) -> None:
    """For those who do not ask what was wrong."""
    del problem


def predict(run: Run, videos: Iterable[Path]) -> Iterator[Prediction]:
    """The events of each video, by the spotter of a run.

    Raises:
        UsageError: when the run is unfinished, or a file is no video.
    """
    spotter = load_spotter(run)
    for video in videos:
        problems: list[str] = []
        blocks = list(blocks_of_rows(spotter, video, tell=problems.append))
        peaks = StreamingPeaks(spotter.classes, spotter.frames.rate, spotter.peaks)
        events = [event for block in blocks for event in push(spotter, peaks, block)]
        seconds = sum(map(len, blocks)) / spotter.frames.rate
        yield Prediction(video, (*events, *peaks.finish()), seconds, tuple(problems))


def blocks_of_rows(
    spotter: TrainedSpotter,
    source: Source,
    first: int = 0,
    *,
    live: bool = False,
    tell: Callable[[str], None] = _ignore,
) -> Iterator[np.ndarray]:
    """Score rows of a video in blocks `(steps, columns)`; memory does not grow with its length.

    Args:
        spotter: who looks.
        source: a file, an address, `-` or an open stream.
        first: the step to begin with; the rows are those that beginning at 0 gives.
        live: give rows as soon as they are certain, not in large blocks.
        tell: called at the end, once for each thing that was wrong with the video.

    Raises:
        UnreadableVideoError: at the call; the video cannot be opened or shows nothing.
    """
    frames, scorer = spotter.frames, spotter.scorer
    network = scorer.network
    features_from = first_row(
        first, scorer.decided_at_once(live), scorer.decided_reach, network.time.multiple
    )
    frames_from = first_row(
        features_from, scorer.encoded_at_once, scorer.reach_of(network.encoder),
        network.encoder.multiple,
    )  # fmt: skip
    shown = stream_frames(
        source, frames.rate, *frames.whole, colour_of(network),
        seconds_of(frames_from, frames.rate), tell,
    )  # fmt: skip
    features = scorer.features((frames.middle(frame.picture) for frame in shown), features_from)
    rows = scorer.rows(spotter.with_tracks(features, source, features_from), first, live=live)
    return _in_blocks(rows, 1 if live else BLOCK)


def push(spotter: TrainedSpotter, peaks: StreamingPeaks, rows: np.ndarray) -> list[Event]:
    """The events that score rows `(steps, columns)` settle."""
    return peaks.push(*spotter.scorer.columns.split(rows))


def _in_blocks(rows: Iterator[Tensor], size: int) -> Iterator[np.ndarray]:
    while block := list(islice(rows, size)):
        yield torch.stack(block).numpy()

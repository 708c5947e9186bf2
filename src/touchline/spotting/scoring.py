"""Scores of every step of many videos, and the events and figures that come of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from touchline.media.video.streaming import stream_frames
from touchline.spotting.config import FrameSettings
from touchline.spotting.events import Event
from touchline.spotting.footage import Footage
from touchline.spotting.inference import Columns, StepScorer
from touchline.spotting.metrics.official import official_scores
from touchline.spotting.networks.spotter import colour_of
from touchline.spotting.peaks.picking import pick_events
from touchline.spotting.peaks.settings import PeakSettings

MONITORED = "validation_map"
"""The figure that chooses the epoch: a mean average precision on the validation matches."""

FeaturesOf = Callable[[Footage], Tensor]
"""The features `(time, features)` of a whole piece of footage, tracks behind them."""


@dataclass(frozen=True)
class ScoredFootage:
    """A piece of footage and its score rows `(time, columns)`."""

    footage: Footage
    rows: np.ndarray


def encode_footage(
    piece: Footage, scorer: StepScorer, frames: FrameSettings, mirrored: bool = False
) -> Tensor:
    """Features `(time, features)` of a whole video, plain or of its mirror image."""
    shown = stream_frames(piece.video, frames.rate, *frames.whole, colour_of(scorer.network))
    pixels = (frames.middle(frame.picture) for frame in shown)
    if mirrored:
        pixels = (picture.flip(-1) for picture in pixels)
    return torch.stack(list(scorer.features(pixels)))


def score_footage(
    pieces: Sequence[Footage], scorer: StepScorer, features: FeaturesOf
) -> list[ScoredFootage]:
    """Score rows of every piece."""
    found = []
    for piece in pieces:
        # One by one in float32: kept features are in half precision, which not every CPU
        # operation takes under autocast, and are large.
        rows = scorer.rows(row.float() for row in features(piece))
        found.append(ScoredFootage(piece, torch.stack(list(rows)).numpy()))
    return found


def events_of(
    scored: Sequence[ScoredFootage], classes: Sequence[str], columns: Columns, rate: float,
    peaks: PeakSettings,
) -> dict[str, tuple[Event, ...]]:  # fmt: skip
    """The events of each match, both halves together, in order."""
    events: dict[str, tuple[Event, ...]] = {}
    for each in scored:
        found = pick_events(*columns.split(each.rows), classes, rate, peaks, each.footage.half)
        events[each.footage.match] = (*events.get(each.footage.match, ()), *found)
    return events


def truth_of(scored: Sequence[ScoredFootage]) -> dict[str, tuple[Event, ...]]:
    """The annotated events of each match."""
    events: dict[str, tuple[Event, ...]] = {}
    for each in scored:
        events[each.footage.match] = (
            *events.get(each.footage.match, ()), *each.footage.events
        )  # fmt: skip
    return events


def map_at_one(
    truth: Mapping[str, Sequence[Event]], events: Mapping[str, Sequence[Event]],
    classes: Sequence[str],
) -> float:  # fmt: skip
    """The official mAP@1 (a window of ±0.5 s) over the classes that occur in the truth, in [0, 1].

    Classes without a true event are left out here, where models are chosen: they would only scale
    every candidate alike.
    """
    present = {event.label for events_of_match in truth.values() for event in events_of_match}
    known = [name for name in classes if name in present]
    return official_scores(truth, events, known, metrics=["at1"])["at1"].mean

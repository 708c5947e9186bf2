"""Settings and made-up footage for the tests of clip classification."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from match_videos import HEIGHT, WIDTH
from touchline.settings import resolve
from touchline.spotting.classify.config import ClassifyConfig
from touchline.spotting.events import Event
from touchline.spotting.footage import Footage

SMALL = (
    f"frames.height={HEIGHT}", f"frames.width={WIDTH}", "encoder.name=test_resnet",
    "encoder.weights=random", "encoder.stage=null", "encoder.frozen=false", "augment.mixup=0",
    "encoder.colour=rgb", "head.dropout=0.1", "augment.mirror=false", "training.epochs=3",
    "training.learning_rate=0.003",
)  # fmt: skip
WINDOWS = (*SMALL, "clips.steps=8", "clips.per_epoch=64")
"""Windows of 0.64 s; mirroring would turn a PASS of these drawn matches into a SHOT."""
EVENTS = (
    *SMALL, "clips.kind=events", "clips.steps=6", "clips.per_epoch=48", "clips.extra_seconds=0",
    "clips.longest_seconds=0.5", "loss.kind=softmax",
)  # fmt: skip
"""Clips from an event on, too short to hold the next one."""


def classify_config(data: Path, *words: str, **flags: Any) -> ClassifyConfig:
    """A configuration that runs the same everywhere."""
    flags = {"data": data, "device": "cpu", "precision": "fp32", **flags}
    return resolve(ClassifyConfig, None, flags, words)


def footage_with(
    events: Sequence[tuple[float, str]], seconds: float = 20.0, video: str = "match.mp4"
) -> Footage:
    """Footage of a video that is never opened."""
    found = tuple(Event(time, label) for time, label in events)
    return Footage(Path(video).stem, 1, Path(video), found, seconds)

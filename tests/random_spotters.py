"""Spotters with random weights that see and say much, and videos and features to show them."""

from functools import cache
from pathlib import Path

import av
import torch
from torch import Tensor

from encoders_of_frames import awake
from touchline.settings import resolve
from touchline.spotting.config import SpottingConfig
from touchline.spotting.events import Event
from touchline.spotting.inference import prepare_scorer
from touchline.spotting.model import TrainedSpotter
from touchline.spotting.networks.spotter import Spotter, build_spotter
from touchline.spotting.peaks.settings import PeakSettings
from video_world import numbered

CLASSES = ("PASS", "SHOT")
CPU = torch.device("cpu")
SAMPLE = 60
"""Frames that the scores of a random network are spread out over."""

SMALL = (
    "frames.height=32", "frames.width=48", "frames.rate=25", "encoder.name=test_resnet",
    "encoder.weights=random", "encoder.stage=null", "encoder.frozen=false", "time.kind=lstm",
    "time.layers=1", "clips.batch_size=4", "augment.mixup=0",
    "encoder.colour=rgb", "clips.steps=24", "time.hidden=16", "time.dropout=0",
)  # fmt: skip

KINDS = {
    "none": ("time.kind=none",),
    "none-relative": ("time.kind=none", "head.offset=relative"),
    "lstm": ("time.kind=lstm",),
    "lstm-displacement": ("time.kind=lstm", "head.offset=displacement"),
    "tcn-displacement": ("time.kind=tcn", "time.layers=2", "head.offset=displacement"),
    "transformer": ("time.kind=transformer",),
    "sgp-relative": ("time.kind=sgp", "time.layers=2", "head.offset=relative"),
    "stacked-colour": ("encoder.colour=stack", "time.kind=tcn"),
    "gate-shift": ("encoder.shift=gsm", "encoder.shifted_stages=1", "time.kind=lstm"),
    "stacks-lstm": ("encoder.kind=stacks", "encoder.name=test_efficientnet", "time.kind=lstm"),
    "stacks-sgp": ("encoder.kind=stacks", "encoder.name=test_efficientnet", "time.kind=sgp"),
}
"""Spotters that differ in how their windows must lie: without limit, finite, and in blocks."""

FINITE = [
    name for name in KINDS
    if name not in ("lstm", "lstm-displacement", "gate-shift", "stacks-lstm")
]  # fmt: skip
"""Those whose time model sees no further than its reach."""


def small_config(*words: str) -> SpottingConfig:
    """A configuration of a tiny spotter."""
    return resolve(SpottingConfig, None, {"data": "nowhere"}, (*SMALL, *words))


def random_network(config: SpottingConfig, team: bool = True) -> Spotter:
    """A network as after training: gates open, statistics collected, scores far apart."""
    network = build_spotter(config, CLASSES, team).eval()
    awake(network.encoder).float()
    channels, frames = network.encoder.channels, config.frames
    pictures = [
        torch.from_numpy(numbered(number, frames.height, frames.width)).permute(2, 0, 1)
        for number in range(SAMPLE)
    ]
    head = network.head.classes
    with torch.no_grad():
        logits = network(torch.stack(pictures)[None, :, :channels]).classes[0]
        mean, spread = logits.mean(dim=0), logits.std(dim=0)
        head.bias.copy_((head.bias - mean) / spread)
        head.weight.div_(spread[:, None])
    return network


@cache
def random_spotter(kind: str, encoded_at_once: int | None = None) -> TrainedSpotter:
    """The spotter of one of `KINDS`, ready to run; do not change it, it is made once."""
    config = small_config(*KINDS[kind])
    scorer = prepare_scorer(random_network(config), config, CPU, torch.float32, encoded_at_once)
    peaks = PeakSettings(floor=1e-4, displacement_seconds=config.head.radius / config.frames.rate)
    return TrainedSpotter(
        scorer, CLASSES, config.frames, peaks, config, name=kind, weights_hash=kind, tracks=None
    )


def random_frames(spotter: TrainedSpotter, count: int) -> Tensor:
    """Frames of noise, `(count, channels, height, width)`."""
    frames, channels = spotter.frames, spotter.scorer.network.encoder.channels
    shape = (count, channels, frames.height, frames.width)
    numbers = torch.Generator().manual_seed(count)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=numbers)


def remuxed(source: Path, path: Path) -> Path:
    """The very pictures of a video in another format, which `path` ends with."""
    with av.open(str(source)) as given, av.open(str(path), "w") as taken:
        stream = taken.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                taken.mux(packet)
    return path


def without_confidence(events: list[Event]) -> list[tuple[float, str, str]]:
    """What rounding in a network cannot change by a little."""
    return [(event.seconds, event.label, event.team) for event in events]

"""A taught spotter, kept in a run and taken out again."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from touchline.errors import UsageError
from touchline.files import sha256_of_file
from touchline.media.video.opening import Source
from touchline.runs import Run
from touchline.settings import resolve
from touchline.spotting.config import FrameSettings, SpottingConfig
from touchline.spotting.events import Event
from touchline.spotting.inference import StepScorer, prepare_scorer
from touchline.spotting.networks.spotter import Spotter, build_spotter
from touchline.spotting.peaks.picking import shown_events
from touchline.spotting.peaks.settings import PeakSettings
from touchline.spotting.track_source import TrackSource, track_source
from touchline.training.devices import DeviceName, PrecisionName, choose_device, choose_precision
from touchline.training.saved_weights import load_saved_weights


@dataclass(frozen=True)
class TrainedSpotter:
    """Everything needed to spot events in a video.

    Attributes:
        scorer: frames to score rows.
        classes: the labels, in the order of the columns.
        frames: how a video is shown.
        peaks: how events are picked from scores, chosen on validation matches.
        config: what it was taught with.
        name: names the run in what it predicts.
        weights_hash: SHA-256 of its weights; names it in half-finished predictions.
        tracks: where its track features come from, if it looks at tracks.
    """

    scorer: StepScorer
    classes: tuple[str, ...]
    frames: FrameSettings
    peaks: PeakSettings
    config: SpottingConfig
    name: str
    weights_hash: str
    tracks: TrackSource | None

    def told(self, events: Sequence[Event], everything: bool) -> Sequence[Event]:
        """The events that a person is told of: all, or those at their class's threshold."""
        return events if everything else shown_events(events, self.peaks)

    def with_tracks(
        self, features: Iterator[Tensor], source: Source, first: int
    ) -> Iterator[Tensor]:
        """Features from step `first` on, with the source's track features behind each.

        Raises:
            UsageError: for a live source, where the spotter looks at tracks.
        """
        if self.tracks is None:
            yield from features
            return
        table = self.tracks.features(source)
        for step, row in enumerate(features, start=first):
            yield torch.cat([row, table[min(step, len(table) - 1)]])


def save_spotter(
    run: Run, classes: tuple[str, ...], second: tuple[str, ...], team: bool, peaks: PeakSettings
) -> None:
    """Write what `load_spotter` needs besides the configuration and the weights."""
    run.write_json("labels.json", {"classes": classes, "second": second, "team": team})
    run.write_json("calibration.json", asdict(peaks))
    run.write_json("preprocess.json", {"weights_sha256": sha256_of_file(run.weights)})


def load_network(run: Run) -> tuple[Spotter, SpottingConfig, dict[str, Any]]:
    """The network of a run in float32 on the CPU, its configuration and its labels.

    Raises:
        UsageError: when files are missing or do not belong together.
    """
    config = resolve(SpottingConfig, run.config, words=("encoder.weights=random",))
    labels = run.read_json("labels.json")
    network = build_spotter(config, labels["classes"], labels["team"], labels["second"])
    load_saved_weights(network, run.weights)
    return network.eval(), config, labels


def load_spotter(
    run: Run, device: DeviceName = "auto", precision: PrecisionName = "auto"
) -> TrainedSpotter:
    """The spotter of a finished run.

    Raises:
        UsageError: when the run is unfinished or damaged.
        EnvironmentMissingError: when the device is not there.
    """
    network, config, labels = load_network(run)
    where = choose_device(device)
    return TrainedSpotter(
        scorer=prepare_scorer(network, config, where, choose_precision(precision, where)),
        classes=tuple(labels["classes"]),
        frames=config.frames,
        peaks=PeakSettings(**run.read_json("calibration.json")),
        config=config,
        name=run.folder.name,
        weights_hash=sha256_of_file(run.weights),
        tracks=track_source(config.tracks, config.frames.rate),
    )


def transfer_weights(network: Spotter, run: Run) -> list[str]:
    """Copy into `network` every tensor of another run that has its name and shape.

    Returns:
        The names of the tensors that stayed as they were.

    Raises:
        UsageError: when nothing fits.
    """
    other, _, _ = load_network(run)
    given, own = other.state_dict(), network.state_dict()
    fitting = {k: v for k, v in given.items() if k in own and own[k].shape == v.shape}
    if not fitting:
        raise UsageError(
            "a run with weights that fit this spotter", f"none in {run.folder}",
            "Name a run with the same encoder, or set transfer to null.",
        )  # fmt: skip
    network.load_state_dict(fitting, strict=False)
    return sorted(set(own) - set(fitting))


def parameter_count(network: torch.nn.Module) -> int:
    """How many numbers a network has learnt or could learn."""
    return sum(parameter.numel() for parameter in network.parameters())

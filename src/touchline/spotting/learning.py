"""Teach a spotter: what a step minimises, what chooses the epoch, what is trained how fast."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from touchline.backbones.loading import hash_of
from touchline.files import default_cache
from touchline.reporting.progress import track
from touchline.spotting.config import SpottingConfig
from touchline.spotting.examples import Examples, cut, features_of_clips, pixels_of_clips
from touchline.spotting.feature_store import FeatureStore
from touchline.spotting.footage import Footage
from touchline.spotting.inference import StepScorer, prepare_scorer
from touchline.spotting.losses import spotting_loss
from touchline.spotting.networks.spotter import Spotter, colour_of
from touchline.spotting.peaks.settings import PeakSettings
from touchline.spotting.scoring import (
    MONITORED,
    ScoredFootage,
    encode_footage,
    events_of,
    map_at_one,
    score_footage,
    truth_of,
)
from touchline.spotting.targets import Targets
from touchline.spotting.track_source import track_source
from touchline.spotting.tracks.features import mirror_features
from touchline.training.devices import choose_device, choose_precision
from touchline.training.optimising import fit_settings, parameter_groups
from touchline.training.tracking.tracker import Tracker


@dataclass(frozen=True)
class Lesson:
    """Everything a spotter learns from.

    Attributes:
        train: footage learnt from; that of a second label set behind it.
        valid: footage that chooses the epoch.
        classes: the labels of each label set (one or two).
        sets: for each training footage, its label set.
    """

    train: tuple[Footage, ...]
    valid: tuple[Footage, ...]
    classes: tuple[tuple[str, ...], ...]
    sets: tuple[int, ...]


class FootageScorer:
    """Scores footage with a network as it stands; features of a frozen encoder are kept."""

    def __init__(self, config: SpottingConfig, network: Spotter) -> None:
        self.config, self.network = config, network
        self.device = choose_device(config.device)
        self.precision = choose_precision(config.precision, self.device)
        self._tracks = track_source(config.tracks, config.frames.rate)
        self._kept: dict[tuple[Path, bool], Tensor] = {}
        self._store = FeatureStore(default_cache() / "spotting", {
            "encoder": hash_of(network.encoder), "precision": str(self.precision),
            "settings": config.encoder.model_dump(mode="json", exclude={"weights"}),
            "frames": config.frames.model_dump(mode="json"),
        })  # fmt: skip

    def scorer(self) -> StepScorer:
        """The network made ready to run."""
        return prepare_scorer(self.network, self.config, self.device, self.precision)

    def tracks(self, piece: Footage) -> Tensor | None:
        """The track features of a piece of footage, where the spotter looks at tracks."""
        return self._tracks.features(piece.video) if self._tracks else None

    def features(self, piece: Footage, mirrored: bool = False) -> Tensor:
        """Features of a whole piece of footage, plain or mirrored, its tracks behind them."""
        found = self._encoded(piece, mirrored)
        if (tracks := self.tracks(piece)) is not None:
            followed = cut(mirror_features(tracks) if mirrored else tracks, 0, len(found))
            found = torch.cat([found, followed.to(found.dtype)], dim=1)
        return found

    def _encoded(self, piece: Footage, mirrored: bool) -> Tensor:
        """What the encoder makes of a video; taken from memory or disk where it is frozen."""
        if not self.config.encoder.frozen:
            return encode_footage(piece, self.scorer(), self.config.frames, mirrored)
        key = (piece.video, mirrored)
        if key not in self._kept:
            stored = self._store.get(*key)
            if stored is None:
                found = encode_footage(piece, self.scorer(), self.config.frames, mirrored)
                stored = self._store.put(*key, found)
            self._kept[key] = stored
        return self._kept[key]

    def score(self, pieces: Sequence[Footage]) -> list[ScoredFootage]:
        """Score rows of pieces of footage."""
        return score_footage(pieces, self.scorer(), self.features)


def teach(
    network: Spotter,
    lesson: Lesson,
    config: SpottingConfig,
    folder: Path,
    tracker: Tracker,
    resume: bool,
) -> list[dict[str, float | str]]:
    """Train `network` in place; it ends with the weights of its best epoch by validation mAP@1.

    Returns:
        One row an epoch, as in `results.csv`.

    Raises:
        UsageError: when the loss is not finite, or a checkpoint is of other settings.
        InterruptedRunError: on Ctrl-C; finished epochs are kept.
    """
    from touchline.training.fitting import fit  # imports Lightning, which takes seconds

    known = FootageScorer(config, network)
    examples = make_examples(network, lesson, config, known)
    rate, classes = config.frames.rate, lesson.classes[0]

    def validate(trained: nn.Module) -> dict[str, float]:
        assert isinstance(trained, Spotter)
        known.network = trained
        scored = known.score(lesson.valid)
        events = events_of(scored, classes, known.scorer().columns, rate, PeakSettings())
        return {MONITORED: map_at_one(truth_of(scored), events, classes)}

    return fit(
        network, loss_of(config), lambda epoch: _as_dictionaries(examples.batches(epoch)),
        examples.steps_per_epoch, parameter_groups(network, network.encoder, config.training),
        fit_settings(config.training, MONITORED, config.device, config.precision, config.seed),
        folder, validate=validate, resume=resume, tracker=tracker,
    ).rows  # fmt: skip


def make_examples(
    network: Spotter, lesson: Lesson, config: SpottingConfig, known: FootageScorer
) -> Examples:
    """The clips to learn from: pixels, or features where the encoder is frozen."""
    mirror = config.augment.mirror
    if config.encoder.frozen:
        plain = [known.features(p) for p in track(lesson.train, "Encoding videos")]
        mirrored = lesson.train if mirror else ()
        both = [known.features(p, True) for p in track(mirrored, "Encoding mirrored videos")]
        show = features_of_clips(plain, both, config.clips.steps, network.encoder.features)
    else:
        followed = None
        if config.tracks.detector != "none":
            pieces = track(lesson.train, "Following players and ball")
            followed = [rows for piece in pieces if (rows := known.tracks(piece)) is not None]
        show = pixels_of_clips(lesson.train, followed, config, colour_of(network))
    return Examples(lesson.train, lesson.classes, lesson.sets, config, show, mirror)


def loss_of(config: SpottingConfig) -> Callable[[nn.Module, Any], Tensor]:
    """The loss of a batch as `fit` wants it."""

    def loss(network: nn.Module, batch: dict[str, Any]) -> Tensor:
        assert isinstance(network, Spotter)
        features = batch["shown"] if config.encoder.frozen else network.encode(batch["shown"])
        outputs = network.decide(features, batch["tracks"])
        return spotting_loss(outputs, Targets(**batch["targets"]), config.loss)

    return loss


def _as_dictionaries(batches: Iterator[Any]) -> Iterator[dict[str, Any]]:
    """Batches as the trainer can move them to a device."""
    for batch in batches:
        yield {"shown": batch.shown, "tracks": batch.tracks, "targets": vars(batch.targets)}

"""Clips as the network sees them, one by one or as batches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from touchline.media.clip_augment import augment_clip
from touchline.media.prefetch import prefetch
from touchline.media.video.clips import ClipReader
from touchline.media.video.pictures import Colour
from touchline.reporting.progress import track
from touchline.spotting.classify.clips import LabelledClip, picked_steps, truth_of
from touchline.spotting.classify.config import ClassifyConfig
from touchline.spotting.classify.drawing import DrawnClip
from touchline.spotting.classify.network import TRACK_FEATURES, ClipClassifier
from touchline.spotting.examples import CLIPS_AHEAD, augmentation_of
from touchline.spotting.footage import Footage
from touchline.spotting.targets import mirrored_order
from touchline.spotting.track_source import track_source
from touchline.spotting.tracks.features import mirror_features
from touchline.training.mixing import draw_mix

Batch = dict[str, Tensor | None]
"""`shown` uint8 frames `(batch, time, channels, height, width)`, `tracks` `(batch, time, track
features)` or None, `targets` `(batch, classes)`."""


@dataclass(frozen=True)
class Example:
    """One clip: as `Batch`, without the first axis."""

    shown: Tensor
    tracks: Tensor | None
    targets: Tensor


class ClipExamples:
    """Shows clips to a network: as they are for scoring, changed at random for learning.

    Args:
        config: the whole configuration.
        network: whom they are shown to.
        classes: the labels, in order.
        tracks: the track features of every step by video; empty where nobody looks at them.

    Attributes:
        config: as given.
    """

    def __init__(
        self, config: ClassifyConfig, network: ClipClassifier, classes: Sequence[str],
        tracks: Mapping[Path, Tensor],
    ) -> None:  # fmt: skip
        colour: Colour = "gray" if network.encoder.channels == 1 else "rgb"
        frames = config.frames
        self.config, self._classes, self._tracks = config, classes, tracks
        self._reader = ClipReader(frames.rate, *frames.whole, colour)
        self._changes = augmentation_of(config.augment, colour)

    def to_score(self, clips: Iterable[LabelledClip]) -> Iterator[Batch]:
        """Batches of clips as they are, in order and each once; the last may be smaller."""
        yield from self._batches(prefetch(self.plain, clips, ahead=CLIPS_AHEAD))

    def to_learn(self, clips: Iterable[DrawnClip]) -> Iterator[Batch]:
        """Batches of clips changed, mirrored and mixed at random."""
        alpha = self.config.augment.mixup
        for batch in self._batches(prefetch(self.changed, clips, ahead=CLIPS_AHEAD)):
            yield mixed(batch, alpha)

    def plain(self, clip: LabelledClip) -> Example:
        """A clip as it is; black beyond the end of its video."""
        steps = torch.from_numpy(picked_steps(clip.length, self.config.clips.steps))
        whole = self._reader.read(clip.footage.video, clip.first, clip.length).frames
        rows = self._tracks.get(clip.footage.video)
        if rows is not None:
            rows = rows[(clip.first + steps).clamp(max=len(rows) - 1)]
        targets = torch.from_numpy(truth_of([clip], self._classes)[0]).float()
        return Example(self.config.frames.middle(whole[steps]), rows, targets)

    def changed(self, drawn: DrawnClip) -> Example:
        """A clip to learn from."""
        plain, settings = self.plain(drawn.clip), self.config.augment
        rng = np.random.default_rng(drawn.seed)
        shown = augment_clip(plain.shown, self._changes, rng, settings.camera_motion)
        tracks = plain.tracks
        if drawn.mirrored:
            shown = shown.flip(-1)
            tracks = None if tracks is None else mirror_features(tracks)
            return Example(shown, tracks, plain.targets[mirrored_order(self._classes)])
        return Example(shown, tracks, plain.targets)

    def _batches(self, examples: Iterator[Example]) -> Iterator[Batch]:
        while group := list(islice(examples, self.config.clips.batch_size)):
            yield _stacked(group)


def mixed(batch: Batch, alpha: float) -> Batch:
    """Mixup of a batch: frames, tracks and labels by the same share; 0 leaves it as it is."""
    shown = batch["shown"]
    if alpha <= 0 or shown is None:
        return batch
    share, partner = draw_mix(len(shown), alpha)
    return {
        name: None if rows is None else share * rows.float() + (1 - share) * rows[partner].float()
        for name, rows in batch.items()
    }


def tracks_of(config: ClassifyConfig, footage: Sequence[Footage]) -> dict[Path, Tensor]:
    """The track features of every step of each video; none where the configuration has none.

    Raises:
        EnvironmentMissingError: when the detector's package or weights are not there.
    """
    source = track_source(config.tracks, config.frames.rate)
    if source is None:
        return {}
    followed = track(footage, "Following players and ball")
    return {piece.video: source.features(piece.video) for piece in followed}


def _stacked(examples: Sequence[Example]) -> Batch:
    tracks = [example.tracks for example in examples if example.tracks is not None]
    return {
        "shown": torch.stack([example.shown for example in examples]),
        "tracks": torch.stack(tracks)[..., :TRACK_FEATURES] if tracks else None,
        "targets": torch.stack([example.targets for example in examples]),
    }

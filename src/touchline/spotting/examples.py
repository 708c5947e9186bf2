"""Batches of clips with their targets, from videos or from features already computed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from touchline.media.augment import Augmentation
from touchline.media.clip_augment import augment_clip
from touchline.media.prefetch import prefetch
from touchline.media.video.clips import ClipReader
from touchline.media.video.pictures import Colour
from touchline.spotting.clips import ClipPlace, clips_per_epoch, draw_clips
from touchline.spotting.config import ClipAugmentSettings, SpottingConfig
from touchline.spotting.footage import Footage
from touchline.spotting.targets import (
    Targets,
    clip_targets,
    mirror_targets,
    mirrored_order,
    mix_targets,
)
from touchline.spotting.tracks.features import mirror_features
from touchline.training.mixing import draw_mix

CLIPS_AHEAD = 8
"""Decoded clips that may wait for the network; each is some megabytes."""


@dataclass(frozen=True)
class Batch:
    """Clips to learn from.

    Attributes:
        shown: uint8 frames `(batch, time, channels, height, width)`, or float features
            `(batch, time, features)` where the encoder is frozen.
        tracks: `(batch, time, track features)` or None.
        targets: what is to be said of them.
    """

    shown: Tensor
    tracks: Tensor | None
    targets: Targets


@dataclass(frozen=True)
class Clip:
    """One clip: as `Batch`, without the first axis."""

    shown: Tensor
    tracks: Tensor | None
    targets: Targets


ShownClip = Callable[[ClipPlace], tuple[Tensor, Tensor | None]]
"""What the network sees of a clip, already mirrored and changed, and its tracks."""


@dataclass(frozen=True)
class Examples:
    """Where the clips of an epoch come from.

    Attributes:
        footage: what is learnt from; that of a second label set comes behind.
        classes: the labels of each label set.
        sets: for each footage, which label set it belongs to (0 or 1).
        config: the whole configuration.
        show: pixels or features of a clip.
        mirror: whether clips are mirrored.
    """

    footage: Sequence[Footage]
    classes: tuple[tuple[str, ...], ...]
    sets: tuple[int, ...]
    config: SpottingConfig
    show: ShownClip
    mirror: bool

    @cached_property
    def orders(self) -> list[list[int]]:
        """What the classes of each label set are called in a mirror."""
        return [mirrored_order(classes) for classes in self.classes]

    @property
    def steps_per_epoch(self) -> int:
        """Batches an epoch."""
        clips, rate = self.config.clips, self.config.frames.rate
        return clips_per_epoch(self.footage, clips, rate) // clips.batch_size

    def batches(self, epoch: int) -> Iterator[Batch]:
        """The batches of an epoch, decoded ahead of need; the same for the same seed."""
        config = self.config
        places = draw_clips(
            self.footage, config.clips, config.frames.rate, self.mirror, config.seed, epoch
        )
        clips = prefetch(self._clip, places, ahead=CLIPS_AHEAD)
        while clip := next(clips, None):
            others = [next(clips) for _ in range(config.clips.batch_size - 1)]
            yield mixed(stacked([clip, *others]), config.augment.mixup)

    def _clip(self, place: ClipPlace) -> Clip:
        piece, own = self.footage[place.footage], self.sets[place.footage]
        settings = self.config
        targets = clip_targets(
            piece.events, place.first, settings.clips.steps, settings.frames.rate,
            self.classes, own, settings.clips.dilation, settings.head.radius,
        )  # fmt: skip
        shown, tracks = self.show(place)
        if place.mirrored:
            targets = mirror_targets(targets, self.orders)
        return Clip(shown, tracks, targets)


def pixels_of_clips(
    footage: Sequence[Footage], tracks: Sequence[Tensor] | None, config: SpottingConfig,
    colour: Colour,
) -> ShownClip:  # fmt: skip
    """Clips decoded where they lie, changed at random and mirrored; black beyond a video's end.

    Args:
        footage: what is learnt from.
        tracks: the track features of each, `(steps, track features)`, or None.
        config: the whole configuration.
        colour: what the network looks at.
    """
    frames, steps = config.frames, config.clips.steps
    reader = ClipReader(frames.rate, *frames.whole, colour)
    changes = augmentation_of(config.augment, colour)

    def show(place: ClipPlace) -> tuple[Tensor, Tensor | None]:
        clip = reader.read(footage[place.footage].video, place.first, steps).frames
        clip = frames.middle(clip)
        rng = np.random.default_rng(place.seed)
        pixels = augment_clip(clip, changes, rng, camera_motion=config.augment.camera_motion)
        followed = cut(tracks[place.footage], place.first, steps) if tracks else None
        if not place.mirrored:
            return pixels, followed
        return pixels.flip(-1), None if followed is None else mirror_features(followed)

    return show


def augmentation_of(settings: ClipAugmentSettings, colour: Colour) -> Augmentation:
    """The random changes of a clip's frames; gray ones have no colours to change."""
    return Augmentation(
        brightness=settings.brightness, contrast=settings.contrast, blur=settings.blur,
        saturation=settings.saturation if colour == "rgb" else 0.0,
        hue=settings.hue if colour == "rgb" else 0.0,
    )  # fmt: skip


def features_of_clips(
    features: Sequence[Tensor], mirrored: Sequence[Tensor], steps: int, width: int
) -> ShownClip:
    """Clips cut out of features computed once for each footage, plain and mirrored.

    Args:
        features: `(time, encoder's features + track features)` of each.
        mirrored: of its mirror image; none where nothing is mirrored.
        steps: the length of a clip.
        width: how many of the columns are the encoder's; tracks are behind them.
    """

    def show(place: ClipPlace) -> tuple[Tensor, Tensor | None]:
        whole = (mirrored if place.mirrored else features)[place.footage]
        clip = cut(whole, place.first, steps).float()
        return clip[:, :width], clip[:, width:] if clip.shape[1] > width else None

    return show


def cut(rows: Tensor, first: int, steps: int) -> Tensor:
    """`steps` rows from `first` on; beyond the end the last row is repeated."""
    return rows[torch.arange(first, first + steps).clamp_(0, len(rows) - 1)]


def stacked(clips: Sequence[Clip]) -> Batch:
    """Clips side by side as a batch."""
    tracks = [clip.tracks for clip in clips if clip.tracks is not None]
    return Batch(
        torch.stack([clip.shown for clip in clips]),
        torch.stack(tracks) if tracks else None,
        Targets.stack([clip.targets for clip in clips]),
    )


def mixed(batch: Batch, alpha: float) -> Batch:
    """Mixup of a batch: frames (or features), tracks and every target by the same share."""
    if alpha <= 0:
        return batch
    share, partner = draw_mix(len(batch.shown), alpha)
    blend = share * batch.shown.float() + (1 - share) * batch.shown[partner].float()
    tracks = batch.tracks
    if tracks is not None:
        tracks = share * tracks + (1 - share) * tracks[partner]
    if not batch.shown.is_floating_point():
        blend = blend.round().to(batch.shown.dtype)
    return Batch(blend, tracks, mix_targets(batch.targets, share, partner))

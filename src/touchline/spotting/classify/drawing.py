"""Which clips an epoch learns from: windows drawn around events and anywhere, or clips of events.

The same for the same seed and epoch.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from touchline.spotting.classify.clips import LabelledClip, clips_of, window
from touchline.spotting.classify.config import ClassifyConfig
from touchline.spotting.clips import clips_per_epoch, draw_clips
from touchline.spotting.footage import Footage


@dataclass(frozen=True)
class DrawnClip:
    """A clip to learn from and how it is shown.

    Attributes:
        clip: where it lies and what happens in it.
        mirrored: whether left and right are swapped.
        seed: of its random changes.
    """

    clip: LabelledClip
    mirrored: bool
    seed: tuple[int, ...]


@dataclass(frozen=True)
class ClipDraw:
    """Draws the clips of each epoch.

    Attributes:
        footage: what is learnt from.
        config: the whole configuration.
    """

    footage: Sequence[Footage]
    config: ClassifyConfig

    @property
    def steps_per_epoch(self) -> int:
        """Batches an epoch, at least 1."""
        clips = self.config.clips
        if clips.kind == "windows":
            counted = clips_per_epoch(self.footage, clips.drawn, self.config.frames.rate)
        else:
            counted = clips.per_epoch or sum(len(piece.events) for piece in self.footage)
        return max(1, counted // clips.batch_size)

    def draw(self, epoch: int) -> list[DrawnClip]:
        """The clips of an epoch, whole batches of them, in the order in which they are learnt."""
        drawn = self._windows if self.config.clips.kind == "windows" else self._event_clips
        return drawn(epoch)

    def _windows(self, epoch: int) -> list[DrawnClip]:
        config = self.config
        settings, rate = config.clips.drawn, config.frames.rate
        places = draw_clips(self.footage, settings, rate, config.augment.mirror, config.seed, epoch)
        return [
            DrawnClip(
                window(self.footage[place.footage], place.first, settings.steps, rate),
                place.mirrored, place.seed,
            )
            for place in places
        ]  # fmt: skip

    def _event_clips(self, epoch: int) -> list[DrawnClip]:
        """Each clip as often as its share of the epoch says, rounded up or down.

        Drawn at even distances (systematic sampling), so that where classes are not weighed an
        epoch of as many draws as clips has every clip once.
        """
        config = self.config
        rng = np.random.default_rng((config.seed, epoch))
        clips = clips_of(self.footage, config.clips, config.frames.rate)
        counts = Counter(clip.labels for clip in clips)
        weights = np.array([counts[clip.labels] ** -config.clips.rare_power for clip in clips])
        count = self.steps_per_epoch * config.clips.batch_size
        order = rng.permutation(len(clips))  # so that what rounding favours differs by epoch
        ends = np.cumsum(weights[order]) / weights.sum()
        marks = (rng.random() + np.arange(count)) / count
        taken = order[np.searchsorted(ends, marks, side="right").clip(max=len(clips) - 1)]
        mirrored = rng.random(count) < (0.5 if config.augment.mirror else 0.0)
        return [
            DrawnClip(clips[place], bool(turned), (config.seed, epoch, number))
            for number, (place, turned) in enumerate(
                zip(rng.permutation(taken), mirrored, strict=True)
            )
        ]

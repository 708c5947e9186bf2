"""Everything that decides how a classifier of clips is taught and scored."""

from typing import Literal

from pydantic import Field, model_validator

from touchline.settings import Settings
from touchline.spotting.config import (
    ClipSettings,
    VideoConfig,
)


class LabelledClipSettings(Settings):
    """How matches are cut into labelled clips, and which of them are learnt from."""

    kind: Literal["windows", "events"] = "windows"
    """windows: clips of one length, labelled with every class that happens inside (seed 003);
    events: from each event to the next, labelled with the one it begins with (seed 002)."""
    steps: int = Field(default=50, ge=2)
    """Frames shown of a clip: a window is as long, other clips are sampled evenly to as many."""
    extra_seconds: float = Field(default=1.0, ge=0, le=60)
    """For events: how far a clip reaches beyond the next event."""
    longest_seconds: float = Field(default=10.0, gt=0, le=60)
    """For events: no clip is longer, however late the next event comes or if none does."""
    per_epoch: int | None = Field(default=None, ge=1)
    """Clips an epoch; as many windows as cover the training videos, or every event once, if
    null."""
    batch_size: int = Field(default=4, ge=1)
    """Clips a step of the optimiser, and clips scored at once."""
    event_share: float = Field(default=0.7, ge=0, le=1)
    """For windows: share drawn around an event; the others start anywhere."""
    rare_power: float = Field(default=0.5, ge=0, le=1)
    """How much rare classes are preferred among the events drawn: 0 not at all, 1 until every
    class is drawn alike."""

    @property
    def drawn(self) -> ClipSettings:
        """The settings by which a spotter draws windows like these."""
        return ClipSettings(
            steps=self.steps, per_epoch=self.per_epoch, batch_size=self.batch_size,
            event_share=self.event_share, rare_power=self.rare_power,
        )  # fmt: skip


class ClipHeadSettings(Settings):
    """How the features of a clip become one answer."""

    pooling: Literal["max", "mean", "gem", "netvlad"] = "max"
    """Over all steps; for stacks over all places of the picture too."""
    clusters: int = Field(default=64, ge=2)
    """Size of NetVLAD's vocabulary."""
    dropout: float = Field(default=0.5, ge=0, lt=1)
    """Share of pooled features dropped while training."""


class ClipLossSettings(Settings):
    """What training minimises."""

    kind: Literal["bce", "softmax"] = "bce"
    """bce: one yes or no for each class; softmax: one class of all, for clips of one label."""
    gamma: float = Field(default=0.0, ge=0)
    """Focal loss: how strongly what is already right is discounted; 0 is plain cross-entropy."""
    alpha: float | None = Field(default=None, gt=0, lt=1)
    """For bce: weight of what happens against what does not; without one both weigh 1."""


class ClassifyConfig(VideoConfig):
    """One training of a classifier of clips.

    A frozen encoder runs all the same, since clips are changed at random.
    """

    clips: LabelledClipSettings = LabelledClipSettings()
    head: ClipHeadSettings = ClipHeadSettings()
    loss: ClipLossSettings = ClipLossSettings()

    @model_validator(mode="after")
    def _whole_stacks(self) -> "ClassifyConfig":
        self.require_whole_stacks(self.clips.steps)
        return self

    @model_validator(mode="after")
    def _loss_fits_the_labels(self) -> "ClassifyConfig":
        if self.loss.kind == "softmax" and self.clips.kind != "events":
            raise ValueError(
                "loss.kind=softmax says one class a clip, and windows may have several or none; "
                "choose bce, or clips.kind=events"
            )
        if self.loss.kind == "softmax" and self.loss.alpha is not None:
            raise ValueError("loss.alpha weighs yes against no, so it goes with loss.kind=bce")
        return self

    @property
    def one_label(self) -> bool:
        """Whether every clip bears exactly one label."""
        return self.clips.kind == "events"

"""Everything that decides how a re-identifier is taught and scored."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from touchline.settings import Settings
from touchline.training.optimiser_settings import OptimiserSettings
from touchline.training.tracking.settings import TrackingSettings


class NetworkSettings(Settings):
    """The network that turns a crop into a feature vector."""

    name: str = "osnet_x0_25"
    """osnet_x1_0, osnet_x0_25, osnet_ain_x1_0, osnet_ain_x0_25, or any timm model name."""
    weights: str = "random"
    """packaged, hub, random, or the path of a file of weights (.safetensors, .pth, .onnx)."""
    pooling: Literal["average", "gem"] = "average"
    """How a map of features becomes a vector; networks that give a vector keep their own."""
    last_stride: Literal[1, 2] = 1
    """Of a ResNet's last stage: 1 keeps the map finer."""
    embedding: int | None = Field(default=None, ge=8)
    """Length of a learnt linear embedding after pooling; null keeps the network's own."""
    neck: bool = True
    """A batch normalisation (BNNeck): losses of distance see the feature before it, losses of angle
    and of classes the one behind it, which is also what is compared."""
    lora_rank: int = Field(default=0, ge=0, le=256)
    """For transformers: learn only low-rank adapters of this rank (and the neck); 0 learns all."""
    lora_alpha: float = Field(default=16.0, gt=0)
    """Scale of the adapters."""
    lora_dropout: float = Field(default=0.1, ge=0, lt=1)
    """Share of an adapter's input dropped while training."""


class BatchSettings(Settings):
    """How the crops of a batch are drawn."""

    sampler: Literal["auto", "action", "identity"] = "auto"
    """action draws the players of a batch inside actions, then the same match; identity anywhere;
    auto takes action where the data has actions."""
    identities: int = Field(default=16, ge=2)
    """Different people in a batch."""
    crops: int = Field(default=2, ge=2)
    """Crops of each of them; who has fewer gives what there is, never one crop twice."""


class LossSettings(Settings):
    """What training minimises: a weighted sum; a weight of 0 leaves a part out."""

    identity: float | None = Field(default=None, ge=0)
    """Cross-entropy over the training identities; null is 0 where identities hold only inside
    their action (they would be told apart from themselves), else 1."""
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    """Of the cross-entropy."""
    triplet: float = Field(default=1.0, ge=0)
    """Batch-hard triplets."""
    margin: float = Field(default=0.3, gt=0)
    """Of the triplets."""
    centroid: float = Field(default=0.0, ge=0)
    """Triplets of a crop, the centre of its own identity without it, and other centres."""
    circle: float = Field(default=0.0, ge=0)
    """Circle loss."""
    info_nce: float = Field(default=0.0, ge=0)
    """Contrast of each crop with the others of its identity against the rest of the batch."""
    temperature: float = Field(default=0.07, gt=0)
    """Of the contrast."""

    @model_validator(mode="after")
    def _something(self) -> "LossSettings":
        parts = (self.triplet, self.centroid, self.circle, self.info_nce)
        if self.identity == 0 and not any(parts):
            raise ValueError("all weights are 0; give at least one part of the loss a weight")
        return self


class CropAugmentSettings(Settings):
    """Random changes of the training crops."""

    flip: float = Field(default=0.5, ge=0, le=1)
    """Probability of mirroring; a person stays the same person."""
    shift: float = Field(default=0.05, ge=0, le=0.5)
    """Shift by up to this share of each side."""
    brightness: float = Field(default=0.2, ge=0, le=1)
    """Brightness changes by up to this share."""
    contrast: float = Field(default=0.15, ge=0, le=1)
    """Contrast changes by up to this share."""
    saturation: float = Field(default=0.1, ge=0, le=1)
    """Saturation changes by up to this share."""
    hue: float = Field(default=0.0, ge=0, le=0.5)
    """Hue turns by up to this share of the circle; shirts are told apart by it."""
    erase: float = Field(default=0.5, ge=0, le=1)
    """Probability of greying out a random box."""


class Stage(Settings):
    """One stage of the training: how much data, at what size, for how long."""

    share: float = Field(default=1.0, gt=0, le=1)
    """Share of the actions (of the identities where there are none) that is learnt from."""
    height: int = Field(default=256, ge=16, le=1024)
    """Rows of a crop as shown."""
    width: int = Field(default=128, ge=16, le=1024)
    """Columns of a crop as shown."""
    epochs: int = Field(default=20, ge=1)
    """Epochs of this stage."""


class ReidConfig(Settings):
    """One training of a re-identifier."""

    data: Path
    """SoccerNet's or Market-1501's layout, or a CSV of path,identity."""
    seed: int = Field(default=0, ge=0, lt=2**32)
    """Decides the initial weights, the batches and every random change."""
    network: NetworkSettings = NetworkSettings()
    batch: BatchSettings = BatchSettings()
    loss: LossSettings = LossSettings()
    augment: CropAugmentSettings = CropAugmentSettings()
    stages: tuple[Stage, ...] = Field(default=(Stage(),), min_length=1)
    """In turn; each begins with the best weights of the one before. What is taught is scored at the
    size of the last."""
    training: OptimiserSettings = OptimiserSettings(
        learning_rate=3.5e-4, weight_decay=5e-4, warmup_epochs=1.0
    )
    """Of every stage; its epochs are the stage's own."""
    flip_views: bool = True
    """Compare the sum of the features of a crop and of its mirror image."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where the network runs."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """auto takes bf16 where the hardware computes it natively."""
    tracking: TrackingSettings = TrackingSettings()

    @field_validator("training")
    @classmethod
    def _without_epochs(cls, training: OptimiserSettings) -> OptimiserSettings:
        if training.epochs != OptimiserSettings().epochs:
            raise ValueError("its epochs are not used; give each of the stages its own")
        return training

    @property
    def size(self) -> tuple[int, int]:
        """Height and width at which crops are compared: those of the last stage."""
        return self.stages[-1].height, self.stages[-1].width

"""Everything that decides how a photo classifier is taught and scored."""

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from touchline.media.framing import Framing
from touchline.settings import Settings
from touchline.training.tracking.settings import TrackingSettings

Recipe = Literal["probe", "finetune", "two-stage"]


class View(Settings):
    """One way of showing a photo to the network; the logits of all views are averaged."""

    framing: Framing = "letterbox"
    """letterbox keeps the whole photo; crop its middle square; squash the whole, out of shape."""
    size: int = Field(default=224, ge=32, le=1024)
    """Side of the square in pixels; rounded down to the backbone's patch size where it has one."""
    mirrored: bool = False
    """Show it mirrored; its logits are then permuted by the mirror map."""

    def mirror(self) -> "View":
        """The same view, mirrored (or back)."""
        return View(framing=self.framing, size=self.size, mirrored=not self.mirrored)

    @property
    def key(self) -> str:
        """The view in one word, for caches and tables."""
        return f"{self.framing}-{self.size}{'-mirrored' if self.mirrored else ''}"


DEFAULT_VIEWS = (View(framing="letterbox", size=320), View(framing="crop", size=256, mirrored=True))
"""The whole photo, and its middle from nearer and mirrored: two views that err differently."""


class BackboneSettings(Settings):
    """The network that turns a photo into features."""

    name: str = "tf_efficientnet_lite0"
    """A timm model name, or a YOLO such as yolov8n-cls with the extra touchline[yolo]."""
    weights: str = "packaged"
    """packaged, hub, random, or the path of a .safetensors or .pth file (of a YOLO also a .pt)."""


class MirrorSettings(Settings):
    """What a mirrored photo is called."""

    mode: Literal["auto", "none", "plain"] = "auto"
    """auto swaps paired left/right classes; none never mirrors; plain mirrors without swapping."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Pairs of classes stated by hand; they outrank pairs found in the names."""
    undirected: tuple[str, ...] = ()
    """Classes that look directional by name but are not."""
    force: bool = False
    """Allow a plain mirror although directional classes exist. It destroys them; for studies."""


class EvaluationSettings(Settings):
    """Which photos are learnt from and which only score."""

    shots: int | None = Field(default=None, ge=2)
    """Learn from this many photos of each class, score on all others."""
    holdout: float | None = Field(default=None, gt=0, lt=1)
    """Score on this share of each class, learn from the rest."""
    folds: int = Field(default=5, ge=2, le=50)
    """Folds of the cross-validation that scores when nothing is held out."""
    repeats: int = Field(default=1, ge=1, le=20)
    """How often the cross-validation is repeated with other folds."""
    split: Path | None = None
    """A split.csv of an earlier run, reused as it is."""

    @model_validator(mode="after")
    def _one_scheme(self) -> "EvaluationSettings":
        chosen = [n for n in ("shots", "holdout", "split") if getattr(self, n) is not None]
        if len(chosen) > 1:
            raise ValueError(f"choose one of {' and '.join(chosen)}")
        return self


class ProbeSettings(Settings):
    """The regularised linear head on frozen features."""

    strengths: tuple[float, ...] = (0.01, 0.1, 1.0)
    """Inverse regularisation strengths to choose from by inner cross-validation."""
    inner_folds: int = Field(default=5, ge=2)
    """Folds of the inner cross-validation, which also gives the out-of-fold logits."""
    augmented_views: int = Field(default=0, ge=0, le=64)
    """Randomly augmented views of each photo to learn from besides the plain and mirrored ones."""


class HeadSettings(Settings):
    """The classifier on top of the features, for recipes that train by gradient."""

    hidden: tuple[int, ...] | None = None
    """Sizes of hidden layers; None takes the recipe's: 512 for finetune, none for two-stage."""
    dropout: float = Field(default=0.5, ge=0, lt=1)
    """Share of features dropped while training."""
    batch_norm: bool = True
    """Batch normalisation after each hidden layer."""


class TrainingSettings(Settings):
    """Gradient training (finetune and two-stage)."""

    epochs: int = Field(default=20, ge=1)
    """At most this many passes over the photos."""
    batch_size: int = Field(default=32, ge=2)
    """Photos a step."""
    head_learning_rate: float = Field(default=1e-3, gt=0)
    """AdamW's rate for the head."""
    backbone_learning_rate: float = Field(default=1e-4, gt=0)
    """AdamW's rate for the unfrozen part of the backbone."""
    weight_decay: float = Field(default=0.05, ge=0)
    """AdamW's weight decay."""
    stages: int = Field(default=1, ge=0)
    """How many of the backbone's last stages are trained; the rest is frozen."""
    learn_statistics: bool = False
    """Learn the statistics of their batch normalisation too: needed from random weights, harmful
    with few photos from good ones."""
    warmup_epochs: float = Field(default=1.0, ge=0)
    """Epochs of linear warm-up."""
    minimum_fraction: float = Field(default=0.01, ge=0, le=1)
    """The cosine schedule ends at this fraction of the rate."""
    patience: int | None = Field(default=5, ge=1)
    """Stop after this many epochs without a better validation loss; null never stops early."""
    validation_share: float = Field(default=0.2, gt=0, lt=1)
    """Share of the learning photos that choose the epoch and the temperature."""
    refit: bool = True
    """Once the epochs are chosen, train again on all learning photos for as many."""
    label_smoothing: float = Field(default=0.1, ge=0, lt=1)
    """Share of the target spread over all classes."""
    mixup: float = Field(default=0.0, ge=0)
    """Beta parameter of mixup; 0 is off. Labels are mixed too."""
    cutmix: float = Field(default=0.0, ge=0)
    """Beta parameter of cutmix; 0 is off. Labels are mixed by the area that is left."""
    ema_decay: float = Field(default=0.99, ge=0, lt=1)
    """Decay of the moving average of the weights that is kept; 0 is off."""


class AugmentSettings(Settings):
    """Random changes of the training photos (gradient recipes and augmented probe views)."""

    degrees: float = Field(default=10.0, ge=0, le=180)
    """Rotation by up to this many degrees either way."""
    translate: float = Field(default=0.06, ge=0, le=0.5)
    """Shift by up to this share of the side."""
    scale: tuple[float, float] = (0.9, 1.15)
    """Zoom between these factors."""
    brightness: float = Field(default=0.2, ge=0, le=1)
    """Brightness changes by up to this share."""
    contrast: float = Field(default=0.2, ge=0, le=1)
    """Contrast changes by up to this share."""
    saturation: float = Field(default=0.2, ge=0, le=1)
    """Saturation changes by up to this share."""


class PhotosConfig(Settings):
    """One training of a photo classifier."""

    data: Path
    """A folder of class folders, of train/valid/test folders, or a CSV of path,label."""
    recipe: Recipe = "probe"
    """probe: frozen features and a linear head; finetune: last stage and head together;
    two-stage: the head first, then the top of the backbone."""
    seed: int = 0
    """Decides the split, the initial weights and every random change."""
    backbone: BackboneSettings = BackboneSettings()
    views: tuple[View, ...] = Field(default=DEFAULT_VIEWS, min_length=1)
    """How photos are shown when labelling. Learning adds each view's mirror image; so does
    labelling where classes have a left and a right."""
    mirror: MirrorSettings = MirrorSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    class_weights: Literal["none", "balanced"] = "none"
    """balanced weighs rare classes up so that each class counts the same."""
    probe: ProbeSettings = ProbeSettings()
    head: HeadSettings = HeadSettings()
    training: TrainingSettings = TrainingSettings()
    augment: AugmentSettings = AugmentSettings()
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where the network runs."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """auto takes bf16 where the hardware computes it natively."""
    synthetic: Path | None = None
    """A folder that `touchline synth sample` made. Its photos are learnt from too; they never
    choose anything, and never score."""
    cache: Path | None = None
    """Where features are kept between runs; null is the user's cache folder."""
    tracking: TrackingSettings = TrackingSettings()

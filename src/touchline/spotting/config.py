"""Everything that decides how a spotter is taught and scored."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from touchline.settings import Settings
from touchline.training.optimiser_settings import OptimiserSettings
from touchline.training.tracking.settings import TrackingSettings

if TYPE_CHECKING:
    from torch import Tensor

FRAMES_A_STACK = 3
"""Gray frames that an encoder of kind stacks sees at once."""


class FrameSettings(Settings):
    """How a video is shown to the network."""

    rate: float = Field(default=12.5, gt=0, le=120)
    """Frames a second; 12.5 is every second frame of 25 a second (a stride of 2)."""
    height: int = Field(default=224, ge=16, le=1080)
    """Rows of a frame in pixels."""
    width: int = Field(default=398, ge=16, le=1920)
    """Columns of a frame in pixels."""
    crop: float = Field(default=1.0, gt=0, le=1)
    """Share of each side of the picture that is shown, around its middle; broadcasts keep the ball
    near it, and what is shown is then seen from nearer at the same cost."""

    @property
    def whole(self) -> tuple[int, int]:
        """Height and width that the whole picture is scaled to, of which the middle is cut out."""
        return round(self.height / self.crop), round(self.width / self.crop)

    def middle(self, pictures: "Tensor") -> "Tensor":
        """The middle of pictures `(..., height, width)` as they are shown."""
        (tall, wide), height, width = self.whole, self.height, self.width
        top, left = (tall - height) // 2, (wide - width) // 2
        return pictures[..., top : top + height, left : left + width]


class EncoderSettings(Settings):
    """The network that turns frames into features."""

    kind: Literal["frames", "stacks", "x3d"] = "frames"
    """frames: a timm network for each frame; stacks: three gray frames at once, then 3-D blocks;
    x3d: 3-D convolutions throughout."""
    name: str = "tf_efficientnet_lite0"
    """A timm model name; for x3d, x3d_s or x3d_m."""
    weights: str = "packaged"
    """packaged, hub, random, or the path of a file of weights."""
    colour: Literal["rgb", "stack"] = "stack"
    """For frames: rgb, or a gray frame stacked with the one before and the one after it."""
    shift: Literal["none", "gsm", "gsf"] = "none"
    """Gate-shift modules that let neighbouring frames exchange features inside the network."""
    shifted_stages: int = Field(default=2, ge=1)
    """How many of the last stages shift."""
    stage: int | None = Field(default=3, ge=0)
    """For frames: take the feature map of this stage (from 0), averaged over the cells of `grid`,
    instead of what is pooled at the end (null), and learn convolutions on it."""
    grid: tuple[int, int] = (7, 13)
    """Rows and columns of such a map."""
    neck: int = Field(default=256, ge=8)
    """Length of the vector that is learnt from such a map."""
    neck_dropout: float = Field(default=0.4, ge=0, lt=1)
    """Share of it dropped while training."""
    blocks: Literal["inverted", "basic"] = "inverted"
    """Of the 3-D blocks of stacks: inverted residuals (2023 winner) or plain ones (seed 002)."""
    frozen: bool = True
    """Leave the encoder as it is and learn on its features, computed once for each video."""


class TimeSettings(Settings):
    """The network that looks at features over time."""

    kind: Literal["none", "lstm", "transformer", "tcn", "sgp"] = "transformer"
    """none, a bidirectional LSTM, a transformer with relative positions, dilated convolutions, or
    T-DEED's encoder-decoder of SGP layers."""
    layers: int = Field(default=2, ge=1, le=12)
    """Layers; levels of the encoder-decoder for sgp."""
    hidden: int = Field(default=256, ge=8)
    """Width (of one direction for lstm)."""
    dropout: float = Field(default=0.3, ge=0, lt=1)
    """Share of features dropped while training."""


class HeadSettings(Settings):
    """What is read off the features of each step."""

    offset: Literal["none", "displacement", "relative"] = "none"
    """Also say how far the event is from the step: by regression (T-DEED) or as the expectation
    over neighbouring moments (TriDet); used when predicting."""
    radius: int = Field(default=4, ge=1)
    """How far from an event, in steps, the offset is learnt and may move a score."""
    team: Literal["auto", "none"] = "auto"
    """auto learns the acting team's side where the labels have it."""


class ClipSettings(Settings):
    """The clips that are learnt from."""

    steps: int = Field(default=50, ge=2)
    """Length in frames as shown (50 at 12.5 a second are 4 s)."""
    per_epoch: int | None = Field(default=None, ge=1)
    """Clips an epoch; as many as cover the training videos once if null."""
    batch_size: int = Field(default=16, ge=1)
    """Clips a step of the optimiser."""
    event_share: float = Field(default=0.7, ge=0, le=1)
    """Share of clips drawn around an event; the others start anywhere."""
    rare_power: float = Field(default=0.5, ge=0, le=1)
    """How much rare classes are preferred among the events drawn: 0 not at all, 1 until every
    class is drawn alike."""
    dilation: int = Field(default=3, ge=0)
    """Steps before and after an event that are labelled with it too."""


class LossSettings(Settings):
    """What training minimises."""

    kind: Literal["cross-entropy", "focal"] = "cross-entropy"
    """Over the classes and the background."""
    gamma: float = Field(default=1.0, ge=0)
    """Focal loss: how strongly what is already right is discounted."""
    event_weight: float = Field(default=5.0, gt=0)
    """Weight of every class against 1 for the background."""
    offset_weight: float = Field(default=1.0, ge=0)
    """Weight of the offset's loss."""
    team_weight: float = Field(default=1.0, ge=0)
    """Weight of the team's loss."""


class ClipAugmentSettings(Settings):
    """Random changes of the training clips, the same for all frames of a clip."""

    mirror: bool = True
    """Mirror every other clip; left and right teams are swapped."""
    brightness: float = Field(default=0.25, ge=0, le=1)
    """Brightness changes by up to this share."""
    contrast: float = Field(default=0.25, ge=0, le=1)
    """Contrast changes by up to this share."""
    saturation: float = Field(default=0.25, ge=0, le=1)
    """Saturation changes by up to this share; gray frames have none."""
    hue: float = Field(default=0.05, ge=0, le=0.5)
    """Hue turns by up to this share of the circle."""
    blur: float = Field(default=0.0, ge=0)
    """Largest standard deviation of a Gaussian blur, in pixels."""
    camera_motion: float = Field(default=0.0, ge=0, le=0.5)
    """A drift of the camera over the clip by up to this share of the frame."""
    mixup: float = Field(default=0.2, ge=0)
    """Beta parameter of mixup; frames and every target are mixed alike; 0 is off."""


class TrackSettings(Settings):
    """Tracks of players and ball as extra input."""

    detector: Literal["none", "yolox", "ultralytics"] = "none"
    """yolox reads an ONNX file; ultralytics needs the extra touchline[yolo]."""
    weights: Path | None = None
    """The detector's weights."""

    @model_validator(mode="after")
    def _weights_named(self) -> "TrackSettings":
        if self.detector != "none" and self.weights is None:
            raise ValueError("a detector needs tracks.weights=FILE")
        return self


class VideoConfig(Settings):
    """What a training on match videos needs, whatever it teaches."""

    data: Path
    """A folder in SoccerNet's layout, an E2E-Spot list, or a CSV of video,seconds,label."""
    seed: int = 0
    """Decides the initial weights, the clips and every random change."""
    frames: FrameSettings = FrameSettings()
    encoder: EncoderSettings = EncoderSettings()
    tracks: TrackSettings = TrackSettings()
    augment: ClipAugmentSettings = ClipAugmentSettings()
    training: OptimiserSettings = OptimiserSettings()
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where the network runs."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """auto takes bf16 where the hardware computes it natively."""
    tracking: TrackingSettings = TrackingSettings()

    def require_whole_stacks(self, steps: int) -> None:
        """Refuse clips that cannot be cut into stacks of frames.

        Raises:
            ValueError: when they cannot.
        """
        if self.encoder.kind == "stacks" and steps % FRAMES_A_STACK:
            nearest = steps + -steps % FRAMES_A_STACK
            raise ValueError(
                f"stacks of {FRAMES_A_STACK} frames need clips.steps in multiples of it, "
                f"e.g. {nearest}"
            )


class SpottingConfig(VideoConfig):
    """One training of a spotter."""

    joint: Path | None = None
    """A second labelled set, with classes of its own, learnt at once by a second head."""
    transfer: Path | None = None
    """A run whose weights to begin with, wherever they fit."""
    proxies: Path | None = None
    """A folder made by `touchline spotting prepare`; training reads the copies there."""
    time: TimeSettings = TimeSettings()
    head: HeadSettings = HeadSettings()
    clips: ClipSettings = ClipSettings()
    loss: LossSettings = LossSettings()

    @model_validator(mode="after")
    def _whole_stacks(self) -> "SpottingConfig":
        self.require_whole_stacks(self.clips.steps)
        return self

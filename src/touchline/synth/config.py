"""Everything that decides how a generator of photos is taught, and within which limits."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, PositiveInt, field_validator, model_validator

from touchline.media.framing import Framing
from touchline.photos.config import MirrorSettings
from touchline.settings import Settings
from touchline.synth.limits.quantities import Bytes, Seconds
from touchline.training.tracking.settings import TrackingSettings

GeneratorName = Literal["stylegan", "diffusion", "lora"]
SIZES = (64, 128, 256, 512)
SEEDS = 2**32
"""Seeds are below: what every library of random numbers takes."""
BATCH_SIZES: dict[object, int] = {"stylegan": 8, "diffusion": 16, "lora": 2}
"""Two networks that learn from each other want many steps: of 12,000 drawn photos in steps of 32 a
StyleGAN had learnt colours, in steps of 8 outlines. A diffusion model had a KID of 0.55 after 8,000
in steps of 16, of 0.63 in steps of 32. Stable Diffusion wants little memory."""


class StyleganSettings(Settings):
    """The class-conditional StyleGAN2 with adaptive discriminator augmentation."""

    channel_base: int = Field(default=2048, ge=256)
    """At 64 px the feature maps of a layer are this over its side, up to `channel_max`; at twice
    the size twice as many, so that the finest side always has `channel_base` / 64."""
    channel_max: int = Field(default=128, ge=16, le=512)
    """The most feature maps of any layer."""
    latent: int = Field(default=128, ge=16, le=512)
    """Length of the latent vectors z and w."""
    mapping_layers: int = Field(default=4, ge=1, le=8)
    """Fully connected layers from z and the class to w."""
    learning_rate: float = Field(default=0.0025, gt=0)
    """Adam's rate of both networks."""
    r1_gamma: float = Field(default=1.0, ge=0)
    """Weight of the gradient penalty; larger for fewer photos, and for larger ones."""
    r1_interval: int = Field(default=16, ge=1)
    """Steps between two gradient penalties (lazy regularisation)."""
    path_weight: float = Field(default=0.0, ge=0)
    """Weight of the path length penalty; 0 is off. The papers take 2, and for small photos 0: it
    makes paths even, and slows the first photos down."""
    path_interval: int = Field(default=4, ge=1)
    """Steps between two path length penalties."""
    style_mixing: float = Field(default=0.9, ge=0, le=1)
    """Share of images made from two latent vectors."""
    ema_images: int = Field(default=10_000, ge=1)
    """Images in which the moving average of the generator forgets half."""
    ada_target: float = Field(default=0.6, gt=0, lt=1)
    """What share of the discriminator's verdicts on real photos may be right by a margin (r_t)."""
    ada_images: int = Field(default=50_000, ge=1)
    """Images in which the strength of augmentation can go from 0 to 1."""
    ada_interval: int = Field(default=4, ge=1)
    """Steps between two changes of the strength."""
    truncation: float = Field(default=1.0, gt=0, le=1)
    """How far samples stay from the average of their class; 1 is no truncation."""


class DiffusionSettings(Settings):
    """The small class-conditional diffusion model that is taught from nothing."""

    channels: tuple[PositiveInt, ...] = Field(default=(96, 128, 192), min_length=1)
    """Feature maps at each resolution, the finest first; each further one halves the side."""
    layers: int = Field(default=1, ge=1, le=4)
    """Residual blocks at each resolution."""
    patch: Literal[1, 2, 4, 8] = 4
    """Side of the squares of pixels that the finest resolution takes as one place."""
    attention_side: int = Field(default=8, ge=0)
    """Self-attention where the feature maps have at most this side; 0 has none."""
    learning_rate: float = Field(default=6e-4, gt=0)
    """AdamW's rate."""
    label_dropout: float = Field(default=0.1, ge=0, lt=1)
    """Share of photos shown without their class, so that guidance is possible."""
    ema_images: int = Field(default=10_000, ge=1)
    """Images in which the moving average of the weights forgets half."""
    guidance: float = Field(default=1.5, ge=1)
    """How strongly samples follow their class; 1 is none beyond what was learnt."""
    sample_steps: int = Field(default=24, ge=1)
    """Steps in which a sample is made."""


class LoraSettings(Settings):
    """Low-rank adapters in a Stable Diffusion that somebody else has taught."""

    pipeline: str = "stable-diffusion-v1-5/stable-diffusion-v1-5"
    """A folder that diffusers can load, or a name on the hub."""
    prompt: str = "a photo of a football player, {label}"
    """What a photo is said to show; `{label}` is its class in words."""
    words: dict[str, str] = Field(default_factory=dict)
    """Words for classes whose names say little."""
    rank: int = Field(default=8, ge=1, le=256)
    """Rank of the adapters."""
    learning_rate: float = Field(default=1e-4, gt=0)
    """AdamW's rate."""
    prompt_dropout: float = Field(default=0.1, ge=0, lt=1)
    """Share of photos shown without words, so that guidance is possible."""
    gradient_checkpointing: bool = True
    """Compute activations twice instead of keeping them: less memory, more time."""
    attention_slicing: bool = True
    """Where PyTorch has no fused kernel, which takes still less, compute attention in slices when
    sampling: less memory, more time."""
    vae_tiling: bool = True
    """Encode and decode pictures in slices and tiles: less memory, more time."""
    cpu_offload: bool = True
    """On a GPU, keep there only the part of the pipeline that is at work."""
    eight_bit_optimiser: bool = True
    """Keep the optimiser's state in 8 bits where bitsandbytes is installed."""
    guidance: float = Field(default=5.0, ge=1)
    """How strongly samples follow their words; 1 is none."""
    sample_steps: int = Field(default=30, ge=1)
    """Steps in which a sample is made."""

    @field_validator("prompt")
    @classmethod
    def _with_label(cls, prompt: str) -> str:
        if "{label}" not in prompt:
            raise ValueError("{label} where the class belongs")
        return prompt


class TrainingSettings(Settings):
    """How long is learnt, in what portions, and what is kept on the way."""

    images: int = Field(default=200_000, ge=1)
    """Photos shown in all, mirrored and repeated ones included."""
    batch_size: int = Field(default=32, ge=2)
    """Photos a step; unless given 8 for stylegan, 16 for diffusion, 2 for lora."""
    snapshot_every: int = Field(default=10_000, ge=1)
    """Photos between two snapshots: weights, state, a sheet of samples and a score."""
    keep: int = Field(default=2, ge=1)
    """Snapshots of weights that are kept, the last ones; the best is kept besides."""
    score_samples: int = Field(default=256, ge=16, le=100_000)
    """Samples that each snapshot's score is computed from."""


class LimitSettings(Settings):
    """What the training may take; what does not fit is refused before the start."""

    memory: Bytes | None = None
    """Of the process (on a GPU, of its memory): a number of bytes, or words such as 8GB."""
    disk: Bytes | None = None
    """Of the run's folder."""
    time: Seconds | None = None
    """Of the training, its snapshots included: seconds, or words such as 2h or 90min."""


class SynthConfig(Settings):
    """One training of a generator."""

    data: Path
    """A folder of class folders, of train/valid/test folders, or a CSV of path,label."""
    generator: GeneratorName = "stylegan"
    """stylegan and diffusion learn from nothing; lora adapts a Stable Diffusion."""
    size: int = 64
    """Width and height of what is made, in pixels: 64, 128, 256 or 512."""
    framing: Framing = "letterbox"
    """letterbox keeps the whole photo; crop its middle square; squash the whole, out of shape."""
    seed: int = Field(default=0, ge=0, lt=SEEDS)
    """Decides the initial weights and every random change."""
    split: Path | None = None
    """A split.csv: only its train part is learnt from. Without one, or parts that the folders
    name, everything is."""
    mirror: MirrorSettings = MirrorSettings()
    stylegan: StyleganSettings = StyleganSettings()
    diffusion: DiffusionSettings = DiffusionSettings()
    lora: LoraSettings = LoraSettings()
    training: TrainingSettings = TrainingSettings()
    limits: LimitSettings = LimitSettings()
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where the networks run."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """auto takes bf16 where the hardware computes it natively."""
    cache: Path | None = None
    """Where fingerprints of photos are kept between runs; null is the user's cache folder."""
    tracking: TrackingSettings = TrackingSettings()

    @model_validator(mode="before")
    @classmethod
    def _batch_of_the_generator(cls, values: Any) -> Any:
        training = values.get("training", {}) if isinstance(values, dict) else None
        if not isinstance(training, dict) or "batch_size" in training:
            return values
        size = BATCH_SIZES.get(values.get("generator", "stylegan"), 32)
        return {**values, "training": {**training, "batch_size": size}}

    @field_validator("size")
    @classmethod
    def _known_size(cls, size: int) -> int:
        if size not in SIZES:
            raise ValueError("64, 128, 256 or 512")
        return size

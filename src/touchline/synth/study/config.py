"""Everything that decides a study of whether synthetic photos help."""

from pathlib import Path

from pydantic import Field, field_validator, model_validator

from touchline.photos.config import (
    DEFAULT_VIEWS,
    AugmentSettings,
    BackboneSettings,
    HeadSettings,
    PhotosConfig,
    ProbeSettings,
    Recipe,
    View,
)
from touchline.photos.config import TrainingSettings as GradientSettings
from touchline.settings import Settings
from touchline.synth.config import SEEDS, SynthConfig

MOST_A_PHOTO = 16


class ClassifierSettings(Settings):
    """The classifier that is taught with and without synthetic photos, as `photos train` has it."""

    recipe: Recipe = "probe"
    """probe: frozen features and a linear head; finetune: last stage and head together;
    two-stage: the head first, then the top of the backbone."""
    backbone: BackboneSettings = BackboneSettings()
    views: tuple[View, ...] = Field(default=DEFAULT_VIEWS, min_length=1)
    """How photos are shown when labelling."""
    probe: ProbeSettings = ProbeSettings()
    head: HeadSettings = HeadSettings()
    training: GradientSettings = GradientSettings()
    augment: AugmentSettings = AugmentSettings()


class StudyConfig(SynthConfig):
    """One study: a generator in each round, and classifiers with ever more of its photos.

    What it shares with a training of a generator (size, limits, ...) holds for each round's.
    """

    split: Path | None = None
    """A split.csv: one round where it holds photos out, as many as it has folds otherwise."""
    shots: int | None = Field(default=None, ge=2)
    """Learn from this many photos of each class and test on all others, `rounds` times."""
    rounds: int = Field(default=5, ge=1, le=100)
    """How often `shots` are drawn; each time a generator is taught."""
    folds: int | None = Field(default=None, ge=2, le=50)
    """Test on one fold after another. Without shots, folds and split, the split that the data
    states, else 5 folds."""
    ratios: tuple[float, ...] = (0, 0.5, 1, 2, 4)
    """Synthetic photos for each real one. 0 is always among them, and a larger one."""
    copies: bool = True
    """Also learn from the real photos once more, at the size and framing of the synthetic ones:
    shows what so small photos are worth at best."""
    classifier: ClassifierSettings = ClassifierSettings()

    @field_validator("ratios")
    @classmethod
    def _from_none_to_many(cls, ratios: tuple[float, ...]) -> tuple[float, ...]:
        in_order = tuple(sorted({0.0, *ratios}))
        if in_order[0] < 0 or not 0 < in_order[-1] <= MOST_A_PHOTO:
            raise ValueError(f"numbers of at least 0, one of them above 0, up to {MOST_A_PHOTO}")
        return in_order

    @model_validator(mode="after")
    def _one_scheme(self) -> "StudyConfig":
        chosen = [n for n in ("shots", "folds", "split") if getattr(self, n) is not None]
        if len(chosen) > 1:
            raise ValueError(f"choose one of {' and '.join(chosen)}")
        return self

    def generator_of(self, round_number: int) -> SynthConfig:
        """How the generator of a round is taught: other initial weights in each."""
        own = {name: getattr(self, name) for name in SynthConfig.model_fields}
        return SynthConfig(**own | {"split": None, "seed": (self.seed + round_number - 1) % SEEDS})

    def photos_config(self) -> PhotosConfig:
        """How the classifier learns, the same in all rounds."""
        own = {name: getattr(self.classifier, name) for name in ClassifierSettings.model_fields}
        shared = ("data", "seed", "mirror", "device", "precision", "cache")
        return PhotosConfig(**own | {name: getattr(self, name) for name in shared})

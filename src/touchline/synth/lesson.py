"""What a generator learns from and what it must never see: photos, parted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from touchline.errors import UsageError
from touchline.files import default_cache
from touchline.photos.config import EvaluationSettings
from touchline.photos.data import Rejected
from touchline.photos.evaluation import plan_evaluation
from touchline.photos.fingerprint import Fingerprint
from touchline.photos.gather import Gathered, gather, mirror_of
from touchline.photos.mirror import MirrorMap
from touchline.photos.records import labelled_hash
from touchline.photos.split import LEARN, TEST, VALID
from touchline.photos.synthetic.made import seen_photos
from touchline.synth.config import SynthConfig
from touchline.synth.photo_stack import PhotoStack, stack_photos


@dataclass(frozen=True)
class Lesson:
    """Photos by what they are for.

    Attributes:
        mirror: the classes, and what each is called in a mirror.
        mirroring: whether photos may be mirrored at all.
        learn: what the generator sees.
        valid: chooses the best snapshot; mostly none.
        test: scores what came of it; mostly none.
        seen: fingerprints of the photos learnt from and of all others of their groups: no photo
            of these may ever score a classifier that learns from what the generator makes.
        rejected: what was left out, and why.
    """

    mirror: MirrorMap
    mirroring: bool
    learn: PhotoStack
    valid: PhotoStack
    test: PhotoStack
    seen: tuple[Fingerprint, ...]
    rejected: tuple[Rejected, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, in the order of their places."""
        return self.mirror.classes

    @property
    def augmenting_mirror(self) -> MirrorMap | None:
        """The map for mirroring the photos learnt from; None where they must not be."""
        return self.mirror if self.mirroring else None

    @property
    def learnt(self) -> str:
        """Names the photos learnt from and their classes (`labelled_hash`)."""
        labels = (self.classes[place] for place in self.learn.labels)
        return labelled_hash(zip(self.learn.sha256s, labels, strict=True))

    def describe(self) -> str:
        """What there is, in words."""
        others = f", {len(self.valid)} to choose by, {len(self.test)} to score by"
        return (
            f"{len(self.learn)} photos of {len(self.classes)} classes to learn from"
            f"{others if len(self.valid) + len(self.test) else ''}"
        )

    @property
    def reference(self) -> PhotoStack:
        """Photos to compare snapshots with: never the test part."""
        return self.valid if len(self.valid) > 1 else self.learn


def gather_lesson(config: SynthConfig) -> Lesson:
    """Read the photos of a configuration.

    Raises:
        UsageError: there are fewer than two usable photos to learn from, the split is not of these
            photos or one into folds, or a plain mirror would spoil directional classes.
    """
    gathered = gather(config.data, config.cache or default_cache())
    parts = _parts(config, gathered)
    learn = [number for number, part in enumerate(parts) if part == LEARN]
    if len(learn) < 2:
        raise UsageError(
            "at least 2 photos to learn from", f"{len(learn)} in {config.data}", "Add photos."
        )
    mirror, mirroring = mirror_of(config.mirror, gathered.photo_set.classes)
    return Lesson(
        mirror, mirroring, stacked(config, gathered, learn),
        stacked(config, gathered, [n for n, part in enumerate(parts) if part == VALID]),
        stacked(config, gathered, [n for n, part in enumerate(parts) if part == TEST]),
        seen_photos(gathered, learn), gathered.photo_set.rejected,
    )  # fmt: skip


def stacked(
    config: SynthConfig, gathered: Gathered, places: Sequence[int] | np.ndarray
) -> PhotoStack:
    """The gathered photos at these places, as a generator of this configuration sees them."""
    chosen = [int(place) for place in places]
    return stack_photos(
        [gathered.photo_set.photos[place] for place in chosen],
        [gathered.fingerprints[place].sha256 for place in chosen],
        [gathered.twins[place] for place in chosen],
        gathered.photo_set.classes, config.size, config.framing,
    )  # fmt: skip


def _parts(config: SynthConfig, gathered: Gathered) -> Sequence[str]:
    """The part of each photo; all of them are learnt from where nothing parts them."""
    photos = gathered.photo_set.photos
    if config.split is None and not any(photo.split for photo in photos):
        return [LEARN] * len(photos)
    plan = plan_evaluation(EvaluationSettings(split=config.split), photos, config.seed)
    if plan.repeats:
        raise UsageError(
            "a split into train and test", f"folds in {config.split}",
            "Use `touchline synth study`, which teaches a generator for each fold, or split with "
            "--shots or --holdout.",
        )  # fmt: skip
    return plan.split.parts

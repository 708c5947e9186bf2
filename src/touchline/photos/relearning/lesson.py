"""What a run learns when it learns on: its own photos, and those that people have reviewed."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from touchline.archive.review.standing import ReviewedPhoto
from touchline.photos.config import EvaluationSettings, PhotosConfig
from touchline.photos.data import Photo, Rejected, class_key
from touchline.photos.fingerprint import Fingerprint
from touchline.photos.split import TEST


@dataclass(frozen=True)
class LessonPhoto:
    """One photo of a lesson.

    Attributes:
        photo: by its absolute path, with the class to learn; `split` is `train` or `test`, or
            empty where the run is cross-validated.
        print_: its fingerprint.
        review: the decision its class comes from; None where the run's own data states it.
        was: the class that the run's own data states; empty for a photo that is not among it.
    """

    photo: Photo
    print_: Fingerprint
    review: ReviewedPhoto | None = None
    was: str = ""

    @property
    def is_taught(self) -> bool:
        """Whether the final classifier learns from it."""
        return self.photo.split != TEST

    @property
    def is_corrected(self) -> bool:
        """Whether a review contradicts the run's own data."""
        return self.was != "" and class_key(self.was) != class_key(self.photo.label)


@dataclass(frozen=True)
class Lesson:
    """The photos of a run that learns on.

    Attributes:
        photos: to learn from and to score; groups hold reviewed photos and others together.
        touched: content hashes of all that was or is learnt from or reviewed.
        lost: how many photos the run had learnt from that its data no longer holds.
        left_out: reviewed files that are not learnt from, and why.
    """

    photos: tuple[LessonPhoto, ...]
    touched: frozenset[str]
    lost: int = 0
    left_out: tuple[Rejected, ...] = ()

    @property
    def taught(self) -> tuple[LessonPhoto, ...]:
        """Those that the final classifier learns from."""
        return tuple(each for each in self.photos if each.is_taught)

    @property
    def held_out(self) -> tuple[LessonPhoto, ...]:
        """Those that only score; none where the run is cross-validated."""
        return tuple(each for each in self.photos if not each.is_taught)

    @property
    def reviewed(self) -> tuple[LessonPhoto, ...]:
        """Those whose class a person decided."""
        return tuple(each for each in self.photos if each.review is not None)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes learnt, sorted."""
        return tuple(sorted({each.photo.label for each in self.taught}))

    def config(self, parent: PhotosConfig, strength: float, table: Path) -> PhotosConfig:
        """The parent's configuration, learning from the table that `write` makes.

        The strength of regularisation stays the parent's. People review what is doubtful, and
        photos that were chosen for being hard would choose too careful a head: over 16 draws of
        real photos that cost 0.1 points of accuracy, and two thirds of the time.

        Args:
            parent: how the parent learnt.
            strength: the one that the parent chose.
            table: where the photos are listed.
        """
        kept = parent.evaluation
        return parent.model_copy(update={
            "data": table,
            "evaluation": EvaluationSettings(folds=kept.folds, repeats=kept.repeats),
            "probe": parent.probe.model_copy(update={"strengths": (strength,)}),
        })  # fmt: skip

    def write(self, table: Path) -> None:
        """Write the photos as a CSV that `touchline photos train` reads."""
        ids = [each.review.review if each.review else None for each in self.photos]
        pd.DataFrame({
            "path": [str(each.photo.path) for each in self.photos],
            "label": [each.photo.label for each in self.photos],
            "split": [each.photo.split for each in self.photos],
            "group": [each.photo.group for each in self.photos],
            "sha256": [each.print_.sha256 for each in self.photos],
            "reviewed": [each.review is not None for each in self.photos],
            "review": pd.array(ids, dtype="Int64"),
            "class_before": [each.was for each in self.photos],
        }).to_csv(table, index=False)  # fmt: skip

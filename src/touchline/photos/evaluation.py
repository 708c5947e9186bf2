"""Which photos teach and which score: the scheme a configuration and its data ask for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from touchline.photos.config import EvaluationSettings
from touchline.photos.data import Photo
from touchline.photos.split import (
    LEARN,
    TEST,
    VALID,
    Split,
    by_shots,
    folds,
    given,
    holdout,
    usable,
)
from touchline.photos.split_file import read_split


@dataclass(frozen=True)
class Evaluation:
    """A scheme of evaluation, as indices into the photos in order of their names.

    Attributes:
        scheme: how it came about, in words.
        split: what `split.csv` shows; of a repeated cross-validation the first repeat.
        repeats: the splits into folds of a cross-validation; empty when photos are held out.
    """

    scheme: str
    split: Split
    repeats: tuple[Split, ...] = ()

    @property
    def train(self) -> np.ndarray:
        """The photos the final classifier learns from: all of them after a cross-validation."""
        if self.repeats:
            return np.arange(len(self.split.names))
        return np.array(self.split.indices(LEARN))

    @property
    def validation(self) -> np.ndarray:
        """The photos that the data sets aside to choose by; mostly none."""
        return np.array(self.split.indices(VALID), dtype=int)

    @property
    def test(self) -> np.ndarray:
        """The photos held out to score; empty for a cross-validation."""
        return np.array(self.split.indices(TEST), dtype=int)

    @property
    def judging(self) -> np.ndarray:
        """The photos that ever score or choose; all of them in a cross-validation."""
        if self.repeats:
            return np.arange(len(self.split.names))
        return np.union1d(self.test, self.validation)


def plan_evaluation(settings: EvaluationSettings, photos: Sequence[Photo], seed: int) -> Evaluation:
    """Choose the scheme: a split that is asked for, else the data's own, else cross-validation.

    Raises:
        UsageError: the split cannot be made of these photos.
    """
    if settings.split is not None:
        kept = usable(read_split(settings.split, photos))
        if kept.is_folds:
            return Evaluation(f"the folds of {settings.split}", kept, (kept,))
        return Evaluation(f"the split of {settings.split}", kept)
    if settings.shots is not None:
        split = by_shots(photos, settings.shots, seed)
        return Evaluation(f"{settings.shots} photos a class to learn, the rest to test", split)
    if settings.holdout is not None:
        split = holdout(photos, settings.holdout, seed)
        return Evaluation(f"{settings.holdout:.0%} of each class held out to test", split)
    if any(photo.split for photo in photos):
        return Evaluation("the split that the data states", given(photos))
    repeats = tuple(
        folds(photos, settings.folds, seed, repeat) for repeat in range(settings.repeats)
    )
    times = f", {settings.repeats} times" if settings.repeats > 1 else ""
    count = len(repeats[0].rounds())
    return Evaluation(f"cross-validation in {count} folds{times}", repeats[0], repeats)

"""The rounds of a study: which photos teach, and which real ones score, each time anew."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from touchline.photos.config import EvaluationSettings
from touchline.photos.data import Photo
from touchline.photos.evaluation import plan_evaluation
from touchline.photos.split import LEARN, TEST, VALID, Split, by_shots, folds
from touchline.synth.study.config import StudyConfig

FOLDS = 5
"""Where neither the person nor the data says how to part the photos."""


@dataclass(frozen=True)
class Round:
    """One parting of the photos; its generator and its classifiers learn from `train` alone.

    Attributes:
        number: from 1.
        split: the part of each photo: `train`, `test`, and `valid` where the data states such.
    """

    number: int
    split: Split

    @property
    def train(self) -> np.ndarray:
        """Places of the photos learnt from, rising."""
        return np.array(self.split.indices(LEARN), dtype=int)

    @property
    def validation(self) -> np.ndarray:
        """Places of the photos that choose a classifier's epoch; mostly none."""
        return np.array(self.split.indices(VALID), dtype=int)

    @property
    def test(self) -> np.ndarray:
        """Places of the photos that score."""
        return np.array(self.split.indices(TEST), dtype=int)

    @property
    def judging(self) -> np.ndarray:
        """Places of all photos that the generator must never have seen."""
        return np.concatenate([self.test, self.validation])


@dataclass(frozen=True)
class Plan:
    """All rounds of a study, and how they came about in words."""

    scheme: str
    rounds: tuple[Round, ...]


def plan_rounds(config: StudyConfig, photos: Sequence[Photo]) -> Plan:
    """Part the photos; bursts, players and copies stay together.

    Args:
        config: says how.
        photos: in order of their names.

    Raises:
        UsageError: the photos cannot be parted so.
    """
    if config.shots is not None:
        splits = [by_shots(photos, config.shots, config.seed + n) for n in range(config.rounds)]
        scheme = f"{config.shots} photos of each class to learn, the others to test"
        return _plan(f"{scheme}; {config.rounds} draws", splits)
    if config.folds is not None:
        split = folds(photos, config.folds, config.seed)
        return _plan(f"cross-validation in {len(split.rounds())} folds", _held_out(split))
    settings = EvaluationSettings(split=config.split, folds=FOLDS)
    found = plan_evaluation(settings, photos, config.seed)
    return _plan(found.scheme, _held_out(found.split) if found.repeats else [found.split])


def _plan(scheme: str, splits: Sequence[Split]) -> Plan:
    return Plan(scheme, tuple(Round(number, split) for number, split in enumerate(splits, 1)))


def _held_out(split: Split) -> list[Split]:
    """Folds as so many splits into train and test."""
    return [
        Split(
            split.names, split.labels, split.groups,
            tuple(TEST if place in set(test) else LEARN for place in range(len(split.names))),
        )
        for _, test in split.rounds()
    ]  # fmt: skip

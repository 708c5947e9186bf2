"""The arms of a study: what is added to the real photos, how many, and in which order."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from touchline.synth.study.config import StudyConfig

Kind = Literal["none", "synthetic", "augmented", "copies"]


@dataclass(frozen=True)
class Arm:
    """One way of teaching the classifier of a round.

    Attributes:
        kind: `none` adds nothing, `synthetic` photos of the generator, `augmented` randomly changed
            real photos, `copies` the real photos at the generator's size.
        ratio: photos added for each real one.
    """

    kind: Kind
    ratio: float

    @property
    def name(self) -> str:
        """In one word, for files and tables.

        >>> Arm("synthetic", 0.5).name, Arm("none", 0).name
        ('synthetic-0.5', 'none')
        """
        return self.kind if self.kind in ("none", "copies") else f"{self.kind}-{self.ratio:g}"


def arms_of(config: StudyConfig) -> tuple[Arm, ...]:
    """All arms, the one without anything added first; each ratio also as augmentation alone."""
    more = [ratio for ratio in config.ratios if ratio > 0]
    return (
        Arm("none", 0.0),
        *(Arm("synthetic", ratio) for ratio in more),
        *(Arm("augmented", ratio) for ratio in more),
        *((Arm("copies", 1.0),) if config.copies else ()),
    )


def added(labels: np.ndarray, ratio: float) -> np.ndarray:
    """For each photo to add, the place of the real one whose class (or picture) it takes.

    Each real photo is named once before any is named twice, and any stretch is well mixed, so that
    every ratio keeps the class mix. What a smaller ratio adds comes first in a larger one's.

    Args:
        labels: `(n,)` classes of the real photos, at least one.
        ratio: photos to add for each.

    >>> added(np.array([0, 0, 1, 1]), 1.5).tolist()
    [0, 2, 1, 3, 0, 2]
    """
    own = np.array(numbered(labels.tolist()))[:, 1]
    share = (own + 0.5) / np.bincount(labels)[labels]
    return np.resize(np.lexsort((labels, share)), int(ratio * len(labels) + 0.5))


def numbered(labels: list[int]) -> list[tuple[int, int]]:
    """Each label with its number among equal ones, from 0.

    >>> numbered([3, 5, 3])
    [(3, 0), (5, 0), (3, 1)]
    """
    seen: Counter[int] = Counter()
    pairs = []
    for label in labels:
        pairs.append((label, seen[label]))
        seen[label] += 1
    return pairs

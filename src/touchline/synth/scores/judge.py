"""A judge of classes that learnt from real photos only, and how far it can be trusted.

A linear head on features of real photos: strong enough to tell classes and sides, and too plain to
learn much of a generator's habits, none of whose photos it ever sees.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from touchline.photos.config import View
from touchline.photos.dealing import dealt
from touchline.photos.linear_head import LinearHead, Samples, choose_strength, fit_heads
from touchline.photos.mirror import MirrorMap
from touchline.synth.scores.sides import Verdict, verdict_of

FOLDS = 5
STRENGTHS = (0.01, 0.1)
USUAL_STRENGTH = 0.01


@dataclass(frozen=True)
class Judge:
    """A head that tells classes, and how it did on real photos it had not learnt from.

    Attributes:
        head: features to logits.
        mirror: the classes and what each is called in a mirror.
        views: how photos are shown to it.
        on_real: its verdict on real photos by cross-validation over groups; of no photos where all
            are of one group.
    """

    head: LinearHead
    mirror: MirrorMap
    views: tuple[View, ...]
    on_real: Verdict

    def verdict(self, features: np.ndarray, labels: np.ndarray) -> Verdict:
        """Judge photos that are to show given classes.

        Args:
            features: `(n, views, features)`.
            labels: `(n,)` places of the classes they are to show.
        """
        samples = _samples(features, labels, self.views)
        return verdict_of(self.head.logits(samples, self.mirror), labels, self.mirror)


def teach_judge(
    features: np.ndarray, labels: np.ndarray, groups: np.ndarray, mirror: MirrorMap,
    views: tuple[View, ...], seed: int = 0,
) -> Judge:  # fmt: skip
    """Teach a judge on real photos, and try it by cross-validation with whole groups held out.

    The strength of its regularisation is the better of two in that same cross-validation, which
    flatters it by next to nothing. A class whose photos are of one group only cannot be known when
    they are held out, and counts as mistaken then.

    Args:
        features: `(n, views, features)` of real photos.
        labels: `(n,)` places of their classes.
        groups: `(n,)` keys of photos that belong together.
        mirror: the classes and what each is called in a mirror.
        views: how the photos are shown (`touchline.synth.scores.embedding.views_of`).
        seed: of the folds.
    """
    samples = _samples(features, labels, views)
    weights = np.ones(len(mirror.classes), np.float32)
    count = min(FOLDS, len(np.unique(groups)))
    if count < 2:
        (head,) = fit_heads(samples, mirror, (USUAL_STRENGTH,), weights)
        nothing = np.empty((0, len(mirror.classes)))
        return Judge(head, mirror, views, verdict_of(nothing, labels[:0], mirror))
    folds = parted(labels, groups, count, seed)
    choice = choose_strength(samples, folds, mirror, STRENGTHS, weights)
    (head,) = fit_heads(samples, mirror, (choice.strength,), weights)
    return Judge(head, mirror, views, verdict_of(choice.logits, labels, mirror, groups.tolist()))


def parted(labels: np.ndarray, groups: np.ndarray, count: int, seed: int) -> np.ndarray:
    """`(n,)` the part of each photo, from 0: parts alike in classes, whole groups in one.

    Args:
        labels: `(n,)` places of classes.
        groups: `(n,)` keys of photos that belong together.
        count: how many parts, at most as many as groups.
        seed: names one of the many possible partings.
    """
    held: dict[str, Counter[str]] = {}
    for label, group in zip(labels.tolist(), groups.tolist(), strict=True):
        held.setdefault(f"{group}", Counter())[f"{label}"] += 1
    part_of = dealt(held, count, f"{seed}")
    return np.array([part_of[f"{group}"] for group in groups.tolist()])


def _samples(features: np.ndarray, labels: np.ndarray, views: tuple[View, ...]) -> Samples:
    return Samples(features, labels, views, tuple(range(len(views))))

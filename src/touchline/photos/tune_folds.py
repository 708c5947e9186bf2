"""The score that photos are tuned by: the mean over folds of the photos learnt from.

Test photos are never looked at. Frozen features are kept in memory, for a study asks for the same
ones in every trial.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
import torch

from touchline.photos.config import PhotosConfig
from touchline.photos.features import Variant
from touchline.photos.gather import Gathered, prepare
from touchline.photos.linear_head import choose_strength, fit_heads
from touchline.photos.probe import probe_samples
from touchline.photos.split import folds
from touchline.photos.study import Study
from touchline.photos.train import RECIPES

Report = Callable[[int, float], None]


@dataclass(frozen=True)
class FoldScore:
    """How a configuration did on photos that its folds did not learn from.

    Attributes:
        mean: of the folds' accuracies.
        hits: `(n,)` whether each learning photo was named right by the fold that held it out.
    """

    mean: float
    hits: np.ndarray


@dataclass(frozen=True)
class RememberingStudy(Study):
    """A study that keeps features in memory.

    Attributes:
        kept: `(n,)` the photos whose features are ever asked for, in rising order.
        memory: `(n, features)` of each variant, by its name in the cache.
    """

    kept: np.ndarray = field(default_factory=lambda: np.empty(0, int))
    memory: dict[str, np.ndarray] = field(default_factory=dict)

    def features(self, photos: np.ndarray, variants: tuple[Variant, ...]) -> np.ndarray:
        """As of any study; what was asked for before, of any of the photos, is at hand."""
        names = [each.key(self.augmentation, self.config.seed) for each in variants]
        new = {n: v for n, v in zip(names, variants, strict=True) if n not in self.memory}
        if new:
            found = super().features(self.kept, tuple(new.values()))
            self.memory.update({name: found[:, place] for place, name in enumerate(new)})
        rows = np.searchsorted(self.kept, photos)
        return np.stack([self.memory[name][rows] for name in names], axis=1)


class FoldScorer:
    """Scores configurations on folds of the same photos, which are read and prepared once.

    Args:
        gathered: all photos.
        learning: `(n,)` which of them are learnt from, in rising order.
        validation: `(m,)` those that the data sets aside to choose epochs by; mostly none.
    """

    def __init__(self, gathered: Gathered, learning: np.ndarray, validation: np.ndarray) -> None:
        self.gathered, self.learning, self.validation = gathered, learning, validation
        self._prepared: dict[str, RememberingStudy] = {}

    def study(self, config: PhotosConfig) -> RememberingStudy:
        """The photos under a configuration, with what is remembered of its network."""
        network = f"{config.backbone}/{config.device}/{config.precision}/{config.seed}"
        before = self._prepared.get(network)
        plain = prepare(config, self.gathered, before.backbone if before else None)
        own = {each.name: getattr(plain, each.name) for each in fields(Study)}
        study = RememberingStudy(
            **{**own, "validation": self.validation},
            kept=np.union1d(self.learning, self.validation),
            memory=before.memory if before else {},
        )  # fmt: skip
        return self._prepared.setdefault(network, study) if before is None else study

    def check(self, config: PhotosConfig) -> None:
        """Refuse, before any trial, settings that the photos cannot be taught with.

        Raises:
            UsageError: there is no such network, it cannot see photos in these views, or the
                classes cannot be parted into folds.
        """
        study = self.study(config)
        _ = study.learning_views  # made when first asked for
        folds([study.photos[p] for p in self.learning], config.evaluation.folds, config.seed)

    def score(
        self, config: PhotosConfig, report: Report | None = None, repeat: int = 0
    ) -> FoldScore:
        """Teach and score once a fold.

        Args:
            config: what is scored; `evaluation.folds` says how many folds.
            report: told the mean so far after each fold.
            repeat: other numbers deal the photos to other folds; a study uses 0.
        """
        study = self.study(config)
        own = [study.photos[photo] for photo in self.learning]
        dealt = folds(own, config.evaluation.folds, config.seed, repeat)
        parts = np.array([int(part) for part in dealt.parts])
        hits = np.zeros(len(parts), bool)
        means: list[float] = []
        held_out = _probe_hits if config.recipe == "probe" else _trained_hits
        with held_out(study, self.learning, parts) as in_turn:
            for fold, right in enumerate(in_turn, start=1):
                hits[parts == fold] = right
                means.append(float(right.mean()))
                if report is not None:
                    report(fold, float(np.mean(means)))
        return FoldScore(float(np.mean(means)), hits)


@contextmanager
def _probe_hits(
    study: Study, learning: np.ndarray, parts: np.ndarray
) -> Iterator[Iterator[np.ndarray]]:
    """The folds' hits in turn, several folds at work at once, one thread each.

    As `learn_probe` does, but for what only calibration needs: with one strength to choose from
    there are no inner folds.
    """
    samples = probe_samples(study, learning)

    def right(fold: int) -> np.ndarray:
        inside, outside = samples.take(parts != fold), samples.take(parts == fold)
        photos = learning[parts != fold]
        weights, strengths = study.class_weights(photos), study.config.probe.strengths
        if len(strengths) > 1:
            count = study.config.probe.inner_folds
            inner = folds([study.photos[p] for p in photos], count, study.config.seed)
            choice = choose_strength(
                inside, np.array(inner.parts), study.mirror, strengths, weights
            )
            strengths = (choice.strength,)
        (head,) = fit_heads(inside, study.mirror, strengths, weights)
        return np.asarray(head.logits(outside, study.mirror).argmax(axis=1) == outside.labels)

    pool = ThreadPoolExecutor(os.cpu_count(), initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield pool.map(right, range(1, parts.max() + 1))
    finally:  # a trial that is pruned does not wait for folds that have not begun
        pool.shutdown(cancel_futures=True)


@contextmanager
def _trained_hits(
    study: Study, learning: np.ndarray, parts: np.ndarray
) -> Iterator[Iterator[np.ndarray]]:
    """The folds' hits in turn, each from a training of its own."""
    learn = RECIPES[study.config.recipe]

    def right(fold: int) -> np.ndarray:
        inside, outside = learning[parts != fold], learning[parts == fold]
        learnt = learn(study, inside, Path(folder) / f"fold-{fold}")
        logits, _ = study.score(learnt.network, outside, quiet=True)
        return np.asarray(logits.argmax(axis=1) == study.labels[outside])

    with tempfile.TemporaryDirectory(prefix="touchline-trial-") as folder:
        yield map(right, range(1, parts.max() + 1))

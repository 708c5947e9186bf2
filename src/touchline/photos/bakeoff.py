"""Which backbone to take: a probe on the frozen features of each, taught and scored alike.

Photos are read once and split once, so that the differences are of the backbones alone and can be
paired photo by photo.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from touchline.backbones.loading import load_backbone
from touchline.errors import EnvironmentMissingError, TouchlineError
from touchline.files import default_cache
from touchline.photos.compare import Comparison, ScoredRun, compare_runs
from touchline.photos.config import PhotosConfig
from touchline.photos.contenders import Contender
from touchline.photos.evaluation import Evaluation, plan_evaluation
from touchline.photos.features import Variant
from touchline.photos.gather import gather, prepare
from touchline.photos.metrics import score_photos
from touchline.photos.probe import learn_probe
from touchline.photos.records import cost_of
from touchline.photos.scoring import Scored, teach_and_score
from touchline.photos.study import Study
from touchline.photos.synthetic.alone import refuse_synthetic
from touchline.reporting.confidence import Score
from touchline.reporting.progress import say

TIMED_PHOTOS = 32
"""Features of so many photos are computed afresh to time them, whatever the cache holds."""


@dataclass(frozen=True)
class Baked:
    """One row of a bake-off.

    Attributes:
        name: the backbone as it was named.
        accuracy, macro_f1: of the probe on photos it has not seen.
        feature_seconds: for the features of one photo in all views learnt from, decoding included.
        teach_seconds: to teach one probe on all learning photos once their features are there.
        parameters: weights of backbone and head.
        gflops: billions of floating-point operations to label one photo.
        behind: the best backbone's accuracy minus this one's, paired; None for the best.
        p_value: of that difference, corrected for the number of pairs; None for the best.
        verdict: whether the best is better, in words; empty for the best.
    """

    name: str
    accuracy: Score
    macro_f1: Score
    feature_seconds: float
    teach_seconds: float
    parameters: int
    gflops: float
    behind: Score | None = None
    p_value: float | None = None
    verdict: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        scores = {"accuracy": self.accuracy, "macro_f1": self.macro_f1, "behind": self.behind}
        return vars(self) | {key: score and score.as_dict() for key, score in scores.items()}


@dataclass(frozen=True)
class BakeOff:
    """A finished bake-off.

    Attributes:
        rows: one a backbone, the most accurate first.
        left_out: (backbone, why its weights cannot be had here).
        scheme: how was scored, in words.
        learnt_from: how many photos the final probes learn from.
    """

    rows: tuple[Baked, ...]
    left_out: tuple[tuple[str, str], ...]
    scheme: str
    learnt_from: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "evaluation": self.scheme, "learnt_from": self.learnt_from,
            "backbones": [row.as_dict() for row in self.rows],
            "left_out": [{"name": name, "reason": reason} for name, reason in self.left_out],
        }  # fmt: skip


def bake_off(config: PhotosConfig, named: Sequence[Contender]) -> BakeOff:
    """Teach and score a probe on each backbone; those whose weights cannot be had are left out.

    Args:
        config: data, views, evaluation and probe; its own backbone and recipe do not count.
        named: the backbones.

    Raises:
        UsageError: when the photos or the configuration cannot be used.
        EnvironmentMissingError: when no backbone can be had.
    """
    refuse_synthetic(config, "to compare backbones on")
    gathered = gather(config.data, config.cache or default_cache())
    evaluation = plan_evaluation(config.evaluation, gathered.photo_set.photos, config.seed)
    rows, runs, left_out = [], [], []
    groups: dict[str, str] = {}
    for place, each in enumerate(named, start=1):
        say(f"Backbone {place} of {len(named)}: {each.word}")
        own = config.model_copy(update={"backbone": each.settings, "recipe": "probe"})
        try:
            backbone = load_backbone(own.backbone.name, own.backbone.weights, config.seed)
        except TouchlineError as error:
            left_out.append((each.word, str(error)))
            continue
        study = replace(prepare(own, gathered, backbone), validation=evaluation.validation)
        row, scored = _bake(study, evaluation, each.word)
        keys = _keys(study, scored)
        groups = dict(zip(keys, study.groups[scored.photos].tolist(), strict=True))
        runs.append(_scored_run(each.word, study, scored, keys))
        rows.append(row)
    if not rows:
        raise EnvironmentMissingError(
            "at least one backbone whose weights can be had",
            "; ".join(f"{name}: {reason}" for name, reason in left_out).rstrip("."),
            "Name others, such as tf_efficientnet_lite0.",
        )
    return BakeOff(
        _against_the_best(rows, runs, groups, config.seed), tuple(left_out), evaluation.scheme,
        len(evaluation.train),
    )  # fmt: skip


def _bake(study: Study, evaluation: Evaluation, name: str) -> tuple[Baked, Scored]:
    variants = tuple(Variant(view) for view in study.learning_views)
    feature_seconds = _seconds_of_features(study, variants)
    study.features(np.arange(len(study.photos)), variants)
    start = time.perf_counter()
    learn_probe(study, evaluation.train, Path())
    teach_seconds = time.perf_counter() - start
    taught = teach_and_score(study, learn_probe, evaluation, Path())
    scored, cost = taught.scored, cost_of(study, taught.learnt.network)
    scores = score_photos(
        study.labels[scored.photos], scored.probabilities, study.classes,
        partner=np.array(study.mirror.partner), groups=study.groups[scored.photos].tolist(),
        seed=study.config.seed,
    )  # fmt: skip
    row = Baked(
        name, scores.accuracy, scores.macro_f1, feature_seconds, teach_seconds,
        int(cost["parameters"]), cost["gflops_per_photo"],
    )  # fmt: skip
    return row, scored


def _seconds_of_features(study: Study, variants: tuple[Variant, ...]) -> float:
    """For one photo, the mean over some of them, spread over the set; the first pass only warms."""
    count = min(TIMED_PHOTOS, len(study.photos))
    some = np.linspace(0, len(study.photos) - 1, count).astype(int)
    study.extract(study.backbone.network, some[:2], variants, None, quiet=True)
    start = time.perf_counter()
    study.extract(study.backbone.network, some, variants, None, quiet=True)
    return (time.perf_counter() - start) / count


def _keys(study: Study, scored: Scored) -> list[str]:
    """A name for each time a photo was scored."""
    names = (study.photos[photo].name for photo in scored.photos)
    return [f"{name} ({part})" for name, part in zip(names, scored.parts, strict=True)]


def _scored_run(name: str, study: Study, scored: Scored, keys: list[str]) -> ScoredRun:
    classes = np.array(study.classes)
    labels = classes[scored.probabilities.argmax(axis=1)].tolist()
    return ScoredRun(name, keys, classes[study.labels[scored.photos]].tolist(), labels)


def _against_the_best(
    rows: Iterable[Baked], runs: Iterable[ScoredRun], groups: dict[str, str], seed: int
) -> tuple[Baked, ...]:
    """The rows, the most accurate first, each of the others paired with the first."""
    both = sorted(zip(rows, runs, strict=True), key=lambda pair: -pair[0].accuracy.value)
    if len(both) == 1:
        return (both[0][0],)
    compared = compare_runs([run for _, run in both], groups=groups, seed=seed)
    best = both[0][0]
    pairs = {pair.second: pair for pair in compared.pairs if pair.first == best.name}
    return (best, *(_beside(row, pairs[row.name]) for row, _ in both[1:]))


def _beside(row: Baked, pair: Comparison) -> Baked:
    return replace(row, behind=pair.difference, p_value=pair.p_value, verdict=pair.verdict)

"""What a run keeps of the clips it scored: every confidence, and the figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.reporting.confidence import Numbers, Score, wilson
from touchline.runs import Run
from touchline.spotting.classify.clips import LabelledClip
from touchline.spotting.metrics.clip_metrics import Labels, score_clips, single_label
from touchline.spotting.metrics.clip_scores import ClipScores

PREDICTIONS = "predictions.parquet"
SPLITS = ("test", "valid")
"""In the order in which they are told."""
SAID_FROM = 0.5
"""The confidence from which a class is said to happen, where clips may bear several."""
SECONDS_OF_A_GROUP = 60.0
"""Clips of one minute of play are no independent witnesses, so intervals draw them together."""


@dataclass(frozen=True)
class ScoredClips:
    """What was said of the clips of one split.

    Attributes:
        table: one row a clip in order: split, match, half, video, start, end (seconds), truth
            (labels), confidences (of every class).
        classes: the labels, in the order of the confidences.
        one_label: whether each clip bears exactly one.
        seed: of the intervals.
    """

    table: pd.DataFrame
    classes: tuple[str, ...]
    one_label: bool
    seed: int

    @cached_property
    def truth(self) -> Labels:
        """Whether each clip bears each class, `(clips, classes)`."""
        return np.array([[label in row for label in self.classes] for row in self.table["truth"]])

    @cached_property
    def confidences(self) -> Numbers:
        """Of each class for each clip, `(clips, classes)`."""
        return np.stack(self.table["confidences"].to_list())

    @cached_property
    def said(self) -> Labels:
        """Whether each class is said of each clip, `(clips, classes)`."""
        if self.one_label:
            return single_label(self.confidences)
        said: NDArray[np.bool_] = self.confidences >= SAID_FROM
        return said

    @cached_property
    def scores(self) -> ClipScores:
        """All figures with their intervals."""
        minute = (self.table["start"] // SECONDS_OF_A_GROUP).astype(int)
        groups = list(zip(self.table["match"], self.table["half"], minute, strict=True))
        return score_clips(
            self.truth, self.confidences, self.said, self.classes, groups=groups, seed=self.seed
        )

    @cached_property
    def baseline_nothing(self) -> Score:
        """The share of clips in which nothing happens: all right for who never says anything."""
        return wilson(int((~self.truth.any(axis=1)).sum()), len(self.truth))

    def as_dict(self) -> dict[str, Any]:
        """All figures for JSON."""
        return {**self.scores.as_dict(), "baseline_nothing": self.baseline_nothing.as_dict()}


def table_of(
    split: str, clips: Sequence[LabelledClip], confidences: Numbers, rate: float
) -> pd.DataFrame:
    """One row a clip, as `ScoredClips.table` describes it.

    Args:
        split: `valid` or `test`.
        clips: in order.
        confidences: of each class for each of them, `(clips, classes)`.
        rate: steps a second.
    """
    times = [clip.seconds(rate) for clip in clips]
    return pd.DataFrame({
        "split": split,
        "match": [clip.footage.match for clip in clips],
        "half": [clip.footage.half for clip in clips],
        "video": [str(clip.footage.video) for clip in clips],
        "start": [start for start, _ in times],
        "end": [end for _, end in times],
        "truth": [list(clip.labels) for clip in clips],
        "confidences": list(confidences),
    })  # fmt: skip


def write_records(
    run: Run, tables: Sequence[pd.DataFrame], classes: Sequence[str], one_label: bool, seed: int
) -> dict[str, ScoredClips]:
    """Write `predictions.parquet` and `metrics.json`, and give back what was scored by split."""
    whole = pd.concat(tables, ignore_index=True)
    write_atomically(run.file(PREDICTIONS), whole.to_parquet(index=False))
    parts = _by_split(whole, classes, one_label, seed)
    figures = {name: part.as_dict() for name, part in parts.items()}
    run.write_json("metrics.json", {"one_label": one_label, "seed": seed, **figures})
    return parts


def read_records(run: Run) -> dict[str, ScoredClips]:
    """What was scored by split, the test first.

    Raises:
        UsageError: when the run is not finished, or not one of clips.
    """
    metrics, labels = run.read_json("metrics.json"), run.read_json("labels.json")
    if "one_label" not in metrics:
        raise UsageError(
            "the run of a classifier of clips", f"a run of another kind at {run.folder}",
            "Make one with `touchline spotting classify DATA --out RUN`.",
        )  # fmt: skip
    whole = pd.read_parquet(run.file(PREDICTIONS))
    return _by_split(whole, labels["classes"], metrics["one_label"], metrics["seed"])


def _by_split(
    whole: pd.DataFrame, classes: Sequence[str], one_label: bool, seed: int
) -> dict[str, ScoredClips]:
    return {
        name: ScoredClips(part.reset_index(drop=True), tuple(classes), one_label, seed)
        for name in SPLITS
        if len(part := whole[whole["split"] == name])
    }

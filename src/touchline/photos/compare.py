"""Which of several runs labels the same photos better, or whether that cannot be told.

Runs are compared photo by photo, for two runs mostly fail on the same hard photos and the
difference between them is far better known than either accuracy.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchline.errors import UsageError
from touchline.reporting.confidence import Score, mean, share, wider, wilson
from touchline.reporting.significance import holm, mcnemar
from touchline.reporting.tables import Table

SIGNIFICANCE = 0.05
NOT_DISTINGUISHABLE = "not distinguishable"


@dataclass(frozen=True)
class ScoredRun:
    """What a run answered to photos whose class is known, and what it cost.

    Attributes:
        name: the run, as it is called in tables and verdicts.
        photos: the photos' names, in any order, each once.
        truth: the true class of each.
        predicted: the label the run gave each.
        seconds: wall time of training, where known.
        parameters: how many weights the model has, where known.
        gflops: billions of floating-point operations for one photo, where known.
    """

    name: str
    photos: Sequence[str]
    truth: Sequence[str]
    predicted: Sequence[str]
    seconds: float | None = None
    parameters: int | None = None
    gflops: float | None = None

    def __post_init__(self) -> None:
        if not len(self.photos) == len(self.truth) == len(self.predicted) or not self.photos:
            raise UsageError(
                f"a true class and a label for each of at least one photo in {self.name!r}",
                f"{len(self.photos)} photos, {len(self.truth)} classes, "
                f"{len(self.predicted)} labels",
                "Evaluate the run again.",
            )
        photo, times = Counter(self.photos).most_common(1)[0]
        if times > 1:
            raise UsageError(
                f"each photo once in {self.name!r}", f"{photo!r} {times} times",
                "Keep one row a photo.",
            )  # fmt: skip

    def correct_on(self, photos: Sequence[str]) -> NDArray[np.bool_]:
        """Whether the run is right about each of `photos`, in that order, shape (n,)."""
        answers = zip(self.photos, self.truth, self.predicted, strict=True)
        right = {photo: truth == predicted for photo, truth, predicted in answers}
        return np.array([right[photo] for photo in photos])


@dataclass(frozen=True)
class Comparison:
    """Two runs on the same photos.

    Attributes:
        first, second: their names.
        difference: accuracy of the first minus that of the second.
        only_first: how many photos only the first has right.
        only_second: how many photos only the second has right.
        p_value: of McNemar's exact test, corrected by Holm's method for the pairs compared with it.
    """

    first: str
    second: str
    difference: Score
    only_first: int
    only_second: int
    p_value: float

    @property
    def verdict(self) -> str:
        """Who is better, or that it cannot be told.

        A run is called better only when the interval of the difference excludes 0 and the p-value
        is below 0.05.
        """
        if self.p_value < SIGNIFICANCE and self.difference.low > 0:
            return f"{self.first} better"
        if self.p_value < SIGNIFICANCE and self.difference.high < 0:
            return f"{self.second} better"
        return NOT_DISTINGUISHABLE

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "first": self.first, "second": self.second, "difference": self.difference.as_dict(),
            "only_first": self.only_first, "only_second": self.only_second,
            "p_value": self.p_value, "verdict": self.verdict,
        }  # fmt: skip


@dataclass(frozen=True)
class ComparedRun:
    """One row of the table of runs; None where a cost is not known (see `ScoredRun`)."""

    name: str
    accuracy: Score
    seconds: float | None
    parameters: int | None
    gflops: float | None


@dataclass(frozen=True)
class RunComparison:
    """Several runs on the same photos: a row for each, best first, and every pair of them."""

    runs: tuple[ComparedRun, ...]
    pairs: tuple[Comparison, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "runs": [vars(run) | {"accuracy": run.accuracy.as_dict()} for run in self.runs],
            "pairs": [pair.as_dict() for pair in self.pairs],
        }

    def run_table(self) -> Table:
        """Accuracy and cost of each run, best first; costs that no run knows have no column."""
        costs = {"wall time (s)": "seconds", "parameters": "parameters", "GFLOPs": "gflops"}
        known = {
            title: name for title, name in costs.items()
            if any(getattr(run, name) is not None for run in self.runs)
        }  # fmt: skip
        rows = [
            (run.name, run.accuracy, *(getattr(run, name) for name in known.values()))
            for run in self.runs
        ]
        return Table(("run", "accuracy", *known), tuple(rows))

    def pair_table(self) -> Table:
        """Every pair: the difference, the photos only one of them has right, and the verdict."""
        columns = ("first", "second", "difference", "only first", "only second", "p", "verdict")
        rows = [
            (pair.first, pair.second, pair.difference, pair.only_first, pair.only_second,
             pair.p_value, pair.verdict)
            for pair in self.pairs
        ]  # fmt: skip
        return Table(columns, tuple(rows))


def compare(
    first: ScoredRun,
    second: ScoredRun,
    *,
    groups: Mapping[str, Hashable] | None = None,
    seed: int = 0,
) -> Comparison:
    """Compare two runs on the same photos by paired bootstrap and McNemar's exact test.

    Where the runs are never of two minds the bootstrap sees no spread; the interval then says how
    often they could still differ.

    Args:
        first: a run.
        second: another, on the same photos in any order.
        groups: the group of each photo by name; photos of one group are drawn together in the
            bootstrap. McNemar's test takes photos for independent all the same.
        seed: of the bootstrap.

    Raises:
        UsageError: when the runs answered different photos, or disagree about a true class.
    """
    _check_same_photos(first, second)
    photos = sorted(first.photos)
    ours, theirs = first.correct_on(photos), second.correct_on(photos)
    keys = None if groups is None else [groups[photo] for photo in photos]
    difference = mean(ours.astype(float) - theirs, groups=keys, seed=seed, unit="points")
    if (ours == theirs).all():
        unseen = wilson(0, len(photos)).high
        difference = wider(difference, replace(difference, low=-unseen, high=unseen))
    only_first, only_second = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    p_value = mcnemar(only_first, only_second)
    return Comparison(first.name, second.name, difference, only_first, only_second, p_value)


def compare_runs(
    runs: Sequence[ScoredRun], *, groups: Mapping[str, Hashable] | None = None, seed: int = 0
) -> RunComparison:
    """Compare every pair of runs, p-values corrected for their number by Holm's method.

    Args:
        runs: two or more, on the same photos.
        groups: as for `compare`.
        seed: of the bootstraps.

    Raises:
        UsageError: for fewer than two runs, or as `compare`.
    """
    if len(runs) < 2:
        raise UsageError("two or more runs to compare", str(len(runs)), "Name another run.")
    pairs = [compare(*pair, groups=groups, seed=seed) for pair in combinations(runs, 2)]
    corrected = holm([pair.p_value for pair in pairs])
    photos = sorted(runs[0].photos)
    keys = None if groups is None else [groups[photo] for photo in photos]
    rows = [
        ComparedRun(
            run.name, share(run.correct_on(photos), groups=keys, seed=seed),
            run.seconds, run.parameters, run.gflops,
        )
        for run in runs
    ]  # fmt: skip
    rows.sort(key=lambda row: -row.accuracy.value)
    return RunComparison(
        tuple(rows),
        tuple(replace(pair, p_value=p) for pair, p in zip(pairs, corrected, strict=True)),
    )


def _check_same_photos(first: ScoredRun, second: ScoredRun) -> None:
    ours, theirs = (dict(zip(run.photos, run.truth, strict=True)) for run in (first, second))
    if ours.keys() != theirs.keys():
        only = sorted(ours.keys() ^ theirs.keys())
        raise UsageError(
            f"the same photos in {first.name!r} and {second.name!r}",
            f"{len(only)} in one but not the other, such as {only[0]!r}",
            "Evaluate both runs on the same split.",
        )
    for photo, label in ours.items():
        if theirs[photo] != label:
            raise UsageError(
                f"one true class of {photo!r}",
                f"{label!r} in {first.name!r} and {theirs[photo]!r} in {second.name!r}",
                "Evaluate both runs on the same labels.",
            )

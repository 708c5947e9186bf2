"""The outcome of a study, from the answers of all its arms: accuracies and paired differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from touchline.photos.mirror import MirrorMap
from touchline.reporting.confidence import Score
from touchline.synth.study.arms import Arm
from touchline.synth.study.differences import mean_of, within_reach
from touchline.synth.study.verdicts import Contrast, headline, verdict_over


@dataclass(frozen=True)
class ArmOutcome:
    """How one arm did on real photos.

    Attributes:
        arm: what was added.
        added: photos added in a round, on average.
        accuracy: on the photos that score.
        mirrored: share of the photos of classes with a side that are taken for the mirror class;
            None where no class has a partner.
    """

    arm: Arm
    added: float
    accuracy: Score
    mirrored: Score | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "arm": self.arm.name, "kind": self.arm.kind, "ratio": self.arm.ratio,
            "added": self.added, "accuracy": self.accuracy.as_dict(),
            "mirrored": self.mirrored.as_dict() if self.mirrored else None,
        }  # fmt: skip


@dataclass(frozen=True)
class ClassOutcome:
    """One class: its photos without anything added, and what each ratio changes.

    Attributes:
        name: the class.
        partner: what it becomes in a mirror; empty where it has no side.
        accuracy: share of its photos that are labelled right without anything added.
        changes: by ratio the difference synthetic photos make, each interval by itself.
    """

    name: str
    partner: str
    accuracy: Score
    changes: tuple[Score, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name, "partner": self.partner, "accuracy": self.accuracy.as_dict(),
            "changes": [each.as_dict() for each in self.changes],
        }  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """Everything a study found.

    Attributes:
        rounds: how many there were.
        photos: real photos that score, each counted once.
        arms: in the order of the study.
        helps: synthetic photos against none; a contrast for each ratio above 0.
        beats: synthetic photos against as many randomly changed real ones.
        augmentation: randomly changed real photos against none.
        copies: real photos at the generator's size against none; none where they were left out.
        classes: one entry a class.
    """

    rounds: int
    photos: int
    arms: tuple[ArmOutcome, ...]
    helps: tuple[Contrast, ...]
    beats: tuple[Contrast, ...]
    augmentation: tuple[Contrast, ...]
    copies: tuple[Contrast, ...]
    classes: tuple[ClassOutcome, ...]

    @property
    def verdict(self) -> str:
        """One word for all ratios."""
        return verdict_over(self.helps)

    @property
    def headline(self) -> str:
        """The answer in a sentence or two."""
        return headline(self.helps, self.beats)

    def as_dict(self) -> dict[str, Any]:
        """For `metrics.json`."""
        contrasts = ("helps", "beats", "augmentation", "copies")
        return {
            "verdict": self.verdict, "headline": self.headline, "rounds": self.rounds,
            "photos": self.photos, "arms": [each.as_dict() for each in self.arms],
            **{name: [each.as_dict() for each in getattr(self, name)] for name in contrasts},
            "classes": [each.as_dict() for each in self.classes],
        }  # fmt: skip


def outcome_of(answers: pd.DataFrame, arms: Sequence[Arm], mirror: MirrorMap) -> Outcome:
    """Compare the arms photo by photo.

    Args:
        answers: of every arm in every round to the same photos (`COLUMNS`).
        arms: of the study.
        mirror: the classes and what each is called in a mirror.
    """
    grid = _Grid.of(answers, arms, mirror)
    ratios = [arm.ratio for arm in arms if arm.kind == "synthetic"]
    none = Arm("none", 0.0)
    controls = [arm for arm in arms if arm.kind == "copies"]
    return Outcome(
        rounds=grid.rounds,
        photos=len(grid.photos),
        arms=tuple(grid.arm_outcome(arm) for arm in arms),
        helps=grid.contrasts([(Arm("synthetic", r), none) for r in ratios]),
        beats=grid.contrasts([(Arm("synthetic", r), Arm("augmented", r)) for r in ratios]),
        augmentation=grid.contrasts([(Arm("augmented", r), none) for r in ratios]),
        copies=grid.contrasts([(arm, none) for arm in controls]),
        classes=tuple(grid.class_outcome(name, ratios) for name in grid.tested_classes),
    )


@dataclass(frozen=True)
class _Grid:
    """Answers as rounds x photos, with the photos' names, classes and groups beside."""

    photos: pd.DataFrame
    right: dict[Arm, np.ndarray]
    mirrored: dict[Arm, np.ndarray]
    added: dict[Arm, float]
    mirror: MirrorMap

    @classmethod
    def of(cls, answers: pd.DataFrame, arms: Sequence[Arm], mirror: MirrorMap) -> "_Grid":
        photos = answers.drop_duplicates("photo").set_index("photo").sort_index()
        truth, label = answers["truth"], answers["label"]
        opposite = truth.map(_opposites(mirror))
        swapped = (label == opposite).astype(float).where(opposite != truth)
        marked = answers.assign(right=(label == truth).astype(float), mirrored=swapped)
        own = {arm: _rows_of(marked, arm) for arm in arms}

        def grid(rows: pd.DataFrame, column: str) -> np.ndarray:
            table = rows.pivot(index="round", columns="photo", values=column)
            return table.reindex(columns=photos.index).to_numpy(float)

        return cls(
            photos[["truth", "group"]],
            {arm: grid(rows, "right") for arm, rows in own.items()},
            {arm: grid(rows, "mirrored") for arm, rows in own.items()},
            {arm: _added_a_round(rows) for arm, rows in own.items()},
            mirror,
        )

    @property
    def rounds(self) -> int:
        return len(next(iter(self.right.values())))

    @property
    def groups(self) -> np.ndarray:
        return self.photos["group"].to_numpy()

    @property
    def tested_classes(self) -> list[str]:
        return [name for name in self.mirror.classes if (self.photos["truth"] == name).any()]

    def arm_outcome(self, arm: Arm) -> ArmOutcome:
        swapped = self.mirrored[arm]
        return ArmOutcome(
            arm, self.added[arm],
            mean_of(self.right[arm], self.groups, points=False),
            mean_of(swapped, self.groups, points=False) if not np.isnan(swapped).all() else None,
        )  # fmt: skip

    def contrasts(self, pairs: Sequence[tuple[Arm, Arm]]) -> tuple[Contrast, ...]:
        """Each pair, their intervals holding together."""
        return tuple(
            Contrast(
                first.ratio,
                within_reach(mean_of(change, self.groups, comparisons=len(pairs))),
                int((np.nanmean(change, axis=1) > 0).sum()), len(change),
            )
            for first, second in pairs for change in [self.right[first] - self.right[second]]
        )  # fmt: skip

    def class_outcome(self, name: str, ratios: Sequence[float]) -> ClassOutcome:
        own = (self.photos["truth"] == name).to_numpy()
        base, partner = self.right[Arm("none", 0.0)], _opposites(self.mirror)[name]
        return ClassOutcome(
            name, "" if partner == name else partner,
            mean_of(base[:, own], self.groups[own], points=False),
            tuple(
                within_reach(mean_of(change[:, own], self.groups[own]))
                for r in ratios for change in [self.right[Arm("synthetic", r)] - base]
            ),
        )  # fmt: skip


def _rows_of(answers: pd.DataFrame, arm: Arm) -> pd.DataFrame:
    return answers[(answers["kind"] == arm.kind) & (answers["ratio"] == arm.ratio)]


def _added_a_round(rows: pd.DataFrame) -> float:
    return float(rows.groupby("round")["added"].first().mean())


def _opposites(mirror: MirrorMap) -> dict[str, str]:
    """What each class is called in a mirror, by name."""
    return {name: mirror.classes[mirror.partner[p]] for p, name in enumerate(mirror.classes)}

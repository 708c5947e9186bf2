"""Everything that is said about a set of predicted events: official, exact, baselines, doubts."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from touchline.reporting.tables import Cell, Table, as_terminal_text, format_value
from touchline.spotting.metrics.baselines import Baseline
from touchline.spotting.metrics.exact import ExactScores
from touchline.spotting.metrics.means import mean_members
from touchline.spotting.metrics.official import OfficialScore
from touchline.spotting.metrics.support import TOO_FEW, TOO_FEW_TEXT, share_text


@dataclass(frozen=True)
class SpottingScores:
    """The scores of one set of predictions against the truth.

    Attributes:
        classes: in the order of every value per class.
        matches: the matches scored.
        frames_per_second: of the official grid.
        official: SoccerNet's metrics by name (`at1` ... `at5`, `tight`, `loose`).
        exact: the exact scores with their intervals.
        baselines: what no skill scores on the same truth.
        notes: what a reader has to know before believing the figures, one sentence each.
    """

    classes: tuple[str, ...]
    matches: tuple[str, ...]
    frames_per_second: float
    official: dict[str, OfficialScore]
    exact: ExactScores
    baselines: tuple[Baseline, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON; under `official` with the names and class order of the `SoccerNet` package."""
        return {
            "classes": list(self.classes),
            "matches": list(self.matches),
            "frames_per_second": self.frames_per_second,
            "official": {name: score.as_dict() for name, score in self.official.items()},
            "official_at1_means": self.official_at1_means,
            "exact": self.exact.as_dict(),
            "baselines": {baseline.name: baseline.as_dict() for baseline in self.baselines},
            "notes": list(self.notes),
        }

    @property
    def official_at1_means(self) -> dict[str, float]:
        """The official AP@1 averaged as `mAP12` and `mAP10`, absent classes counting 0."""
        per_class = np.array(self.official["at1"].per_class)
        members = mean_members(self.classes).items()
        return {name: float(per_class[member].mean()) for name, member in members}

    def describe(self) -> str:
        """The scores for a terminal: means beside baselines, classes, notes."""
        parts = [as_terminal_text(self.means_table()), as_terminal_text(self.classes_table())]
        if self.notes:
            parts.append("".join(f"{note}\n" for note in self.notes))
        return "\n".join(parts)

    def means_table(self) -> Table:
        """One row a mean, with what majority and chance reach where that is known."""
        rows: list[tuple[Cell, ...]] = [
            (
                f"exact {name} within {self.exact.window / 2:g} s", score,
                *(share_text(baseline.means[name]) for baseline in self.baselines),
            )
            for name, score in self.exact.means.items()
        ]  # fmt: skip
        rows += [
            (
                f"official {name}", share_text(score.mean),
                *(share_text(b.official_at1) if name == "at1" else "" for b in self.baselines),
            )
            for name, score in self.official.items()
        ]  # fmt: skip
        (_, *others) = self.official_at1_means.items()
        rows += [
            (f"official at1, {name}", share_text(value), *("" for _ in self.baselines))
            for name, value in others
        ]
        rows += [
            (
                f"official {name}, with team",
                share_text(score.team_mean),
                *("" for _ in self.baselines),
            )
            for name, score in self.official.items()
            if score.team_mean is not None
        ]
        columns = ("score", "value", *(baseline.name for baseline in self.baselines))
        caption = (
            f"Matches: {len(self.matches)}; grid of {self.frames_per_second:g} frames a second"
        )
        return Table(columns, tuple(rows), caption)

    def classes_table(self) -> Table:
        """One row a class, with the number of its true events."""
        at1 = self.official["at1"].per_class
        threshold = f"{self.exact.threshold:g}"
        rows = tuple(
            (
                label, score, share_text(official), format_value(counts.precision),
                format_value(counts.recall), format_value(counts.f1),
                TOO_FEW_TEXT if score.n < TOO_FEW else "",
            )
            for label, score, official, counts in zip(
                self.classes, self.exact.average_precision, at1, self.exact.at_threshold,
                strict=True,
            )
        )  # fmt: skip
        columns = (
            "class", "exact AP (n true events)", "official AP@1", f"precision at {threshold}",
            "recall", "F1", "",
        )  # fmt: skip
        return Table(columns, rows)

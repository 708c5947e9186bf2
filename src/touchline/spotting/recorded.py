"""The scores of a run as its `metrics.json` keeps them, read back for people."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from touchline.errors import UsageError
from touchline.reporting.confidence import Score
from touchline.reporting.tables import Cell
from touchline.runs import Run
from touchline.spotting.metrics.support import TOO_FEW, TOO_FEW_TEXT, share_text

WINDOWS = ("at1", "at2", "at3", "at4", "at5")
SPLITS = ("test", "valid")
"""In the order in which they are told."""


@dataclass(frozen=True)
class RecordedScores:
    """The scores of one split: a view of `SpottingScores.as_dict()`.

    Attributes:
        split: `test` or `valid`.
        values: the dictionary.
    """

    split: str
    values: dict[str, Any]

    @property
    def classes(self) -> tuple[str, ...]:
        """In the order of all values per class."""
        return tuple(self.values["classes"])

    @property
    def matches(self) -> tuple[str, ...]:
        """The matches scored."""
        return tuple(self.values["matches"])

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know before believing the figures."""
        return tuple(self.values["notes"])

    @property
    def window(self) -> float:
        """Of the exact scores, whole width in seconds."""
        return float(self.values["exact"]["window_seconds"])

    @property
    def threshold(self) -> float:
        """The confidence from which precision, recall and F1 count events."""
        return float(self.values["exact"]["threshold"])

    @property
    def means(self) -> dict[str, Score]:
        """The exact means by name, over all classes first."""
        exact = self.values["exact"]
        return {name: Score.from_dict(exact[name]) for name in exact if name.startswith("mAP")}

    @property
    def average_precision(self) -> tuple[Score, ...]:
        """The exact AP of each class."""
        per_class = self.values["exact"]["per_class"]
        return tuple(Score.from_dict(per_class[name]["average_precision"]) for name in self.classes)

    @property
    def events(self) -> int:
        """How many true events there are."""
        return sum(score.n for score in self.average_precision)

    @property
    def official(self) -> dict[str, Any]:
        """The official metrics by name."""
        return dict(self.values["official"])

    @property
    def official_by_window(self) -> list[float]:
        """The official mAP@1 to mAP@5."""
        return [float(self.official[name]["a_mAP"]) for name in WINDOWS]

    @property
    def team_at1(self) -> Score | None:
        """The official team mAP@1; None where no true event names its team."""
        value = self.official["at1"].get("team_mAP")
        return None if value is None else self._plain(value)

    def official_score(self, name: str) -> Score:
        """An official mean, which has no interval."""
        return self._plain(self.official[name]["a_mAP"])

    def baseline_note(self, name: str) -> str:
        """What each baseline reaches of a mean, in words."""
        reached = (
            (baseline, values.get(name)) for baseline, values in self.values["baselines"].items()
        )
        return ", ".join(f"{each} {share_text(v)}" for each, v in reached if v is not None)

    def class_rows(self) -> Iterator[tuple[Cell, ...]]:
        """A row a class: true events, a warning, AP exact and official, precision, recall, F1."""
        official = self.official["at1"]["a_mAP_per_class"]
        for name, score, at1 in zip(self.classes, self.average_precision, official, strict=True):
            counts = self.values["exact"]["per_class"][name]
            yield (
                name, score.n, TOO_FEW_TEXT if score.n < TOO_FEW else "", score,
                Score(at1, score.n, math.nan, math.nan),
                *(Score.from_dict(counts[kind]) for kind in ("precision", "recall", "f1")),
            )  # fmt: skip

    def _plain(self, value: float) -> Score:
        return Score(value, self.events, math.nan, math.nan)


def recorded_scores(run: Run) -> list[RecordedScores]:
    """The scores of each split of a run, those of the test first.

    Raises:
        UsageError: when the run has none: it is not finished.
    """
    metrics = run.read_json("metrics.json")
    parts = [RecordedScores(name, metrics[name]) for name in SPLITS if name in metrics]
    if not parts:
        raise UsageError(
            "a finished run", f"no scores in {run.file('metrics.json')}",
            f"Finish it with `--resume {run.folder}` or name another run.",
        )  # fmt: skip
    return parts

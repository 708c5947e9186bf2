"""What is said about a model that labels clips."""

from dataclasses import dataclass, fields
from typing import Any

from touchline.reporting.class_scores import ClassScores
from touchline.reporting.confidence import Score
from touchline.reporting.tables import Cell, Table, as_terminal_text, format_value
from touchline.spotting.metrics.support import TOO_FEW, TOO_FEW_TEXT, share_text


@dataclass(frozen=True)
class ClipScores:
    """The scores of one model on one set of clips, each with its 95 % interval.

    Attributes:
        classes: in the order of the scores per class.
        micro_accuracy: share of clips of which every label is right (top-1 for one label a clip).
        macro_accuracy: the same share among the clips of each class, averaged over the classes; for
            one label a clip the balanced accuracy.
        micro_precision, micro_recall, micro_f1: over all labels of all clips together.
        macro_precision, macro_recall, macro_f1: plain means over all classes, as scikit-learn
            has them: 0 for a class that no clip bears or none is given.
        means: mean AP by name (`mAP12`, and `mAP10` without FREE KICK and GOAL).
        average_precision: of each class; n counts the clips that bear it.
        per_class: precision, recall and F1 of each class.
        baseline_majority: micro accuracy of giving every clip the most frequent label alone.
        baseline_mean_ap: mean AP of telling no clip from another, which is the mean share of clips
            that bear a class.
    """

    classes: tuple[str, ...]
    micro_accuracy: Score
    macro_accuracy: Score
    micro_precision: Score
    micro_recall: Score
    micro_f1: Score
    macro_precision: Score
    macro_recall: Score
    macro_f1: Score
    means: dict[str, Score]
    average_precision: tuple[Score, ...]
    per_class: tuple[ClassScores, ...]
    baseline_majority: Score
    baseline_mean_ap: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON: scores as value, n, low and high; what is not measured is null."""
        measured = {item.name: getattr(self, item.name) for item in fields(self)}
        by_class = zip(self.classes, self.average_precision, self.per_class, strict=True)
        return {
            **{name: score.as_dict() for name, score in self.means.items()},
            **{name: s.as_dict() for name, s in measured.items() if isinstance(s, Score)},
            "baseline_mean_ap": self.baseline_mean_ap,
            "per_class": {
                label: {"average_precision": score.as_dict(), **counts.as_dict()}
                for label, score, counts in by_class
            },
        }

    def describe(self) -> str:
        """The scores for a terminal: means, then classes."""
        rows: list[tuple[Cell, ...]] = [*self.means.items()]
        rows += [
            (item.name.replace("_", " "), value)
            for item in fields(self)
            if isinstance(value := getattr(self, item.name), Score)
        ]
        rows.append(("baseline mean AP", share_text(self.baseline_mean_ap)))
        by_class = zip(self.classes, self.average_precision, self.per_class, strict=True)
        classes = tuple(
            (
                label, score, format_value(counts.precision), format_value(counts.recall),
                format_value(counts.f1), TOO_FEW_TEXT if score.n < TOO_FEW else "",
            )
            for label, score, counts in by_class
        )  # fmt: skip
        columns = ("class", "AP (n true clips)", "precision", "recall", "F1", "")
        means = as_terminal_text(Table(("score", "value"), tuple(rows)))
        return f"{means}\n{as_terminal_text(Table(columns, classes))}"

"""What a comparison of runs, ensembles and re-rankings found."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.reid.choosing import Chosen
from touchline.reid.metrics.scores import ReidScores
from touchline.reid.reranking.settings import RerankSettings
from touchline.reporting.confidence import Score
from touchline.reporting.tables import Table, as_terminal_text

REPORT = "report.html"


@dataclass(frozen=True)
class Method:
    """One way to rank.

    Attributes:
        name: what the report calls it.
        kind: `run`, `ensemble` or `re-ranking`.
        valid: its scores on the queries that were chosen on.
        test: its scores on the others.
        lead: its test mAP less that of the reference run, paired.
    """

    name: str
    kind: str
    valid: ReidScores
    test: ReidScores
    lead: Score


@dataclass(frozen=True)
class Comparison:
    """Every method on the same queries.

    Attributes:
        methods: runs, then ensembles, then re-rankings.
        reference: the run that was best on the validation queries; leads are over it.
        weights: the shares of runs that were tried on the validation queries; the best one is what
            is re-ranked.
        reranking: the re-rankings that were tried there.
        same: methods that are the same by algebra, in sentences.
        folder: where the report lies.
    """

    methods: tuple[Method, ...]
    reference: str
    weights: Chosen[dict[str, float]]
    reranking: Chosen[RerankSettings | None]
    same: tuple[str, ...]
    folder: Path

    def table(self) -> Table:
        """One row a method, on the test queries."""
        rows = tuple(
            (
                each.name, each.kind, each.test.mAP, each.test.rank1, each.test.mINP, each.lead,
                f"{100 * each.valid.mAP.value:.1f} %",
            )
            for each in self.methods
        )  # fmt: skip
        columns = ("method", "kind", "mAP", "rank-1", "mINP", "lead in mAP", "mAP on valid")
        chance = self.methods[0].test.chance
        return Table(columns, rows, (
            f"Leads are over {self.reference}, the best run on valid, on the same queries. "
            f"Chance: mAP {100 * chance['mAP']:.1f} %, rank-1 {100 * chance['rank1']:.1f} %."
        ))  # fmt: skip

    def choices(self) -> tuple[str, ...]:
        """What was chosen on the validation queries, in sentences."""
        return (
            _said("Weights", self.weights.best.candidate.name, self.weights.gain),
            _said("Re-ranking", self.reranking.best.candidate.name, self.reranking.gain),
        )

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "report": str(self.folder / REPORT),
            "reference": self.reference,
            "weights": self.weights.best.candidate.choice,
            "reranking": self.reranking.best.candidate.name,
            "same_by_algebra": list(self.same),
            "methods": [
                {
                    "name": each.name, "kind": each.kind, "lead": each.lead.as_dict(),
                    "valid": each.valid.as_dict(), "test": each.test.as_dict(),
                }
                for each in self.methods
            ],
        }  # fmt: skip

    def describe(self) -> str:
        """For a terminal."""
        return "\n".join([
            as_terminal_text(self.table()), *self.choices(), *self.same,
            f"Report  {self.folder / REPORT}",
        ])  # fmt: skip


def _said(what: str, name: str, gain: float) -> str:
    if gain <= 0:
        return f"{what}: nothing was better on valid than leaving things alone ({name})."
    return f"{what} chosen on valid: {name} ({100 * gain:+.1f} points of mAP there)."

"""The winner of a study and the untuned settings under one measure."""

from dataclasses import dataclass
from typing import Any

from touchline.reporting.confidence import Score
from touchline.reporting.tables import Table


@dataclass(frozen=True)
class Pair:
    """Two scores on the same examples.

    Attributes:
        measure: what was measured, on what.
        winner, untuned: the scores.
        lead: the winner less the untuned, paired, in points.
    """

    measure: str
    winner: Score
    untuned: Score
    lead: Score

    def run_table(self) -> Table:
        """A row for each of the two."""
        rows = (("winner", self.winner), ("untuned", self.untuned))
        return Table(("settings", self.measure), rows)

    def pair_table(self) -> Table:
        """Their difference."""
        return Table(("difference", self.measure), (("winner less untuned", self.lead),))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        scores = {name: getattr(self, name).as_dict() for name in ("winner", "untuned", "lead")}
        return {"measure": self.measure, **scores}

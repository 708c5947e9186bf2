"""What a process knows of a study when it leaves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.training.tuning.one_line import as_command_words
from touchline.training.tuning.report import REPORT
from touchline.training.tuning.space import Space
from touchline.training.tuning.trials import TrialRecord, as_share, best_of, tally
from touchline.training.tuning.worth import Worth


@dataclass(frozen=True)
class Tuned:
    """What this process knows of the study when it leaves.

    Attributes:
        folder: of the study.
        space: what was tuned.
        records: its trials so far.
        worth: the winner beside the untuned settings; None while other processes go on.
    """

    folder: Path
    space: Space
    records: Sequence[TrialRecord]
    worth: Worth | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        best = best_of(self.records) if self.worth else None
        return {
            "study": str(self.folder), "trials": dict(tally(self.records)),
            "best": {"trial": best.number, "score": best.score, "values": dict(best.values)}
            if best else None,
            **(self.worth.as_dict() if self.worth else {}),
        }  # fmt: skip

    def describe(self) -> str:
        """For a terminal."""
        counts = ", ".join(f"{count} {name}" for name, count in tally(self.records).items())
        if self.worth is None:
            return (
                f"{counts}. Other processes are still at work on this study; the last one to end "
                f"writes the winner and {self.folder / REPORT}."
            )
        best = best_of(self.records)
        assert best.score is not None
        settings = as_command_words(self.space.words(best.values))
        return "\n".join([
            f"{counts}. Best: trial {best.number}, {as_share(best.score)}  {settings}",
            "", self.worth.describe(), f"Report  {self.folder / REPORT}",
        ])  # fmt: skip

"""How much of a winner's lead is luck: its score where it was chosen, and where it was not.

The best of many trials is partly the one that chance favoured, so the score that won is too good.
The same settings scored once more, on folds or seeds that chose nothing, have no such advantage.
"""

from dataclasses import dataclass
from typing import Any

from touchline.reporting.confidence import Score, Unit
from touchline.reporting.tables import Table


@dataclass(frozen=True)
class Luck:
    """The winner and the untuned settings, as the study scored them and afresh.

    Attributes:
        won: the winner's score in the study.
        untuned: the untuned settings' score, measured as the winner's.
        fresh_won, fresh_untuned: scores with folds or seeds that chose nothing.
        fresh_lead: the winner less the untuned with those, paired.
        afresh: which those are, in words.

    >>> luck = Luck(0.84, 0.82, *[Score(0.83, 9, 0.8, 0.9)] * 2, Score(0.005, 9, 0, 0, "points"))
    >>> round(luck.lead, 3), round(luck.lucky, 3)
    (0.02, 0.015)
    """

    won: float
    untuned: float
    fresh_won: Score
    fresh_untuned: Score
    fresh_lead: Score
    afresh: str = "on fresh folds"

    @property
    def lead(self) -> float:
        """The winner's lead in the study."""
        return self.won - self.untuned

    @property
    def lucky(self) -> float:
        """How much of the lead is gone afresh; below 0 where it grew."""
        return self.lead - self.fresh_lead.value

    def describe(self) -> str:
        """The answer in a sentence."""
        return (
            f"The winner led by {100 * self.lead:+.1f} points where it was chosen and leads by "
            f"{100 * self.fresh_lead.value:+.1f} {self.afresh}: {100 * self.lucky:+.1f} points of "
            "its lead were luck."
        )

    def table(self) -> Table:
        """Both settings, where the winner was chosen and afresh."""
        return Table(
            ("settings", "in the study", self.afresh),
            (
                ("winner", f"{100 * self.won:.1f} %", self.fresh_won),
                ("untuned", f"{100 * self.untuned:.1f} %", self.fresh_untuned),
                ("lead", f"{100 * self.lead:+.1f} points", self.fresh_lead),
            ),
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON; `luck_of` gives it back."""
        fresh = {name: getattr(self, name).as_dict() for name in _FRESH}
        return {
            "won": self.won, "untuned": self.untuned, "lucky": self.lucky, "afresh": self.afresh,
            **fresh,
        }  # fmt: skip


def fresh_seed(seed: int) -> int:
    """Another seed than that of a study, in [0, 2**32).

    >>> fresh_seed(0), fresh_seed(2**32 - 1)
    (1, 0)
    """
    return (seed + 1) % 2**32


def luck_of(values: dict[str, Any]) -> Luck:
    """What `Luck.as_dict` wrote."""
    fresh = {name: Score.from_dict(values[name], unit) for name, unit in _FRESH.items()}
    return Luck(values["won"], values["untuned"], **fresh, afresh=values["afresh"])


_FRESH: dict[str, Unit] = {"fresh_won": "share", "fresh_untuned": "share", "fresh_lead": "points"}

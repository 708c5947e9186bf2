"""What a finished study is worth: its winner on test beside the untuned settings, and its luck."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.errors import InterruptedRunError
from touchline.reporting.page import Part, Section, Text
from touchline.reporting.progress import say
from touchline.reporting.tables import as_terminal_text
from touchline.runs import Run
from touchline.training.tuning.luck import Luck, luck_of
from touchline.training.tuning.task import Tested, TuningTask

WINNER, UNTUNED, WORTH = "winner", "untuned", "worth.json"
NO_TEST = (
    "The data holds nothing out to test on, so the winner was scored only on what chose its "
    "settings: the figures flatter."
)


@dataclass(frozen=True)
class Worth:
    """A winner beside the untuned settings.

    Attributes:
        winner: the run of the tuned settings, scored once on test.
        untuned: the run of the settings as given, likewise.
        tested: both on test, paired; None where the data holds none out.
        luck: both as trials are scored, where chance has not chosen.
    """

    winner: Run
    untuned: Run
    tested: Tested | None
    luck: Luck

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "winner": str(self.winner.folder), "untuned": str(self.untuned.folder),
            "test": self.tested.as_dict() if self.tested else None, "luck": self.luck.as_dict(),
        }  # fmt: skip

    def describe(self) -> str:
        """For a terminal."""
        tables = (self.tested.run_table(), self.tested.pair_table()) if self.tested else ()
        told = [as_terminal_text(table) for table in tables] or [NO_TEST]
        return "\n".join([*told, self.luck.describe()])

    def sections(self, task: TuningTask) -> tuple[Section, ...]:
        """For the report of the study."""
        on_test: tuple[Part, ...] = (Text((NO_TEST,)),)
        if self.tested is not None:
            tables = (self.tested.run_table(), self.tested.pair_table())
            on_test = (*tables, Text((task.test_note,)))
        words = Text((self.luck.describe(), task.luck_note))
        return (
            Section("The winner on test", on_test),
            Section("How much of the lead is luck", (self.luck.table(), words)),
        )


def worth_of(task: TuningTask, words: Sequence[str], won: float, folder: Path) -> Worth:
    """Teach the winner and the untuned settings, score both once on test, and look for luck.

    What an earlier, interrupted call had finished is taken as it is.

    Args:
        task: what was tuned.
        words: the winner's.
        won: the score that won.
        folder: of the study; the runs are `winner` and `untuned` in it.

    Raises:
        InterruptedRunError: stopped by the person; the same call goes on.
    """
    try:
        winner = _finished(task, words, folder / WINNER)
        untuned = _finished(task, (), folder / UNTUNED)
        record = Run(folder)
        if record.file(WORTH).is_file():
            luck = luck_of(record.read_json(WORTH)["luck"])
        else:
            luck = _luck(task, words, won, winner, untuned)
    except InterruptedRunError as stop:  # a training says how to go on with itself alone
        raise InterruptedRunError(
            "a study to its end", "an interruption after its last trial",
            "All trials are kept; go on with the same command.",
        ) from stop  # fmt: skip
    worth = Worth(winner, untuned, task.compare(winner, untuned), luck)
    record.write_json(WORTH, worth.as_dict())
    return worth


def _finished(task: TuningTask, words: Sequence[str], folder: Path) -> Run:
    """The run of some settings: as it is, gone on with, or made."""
    run = Run(folder)
    if run.file("report.html").is_file():
        return run
    return task.teach(words, folder, run if run.config.is_file() else None)


def _luck(task: TuningTask, words: Sequence[str], won: float, winner: Run, untuned: Run) -> Luck:
    say(f"Scoring the winner and the untuned settings {task.afresh}")
    fresh = task.compare_afresh(words, winner, untuned)
    return Luck(
        won=won,
        untuned=task.objective((), lambda _step, _score: None),
        fresh_won=fresh.winner,
        fresh_untuned=fresh.untuned,
        fresh_lead=fresh.lead,
        afresh=task.afresh,
    )

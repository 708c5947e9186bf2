"""The end of a study: two runs, taught once, compared on test, and how lucky the winner was."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from touchline.errors import InterruptedRunError
from touchline.reporting.confidence import Score
from touchline.runs import Run
from touchline.training.tuning.pair import Pair
from touchline.training.tuning.task import TuningTask
from touchline.training.tuning.tuning import Report
from touchline.training.tuning.worth import NO_TEST, worth_of
from tuning_worlds import hill_task

WORDS = ("height=0.9",)
PAIR = Pair(
    "height on test", Score(0.9, 10, 0.8, 1.0), Score(0.5, 10, 0.4, 0.6),
    Score(0.4, 10, 0.2, 0.6, "points"),
)  # fmt: skip


class Diary:
    """A task that notes what it was asked to do."""

    def __init__(self, *, interrupted: bool = False) -> None:
        self.taught: list[tuple[tuple[str, ...], str, bool]] = []
        self.scored: list[Sequence[str]] = []
        self.interrupted = interrupted

    def teach(self, words: Sequence[str], folder: Path, resume: Run | None) -> Run:
        self.taught.append((tuple(words), folder.name, resume is not None))
        folder.mkdir(exist_ok=True)
        (folder / "config.yaml").write_text("seed: 1\n")
        if self.interrupted:
            raise InterruptedRunError("training to its end", "Ctrl-C", "Go on with --resume RUN.")
        (folder / "report.html").write_text("<p>")
        return Run(folder)

    def objective(self, words: Sequence[str], report: Report) -> float:
        report(1, 0.6)
        self.scored.append(words)
        return 0.6

    def task(self) -> TuningTask:
        return hill_task(
            objective=self.objective, teach=self.teach, compare=lambda _winner, _untuned: PAIR,
            compare_afresh=lambda _words, _winner, _untuned: PAIR,
        )  # fmt: skip


def test_both_are_taught_once_and_looked_at_again_for_luck(tmp_path: Path) -> None:
    diary = Diary()
    worth = worth_of(diary.task(), WORDS, 0.95, tmp_path)
    assert diary.taught == [(WORDS, "winner", False), ((), "untuned", False)]
    assert diary.scored == [()]
    assert worth.luck.describe() == (
        "The winner led by +35.0 points where it was chosen and leads by +40.0 on another hill: "
        "-5.0 points of its lead were luck."
    )
    assert "height on test" in worth.describe()
    assert "+40.0 points [+20.0, +60.0]" in worth.describe()
    again = worth_of(diary.task(), WORDS, 0.95, tmp_path)
    assert again == worth
    assert len(diary.taught) == 2
    assert len(diary.scored) == 1


def test_an_interruption_says_how_the_study_goes_on(tmp_path: Path) -> None:
    with pytest.raises(InterruptedRunError, match=r"after its last trial.*the same command"):
        worth_of(Diary(interrupted=True).task(), WORDS, 0.95, tmp_path)
    diary = Diary()
    worth_of(diary.task(), WORDS, 0.95, tmp_path)
    assert diary.taught == [(WORDS, "winner", True), ((), "untuned", False)]


def test_without_test_data_it_is_said(tmp_path: Path) -> None:
    task = replace(Diary().task(), compare=lambda _winner, _untuned: None)
    worth = worth_of(task, WORDS, 0.95, tmp_path)
    assert worth.as_dict()["test"] is None
    assert worth.describe().startswith(NO_TEST)
    on_test, luck = worth.sections(task)
    assert on_test.parts == (type(on_test.parts[0])((NO_TEST,)),)
    assert luck.heading == "How much of the lead is luck"

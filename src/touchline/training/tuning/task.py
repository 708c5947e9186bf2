"""What a task brings to a study: a frozen record of plain functions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from touchline.reporting.tables import Table
from touchline.runs import Run
from touchline.settings import Settings
from touchline.training.tuning.pair import Pair
from touchline.training.tuning.space import Space
from touchline.training.tuning.tuning import Objective


class Tested(Protocol):
    """The winner and the untuned settings on test data; `Pair` is one."""

    def run_table(self) -> Table:
        """A row for each of the two."""
        ...

    def pair_table(self) -> Table:
        """Their difference."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        ...


Teach: TypeAlias = Callable[[Sequence[str], Path, Run | None], Run]
"""Teaches the settings with these `key=value` words into a folder, or goes on with the run there,
and scores it once on test."""


@dataclass(frozen=True)
class TuningTask:
    """Something to tune.

    Attributes:
        name: of the task; new studies lie in `runs/<name>/`.
        config: the settings that are not tuned.
        space: what is tuned, known to be possible.
        terms: what must be the same in all processes, as `touchline.training.tuning.studies.join`
            takes it.
        examples: what the data is of, e.g. `photos`.
        check: refuses settings, by their `key=value` words, that cannot be taught on the data.
        subject: what is tuned on, in words.
        measure: what a trial's score is, in words.
        objective: a trial's score; it never looks at test data.
        teach: makes the runs of the winner and, without words, of the untuned settings.
        compare: the two runs on test, paired; None where the data holds none out.
        compare_afresh: the winner, by its words, and the untuned settings once more, measured as
            trials are, but where chance has not chosen; the two runs may be read for it.
        afresh: how that differs from the study, in words, e.g. `on fresh folds`.
        test_note: how both were scored on test, for the report.
        luck_note: what scoring afresh does and does not tell, for the report.
    """

    name: str
    config: Settings
    space: Space
    terms: Mapping[str, Any]
    examples: str
    check: Callable[[Sequence[str]], None]
    subject: str
    measure: str
    objective: Objective
    teach: Teach
    compare: Callable[[Run, Run], Tested | None]
    compare_afresh: Callable[[Sequence[str], Run, Run], Pair]
    afresh: str
    test_note: str
    luck_note: str

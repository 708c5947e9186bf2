"""What the `tune` commands share: options spelt once, and the search that they make."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from touchline.training.tuning.searching import Search

USUAL_TRIALS = 60

Trials = Annotated[
    int | None,
    typer.Option(
        min=1, help="Trials in all, over all processes; 60 if this and --minutes are left out."
    ),
]
Minutes = Annotated[float | None, typer.Option(min=0, help="Begin no further trial after so long.")]
SpaceFile = Annotated[
    Path | None, typer.Option(help="YAML of what is tuned; the task's own if left out.")
]
Sampler = Annotated[Literal["tpe", "random", "grid"], typer.Option(help="How values are chosen.")]
Pruner = Annotated[
    Literal["median", "none"], typer.Option(help="Stop trials worse than half of the others.")
]
Storage = Annotated[
    str | None, typer.Option(help="A journal file, or postgresql://… for several machines.")
]
StudyFolder = Annotated[
    Path | None, typer.Option(help="Folder of the study: new, or one to go on with or join.")
]
StudySeed = Annotated[int | None, typer.Option(help="Decides the split and what is tried.")]


def search_of(
    space: Path | None,
    sampler: Literal["tpe", "random", "grid"],
    pruner: Literal["median", "none"],
    seed: int,
    budget: tuple[int | None, float | None],
    storage: str | None,
    fixed: Sequence[str],
) -> "Search":
    """The search that the options ask for.

    Args:
        space: the file of what is tuned, if any.
        sampler: how values are chosen.
        pruner: how trials are stopped early.
        seed: decides what is tried.
        budget: trials and minutes; 60 trials where both are None.
        storage: where the study is kept, if not in its folder.
        fixed: the settings given on the command line, by dotted key.
    """
    from touchline.training.tuning.searching import Search
    from touchline.training.tuning.studies import Method
    from touchline.training.tuning.tuning import Budget

    trials, minutes = budget
    usual = USUAL_TRIALS if trials is None and minutes is None else trials
    return Search(space, Method(sampler, pruner, seed), Budget(usual, minutes), storage, fixed)

"""What the `tune` commands share: options spelt once, and the search that they make."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol

import typer

from touchline.cli.resolving import put

if TYPE_CHECKING:
    from touchline.training.tuning.searching import Search
    from touchline.training.tuning.tuned import Tuned

USUAL_TRIALS = 60

Trials = Annotated[
    int | None,
    typer.Option(
        min=1, help="Trials in all, over all processes; 60 if this and --minutes are left out."
    ),
]
Minutes = Annotated[float | None, typer.Option(help="Begin no further trial after so long.")]
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


class Tuner(Protocol):
    """The module of a task that tunes it."""

    def preview(self, config: Any, search: "Search") -> str:
        """What a study would work on and tune."""
        ...

    def tune(self, config: Any, search: "Search", out: Path | None) -> "Tuned":
        """Search for better settings."""
        ...


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


def search_or_preview(
    tuner: Tuner, config: Any, search: "Search", out: Path | None, *, dry_run: bool, json: bool
) -> None:
    """Make the study and tell what came of it; for a dry run only say what would be done.

    Raises:
        TouchlineError: as the task's `tune` and `preview` do.
    """
    if dry_run:
        put(tuner.preview(config, search))
        return
    tuned = tuner.tune(config, search, out)
    put(tuned.as_dict() if json else tuned.describe())

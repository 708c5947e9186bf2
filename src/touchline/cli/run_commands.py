"""`touchline runs`: what has been trained, of any task. Arguments only."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from touchline.cli.resolving import put
from touchline.cli.words import DryRun, Json
from touchline.errors import UsageError

app = typer.Typer(help="List, show, compare and remove runs of every task.", no_args_is_help=True)

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")]


@app.command("ls")
def list_runs(
    folder: Annotated[Path, typer.Argument(help="Where to look.")] = Path("runs"),
    json: Json = False,
) -> None:
    """List the runs in and below a folder: task, date, main score, seconds, commit, state."""
    from touchline.reporting.tables import as_terminal_text
    from touchline.run_listing.records import find_runs
    from touchline.run_listing.tables import list_table

    found = find_runs(folder)
    if json:
        put({"runs": [each.as_dict() for each in found]})
    elif found:
        print(as_terminal_text(list_table(found)), end="")
    else:
        print(f"no run in {folder}", file=sys.stderr)


@app.command()
def show(run: RunFolder, json: Json = False) -> None:
    """Show a run: what made it, its scores and its settings."""
    import yaml

    from touchline.reporting.tables import as_terminal_text
    from touchline.run_listing.records import read_record
    from touchline.run_listing.tables import facts_table

    found = read_record(run)
    if json:
        put({
            **found.as_dict(), "settings": found.settings, "metrics": found.metrics,
            "manifest": found.manifest,
        })  # fmt: skip
        return
    print(as_terminal_text(facts_table(found)))
    print(yaml.safe_dump(found.settings, sort_keys=False, allow_unicode=True), end="")


@app.command()
def diff(
    first: RunFolder,
    second: Annotated[Path, typer.Argument(metavar="RUN", help="Another one.")],
    json: Json = False,
) -> None:
    """Show the settings that differ between two runs, then their scores side by side."""
    from touchline.reporting.tables import as_terminal_text
    from touchline.run_listing.records import read_record
    from touchline.run_listing.tables import differing_table, scores_table

    one, other = read_record(first), read_record(second)
    differing, scores = differing_table(one, other), scores_table(one, other)
    if json:
        put({
            "runs": [str(one.folder), str(other.folder)],
            "differing": {str(name): values for name, *values in differing.rows},
            "scores": [one.as_dict()["score"], other.as_dict()["score"]],
        })  # fmt: skip
        return
    print(as_terminal_text(differing) if differing.rows else "The settings are the same.\n")
    print(as_terminal_text(scores), end="")


@app.command()
def rm(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Folders of runs.")],
    dry_run: DryRun = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove runs: only folders with nothing in them but a run, all of them or none."""
    from touchline.run_listing.removal import removable, remove

    found = removable(runs)
    for each in found:
        print(f"{'would remove' if dry_run else 'to remove'}: {each.describe()}", file=sys.stderr)
    if dry_run:
        return
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("--yes", "no terminal to ask at", "Say --yes to remove them.")
        print("Remove? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            print("nothing was removed", file=sys.stderr)
            return
    for each in found:
        remove(each)
        print(each.run.folder)

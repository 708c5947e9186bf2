"""Carry out a sort plan, so that it can be stopped at any instant and finished, or undone, later.

Here is what may be done at all; `sorting` does it, `undo` takes it back.
"""

from dataclasses import dataclass
from pathlib import Path

from touchline.archive.interruption import resumable
from touchline.archive.journal import open_journal, read_journal
from touchline.archive.sort.check import refuse_broken
from touchline.archive.sort.edits import Placement, placements_of
from touchline.archive.sort.environment import refuse_impossible
from touchline.archive.sort.history import History, begin_entry, history_of, journal_path
from touchline.archive.sort.plan_table import SortPlan, read_plan
from touchline.archive.sort.steps import Skipped, Sorting
from touchline.archive.sort.transfer import Mode
from touchline.errors import UsageError
from touchline.files import sha256_of_file
from touchline.reporting.progress import track


@dataclass(frozen=True)
class Applied:
    """What a sort did.

    Attributes:
        placed: files placed by this run, sidecars included.
        already: files that an earlier run of the same sort had placed.
        skipped: files that could not be placed; they lie where they lay.
        journal: where it is written down.
    """

    placed: int
    already: int
    skipped: tuple[Skipped, ...]
    journal: Path


def preview_apply(plan_path: Path, mode: Mode) -> Applied:
    """What `apply_plan` would do, as far as can be told without reading photos; touches nothing.

    Raises:
        TouchlineError: whatever `apply_plan` would raise before its first step.
    """
    journal = journal_path(plan_path)
    history = history_of(read_journal(journal))
    waiting = _waiting(read_plan(plan_path), plan_path, mode, history)
    return Applied(len(waiting), len(history.done), (), journal)


def apply_plan(plan_path: Path, mode: Mode) -> Applied:
    """Place every file of the plan; go on where a stopped run left off.

    A photo whose content is no longer what was labelled, or whose place has been taken since the
    plan was made, is skipped and named. For links the content is read only when the file's size
    or time has changed since the plan.

    Raises:
        UsageError: before anything is touched, when the plan is broken (see `check`), was changed
            or applied with another mode since it was begun, is being undone, or is in use.
        EnvironmentMissingError: when the disk lacks permission, room or the ability to link.
        InterruptedRunError: on Ctrl-C; what was done is kept.
    """
    plan = read_plan(plan_path)
    with open_journal(journal_path(plan_path)) as journal:
        history = history_of(journal.entries)
        waiting = _waiting(plan, plan_path, mode, history)
        already = len(history.done)
        if history.begin is None and waiting:
            history.begin = begin_entry(mode, plan.root, sha256_of_file(plan_path))
            journal.append([history.begin])
        sorting = Sorting(journal, history, mode)
        with resumable("the sort", f"touchline archive sort undo {plan_path}"):
            outcomes = list(track(sorting.run(waiting), "Sorting", total=len(waiting)))
    skipped = tuple(outcome for outcome in outcomes if outcome is not None)
    return Applied(len(waiting) - len(skipped), already, skipped, journal.path)


def _waiting(plan: SortPlan, path: Path, mode: Mode, history: History) -> list[Placement]:
    """The placements still to be carried out, after every check that can be made beforehand."""
    ours = [Path(entry["destination"]) for entry in history.placing.values()]
    placements = placements_of(plan, ours)
    if history.begin is None:
        refuse_broken(plan, placements)
    else:
        _refuse_another_sort(path, mode, history)
    waiting = [each for each in placements if each.row not in history.done]
    refuse_impossible([each for each in waiting if each.source.exists()], mode)
    return waiting


def _refuse_another_sort(path: Path, mode: Mode, history: History) -> None:
    undo = f"`touchline archive sort undo {path}`"
    begun = history.begin or {}
    if history.undoing:
        raise UsageError(
            "a plan that nobody is undoing", f"an unfinished undo of {path}", f"Finish it: {undo}."
        )
    if begun["plan"] != sha256_of_file(path):
        raise UsageError(
            "the plan as it was when its sort began", f"{path}, edited since",
            f"Take the sort back first with {undo}, or make a new plan for the rest.",
        )  # fmt: skip
    if begun["mode"] != mode:
        raise UsageError(
            f"--mode {begun['mode']}, with which this sort was begun", f"--mode {mode}",
            f"Repeat it with that mode, or take it back first with {undo}.",
        )  # fmt: skip

"""Whether a plan, as a person left it, can be carried out; anything broken is named with its row.

Reads the disk and touches nothing, so that a plan is carried out whole or not begun.
"""

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from touchline.archive.names import name_key
from touchline.archive.sort.edits import Placement
from touchline.archive.sort.plan_table import ACTIONS, SortPlan
from touchline.errors import UsageError

FAULTS_SHOWN = 5
_SHA256 = re.compile(r"[0-9a-f]{64}")


def refuse_broken(plan: SortPlan, placements: Sequence[Placement]) -> None:
    """Raise when anything in a plan not yet begun cannot be meant or cannot be done.

    Args:
        plan: the table as read.
        placements: what it asks for.

    Raises:
        UsageError: naming each broken row: an unknown action, a hash that is none, a source that
            is not there, a destination that is taken, used twice, or outside the root.
    """
    faults = [
        *_unknown_actions(plan),
        *_broken_cells(plan, placements),
        *_used_twice(placements),
        *_not_on_disk(placements, plan.root),
    ]
    if faults:
        more = len(faults) - FAULTS_SHOWN
        found = "; ".join(faults[:FAULTS_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise UsageError("a plan that can be carried out", found, "Mend these rows, or plan again.")


def _unknown_actions(plan: SortPlan) -> Iterator[str]:
    for row in plan.rows:
        if row.action not in ACTIONS:
            yield f"row {row.row}: the action {row.action!r}, which is none of {', '.join(ACTIONS)}"


def _broken_cells(plan: SortPlan, placements: Sequence[Placement]) -> Iterator[str]:
    for each in placements:
        if not each.source.is_absolute():
            yield f"row {each.row}: the source {str(each.source)!r}, which is no absolute path"
        elif "\0" in f"{each.source}{each.destination}":
            yield f"row {each.row}: the destination {str(each.destination)!r}, with a zero byte"
        elif each.photo is None and not _SHA256.fullmatch(each.sha256):
            yield f"row {each.row}: no hash in the column sha256"
        elif ".." in each.destination.parts or plan.root not in each.destination.parents:
            yield f"row {each.row}: the destination {each.destination}, outside {plan.root}"
        elif "\\" in each.destination.name and "\\" not in each.source.name:
            yield f"row {each.row}: a destination with \\ between folders instead of /"


def _used_twice(placements: Sequence[Placement]) -> Iterator[str]:
    """Destinations that are one name on some file system, or a file where a folder must be."""
    keys = {each.row: name_key(str(each.destination)) for each in placements}
    first: dict[str, int] = {}
    for row, key in keys.items():
        if key in first:
            yield f"row {row}: the destination of row {first[key]} again"
        first.setdefault(key, row)
    for row, key in keys.items():
        for folder in Path(key).parents:
            if str(folder) in first:
                yield f"row {row}: a folder that is the destination of row {first[str(folder)]}"


def _not_on_disk(placements: Sequence[Placement], root: Path) -> Iterator[str]:
    @cache
    def fault_of(folder: Path) -> str:
        return _fault_of_folder(folder, root)

    for each in placements:
        if not each.source.is_file():
            yield f"row {each.row}: no file at {each.source}"
        elif fault := fault_of(each.destination.parent):
            yield f"row {each.row}: {fault}"
        elif os.path.lexists(each.destination):
            yield f"row {each.row}: {each.destination} exists already"


def _fault_of_folder(folder: Path, root: Path) -> str:
    """Why `folder` cannot be made or used, or an empty string."""
    there = folder
    while not os.path.lexists(there):
        there = there.parent
    if not there.is_dir():
        return f"{there} is not a folder"
    if root in (there, *there.parents) and not there.resolve().is_relative_to(root.resolve()):
        return f"{there} leads outside {root}"
    return ""

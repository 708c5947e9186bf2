"""What a sort did or would do, as a dictionary for programs and as text for people."""

import shlex
from collections import Counter
from pathlib import Path
from typing import Any

from touchline.archive.names import printable
from touchline.archive.sort.apply import Applied
from touchline.archive.sort.plan_table import SortPlan
from touchline.archive.sort.steps import Skipped
from touchline.archive.sort.undo import Undone


def plan_summary(plan: SortPlan, path: Path) -> dict[str, Any]:
    """Counts of a plan: photos in each folder, sidecars that follow, files that stay."""
    photos = [row for row in plan.rows if row.action == "sort"]
    folders = Counter(row.destination.rpartition("/")[0] for row in photos)
    actions = Counter(row.action for row in plan.rows)
    return {
        "plan": str(path), "root": str(plan.root), "photos": actions["sort"],
        "sidecars": actions["sidecar"], "left": actions["leave"],
        "folders": dict(sorted(folders.items())),
        "unusable": [{"source": row.source, "reason": row.reason} for row in plan.unusable],
    }  # fmt: skip


def apply_summary(applied: Applied, mode: str) -> dict[str, Any]:
    """What was placed, what had been already, what was skipped."""
    return {
        "mode": mode, "placed": applied.placed, "already": applied.already,
        "skipped": [_skipped(each) for each in applied.skipped], "journal": str(applied.journal),
    }  # fmt: skip


def undo_summary(undone: Undone) -> dict[str, Any]:
    """What was taken back, and what a person's change kept where it is."""
    return {
        "restored": undone.restored, "kept": [_skipped(each) for each in undone.kept],
        "journal": str(undone.journal),
    }  # fmt: skip


def describe_plan(summary: dict[str, Any], *, is_dry: bool) -> str:
    """A plan in a few lines, with the next command."""
    folders = [f"  {count:>6}  {printable(name)}" for name, count in summary["folders"].items()]
    lines = [
        f"{summary['photos']} photos into {len(folders)} folders of {printable(summary['root'])}",
        *folders,
        f"{summary['sidecars']} sidecars follow their photos; {summary['left']} files stay.",
    ]
    if not is_dry:
        lines.append(f"Look at {_path(summary['plan'])}, edit it if you like, then:")
        lines.append(f"  touchline archive sort apply {_path(summary['plan'])}")
    return "\n".join(lines)


def describe_apply(summary: dict[str, Any], plan: Path, *, is_dry: bool) -> str:
    """A sort in a line or two, with the way back."""
    verb = "would be placed" if is_dry else "placed"
    line = f"{summary['placed']} files {verb} by {summary['mode']}"
    if summary["already"]:
        line += f", {summary['already']} were placed already"
    line += f", {len(summary['skipped'])} skipped."
    return line if is_dry else f"{line}\nTo take it back: touchline archive sort undo {_path(plan)}"


def describe_undo(summary: dict[str, Any], *, is_dry: bool) -> str:
    """An undo in a line."""
    verb = "would be taken back" if is_dry else "taken back"
    return f"{summary['restored']} files {verb}, {len(summary['kept'])} kept where they are."


def _skipped(each: Skipped) -> dict[str, Any]:
    return {"row": each.row, "path": each.path, "reason": each.reason}


def _path(path: str | Path) -> str:
    return printable(shlex.quote(str(path)))

"""Sorting labelled photos into folders: plan, look and edit, apply, undo.

The plan is the table that `touchline archive sort plan` writes, and the same commands carry it out
and take it back, as long work of their own.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from touchline.app.jobs.records import Job
from touchline.app.jobs.starting import new_folder
from touchline.app.photos_page.choosing import choose_folder
from touchline.app.plain_words import plain
from touchline.app.work_list import jobs_of, start_and_show
from touchline.app.workspace import Workspace
from touchline.archive.names import folder_name
from touchline.archive.sort.history import journal_path
from touchline.archive.sort.plan_table import PlanRow, SortPlan, read_plan, write_plan
from touchline.errors import UsageError

SORT = ("archive", "sort")
PLAN, EDITED = "plan.csv", "edited-plan.csv"
MODES = {
    "symlink": "Links: photos stay where they are", "copy": "Copies: photos stay as well",
    "hardlink": "Second names of the same files", "move": "Move the photos",
}  # fmt: skip
MOST_ROWS = 2000
SHOWN = ("action", "source", "label", "destination", "confidence", "reason")
EDITABLE = ("label", "destination")


def show_sorting(workspace: Workspace, labels: Path) -> None:
    """A place to sort into and a button that plans; then the newest plan of these labels."""
    st.subheader("Sort into folders")
    parent = choose_folder(workspace, "Sort into a folder inside", "folder to sort into")
    name = folder_name(st.text_input("Name of that folder", "sorted"))
    if st.button("Make a plan", help="No photo is touched."):
        place = new_folder(workspace)
        words = [*SORT, "plan", str(labels), str(parent / name), "--out", str(place / PLAN)]
        start_and_show(workspace, f"Plan of {name}", words, place, labels=str(labels))
    plans = [
        job
        for job in jobs_of(workspace, *SORT, "plan")
        if job.facts.get("labels") == str(labels) and (job.folder / PLAN).is_file()
    ]
    if plans:
        _show_plan(workspace, plans[0])


def _show_plan(workspace: Workspace, job: Job) -> None:
    path = job.folder / EDITED if (job.folder / EDITED).is_file() else job.folder / PLAN
    try:
        plan = read_plan(path)
        workspace.roots.inside(plan.root)
    except UsageError as error:
        st.error(plain(str(error)))
        return
    st.markdown(f"**The plan**: {len(plan.rows):,} files into {plain(str(plan.root))}")
    is_begun = journal_path(path).exists()
    edits = _table(plan, job.id, is_begun)
    if is_begun:
        _offer_undo(workspace, path)
    else:
        _offer_apply(workspace, plan, edits, path)


def _table(plan: SortPlan, key: str, is_begun: bool) -> Mapping[int, Mapping[str, Any]]:
    """The rows to look at; gives the edits, by row, while nothing has been carried out."""
    st.caption(
        "Already carried out; undo it to change it."
        if is_begun
        else "Change a label and the photo goes to that class; change a destination and it goes "
        "exactly there."
    )
    if len(plan.rows) > MOST_ROWS:
        st.caption(f"The first {MOST_ROWS:,} rows are shown.")
    rows = [{name: getattr(row, name) for name in SHOWN} for row in plan.rows[:MOST_ROWS]]
    locked = [name for name in SHOWN if name not in EDITABLE]
    st.data_editor(
        rows, key=f"plan {key}", disabled=True if is_begun else locked, hide_index=True,
        alt="The sort plan: a row for each file",
    )  # fmt: skip
    changed: Mapping[int, Mapping[str, Any]] = st.session_state[f"plan {key}"]["edited_rows"]
    return changed


def edited(plan: SortPlan, edits: Mapping[int, Mapping[str, Any]]) -> SortPlan:
    """The plan with the cells that a person has changed.

    Args:
        plan: as it was read.
        edits: new values of `label` and `destination`, by the row's place from 0.
    """
    rows = list[PlanRow](plan.rows)
    for place, cells in edits.items():
        row = rows[place]
        rows[place] = replace(
            row, label=str(cells.get("label", row.label) or ""),
            destination=str(cells.get("destination", row.destination) or ""),
        )  # fmt: skip
    return replace(plan, rows=tuple(rows))


def _offer_apply(
    workspace: Workspace, plan: SortPlan, edits: Mapping[int, Mapping[str, Any]], path: Path
) -> None:
    if edits:
        st.caption(f"Rows changed: {len(edits)}.")
    mode = st.radio("How", list(MODES), format_func=MODES.__getitem__)
    if not st.button("Carry out the plan", type="primary"):
        return
    try:
        if edits:
            path.with_name(EDITED).unlink(missing_ok=True)  # never begun, or it would not be edited
            path = path.with_name(EDITED)
            write_plan(edited(plan, edits), path)
    except UsageError as error:
        st.error(plain(str(error)))
        return
    words = [*SORT, "apply", str(path), "--mode", mode]
    start_and_show(workspace, f"Sort into {plan.root.name}", words)


def _offer_undo(workspace: Workspace, path: Path) -> None:
    done = next((job for job in jobs_of(workspace, *SORT) if str(path) in job.words), None)
    if done is not None and done.state != "running":
        st.code(done.output or done.messages, language=None, wrap_lines=True)
    if st.button("Undo: put everything back"):
        start_and_show(workspace, "Undo the sorting", [*SORT, "undo", str(path)])

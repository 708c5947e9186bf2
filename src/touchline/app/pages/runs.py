"""The page *Runs*: what has been trained, how well, and where it errs."""

from dataclasses import replace

import streamlit as st

from touchline.app.reports import run_report_url
from touchline.app.runs_page.comparison import show_comparison, show_table
from touchline.app.runs_page.confusion import show_confusion
from touchline.app.runs_page.curves import show_curves
from touchline.app.workspace import Workspace
from touchline.errors import UsageError
from touchline.run_listing.records import RunRecord, find_runs
from touchline.run_listing.tables import facts_table, list_table


def render(workspace: Workspace) -> None:
    """Show the page."""
    st.title("Runs")
    try:
        found = find_runs(workspace.runs)
    except UsageError:
        found = []
    if not found:
        st.info("Nothing has been trained yet. Go to *Photos*, *Teach*, and let a model learn.")
        return
    runs = sorted(found, key=lambda run: run.begun, reverse=True)
    show_table(list_table([
        replace(run, folder=run.folder.relative_to(workspace.runs)) for run in runs
    ]))  # fmt: skip
    chosen = st.multiselect(
        "Look at one run, or compare several", runs, default=runs[:1], key="runs chosen",
        format_func=lambda run: f"{run.task}: {run.folder.relative_to(workspace.runs)}",
    )  # fmt: skip
    if len(chosen) > 1:
        show_comparison(chosen)
    elif chosen:
        _show_run(workspace, chosen[0])


def _show_run(workspace: Workspace, run: RunRecord) -> None:
    names = ["Scores", "Curves", "Report"]
    if run.task == "photos":
        names.insert(1, "Confusions")
    for name, tab in zip(names, st.tabs(names, on_change="rerun", key="runs tab"), strict=True):
        if not tab.open:
            continue
        with tab:
            if name == "Scores":
                show_table(facts_table(run))
            elif name == "Confusions":
                show_confusion(workspace, run.folder)
            elif name == "Curves":
                show_curves(run.folder)
            else:
                _show_report(workspace, run)


def _show_report(workspace: Workspace, run: RunRecord) -> None:
    if not (run.folder / "report.html").is_file():
        st.info("This run has no report: it was not finished.")
        return
    url = run_report_url(workspace.runs, run.folder)
    st.link_button("Open the report in a page of its own", url)
    st.iframe(url, height=800, alt=f"The report of {run.folder.name}")

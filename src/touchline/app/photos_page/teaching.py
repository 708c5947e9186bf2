"""The tab where classes are learnt from a folder of examples."""

import time
from pathlib import Path

import streamlit as st

from touchline.app.jobs.records import Job
from touchline.app.photos_page.choosing import choose_folder
from touchline.app.reports import run_report_url
from touchline.app.work_list import newest, start_and_show
from touchline.app.workspace import Workspace

TRAIN = ("photos", "train")
RECIPES = {
    "probe": "Quick: learn on top of what the network knows (minutes, enough for most archives)",
    "finetune": "Thorough: teach the network itself (hours without a graphics card)",
}
SCORINGS = {
    "folds": "Every photo is scored once by a model that has not seen it (the most exact)",
    "holdout": "Keep one photo in five of each class for scoring only (quicker)",
}


def show_teaching(workspace: Workspace) -> None:
    """A folder, three choices in plain words and a button; then the report of the latest run."""
    folder = choose_folder(workspace, "Folder of examples, one folder for each class", "examples")
    recipe = st.radio("How to learn", list(RECIPES), format_func=RECIPES.__getitem__)
    scoring = st.radio("How to score", list(SCORINGS), format_func=SCORINGS.__getitem__)
    if st.button("Teach", type="primary"):
        run = workspace.runs / "photos" / time.strftime("%Y-%m-%d_%H%M%S")
        words = [*TRAIN, str(folder), "--recipe", recipe, "--out", str(run)]
        if scoring == "holdout":
            words += ["--holdout", "0.2"]
        start_and_show(workspace, f"Teach from {folder.name}", words, run=str(run))
    if (job := newest(workspace, *TRAIN)) is not None:
        _show_run(workspace, job)


def _show_run(workspace: Workspace, job: Job) -> None:
    run = Path(job.facts.get("run", ""))
    if job.state == "running":
        return
    if not (run / "report.html").is_file() or not run.is_relative_to(workspace.runs):
        st.error("The latest teaching did not end with a report:")
        st.code(job.messages, language=None, wrap_lines=True)
        return
    st.subheader("The latest report")
    st.code(job.output, language=None, wrap_lines=True)
    url = run_report_url(workspace.runs, run)
    st.link_button("Open the report in a page of its own", url)
    st.iframe(url, height=700, alt="The report of the latest run")

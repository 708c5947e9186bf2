"""The tab where a model labels a folder, and where labelled photos are sorted into folders."""

from pathlib import Path

import streamlit as st

from touchline.app.jobs.records import Job
from touchline.app.jobs.starting import new_folder
from touchline.app.photos_page.choosing import choose_folder
from touchline.app.photos_page.sorting import show_sorting
from touchline.app.work_list import jobs_of, start_and_show
from touchline.app.workspace import Workspace
from touchline.errors import UsageError
from touchline.run_listing.records import RunRecord, find_runs

PREDICT = ("photos", "predict")
LABELS = "labels.parquet"


def show_labelling(workspace: Workspace) -> None:
    """A model and a folder to choose; then the labels: into the catalog, and sorted by."""
    runs = photo_runs(workspace)
    if not runs:
        st.info("There is no model yet. Open the tab *Teach* and let one learn from examples.")
        return
    run = st.selectbox("Model", runs, format_func=_named)
    folder = choose_folder(workspace, "Folder to label", "folder to label")
    if st.button("Label this folder", type="primary"):
        place = new_folder(workspace)
        words = [*PREDICT, str(run.folder), str(folder), "--out", str(place / LABELS)]
        start_and_show(workspace, f"Label {folder.name}", words, place, labelled=str(folder))
    labelled = [job for job in jobs_of(workspace, *PREDICT) if _has_labels(job)]
    if labelled:
        st.subheader("What has been labelled")
        job = st.selectbox("Labels", labelled, format_func=lambda each: f"{each.title}, {each.id}")
        st.code(job.output or job.messages, language=None, wrap_lines=True)
        _offer_catalog(workspace, job)
        show_sorting(workspace, job.folder / LABELS)


def photo_runs(workspace: Workspace) -> list[RunRecord]:
    """The finished runs of the task *photos*, the newest first."""
    try:
        found = find_runs(workspace.runs)
    except UsageError:
        return []
    ready = [run for run in found if run.task == "photos" and run.finished]
    models = [run for run in ready if (run.folder / "weights").is_dir()]
    return sorted(models, key=lambda run: run.begun, reverse=True)


def _named(run: RunRecord) -> str:
    score = f", {run.score[1].value:.1%}" if run.score else ""
    return f"{run.folder.name}{score}"


def _has_labels(job: Job) -> bool:
    return job.state in ("finished", "partly done") and (job.folder / LABELS).is_file()


def _offer_catalog(workspace: Workspace, job: Job) -> None:
    folder = Path(job.facts.get("labelled", ""))
    st.caption("In the catalog labels can be searched, and doubtful ones reviewed.")
    if st.button("Put these labels into the catalog"):
        words = ["archive", "index", str(folder), "--labels", str(job.folder / LABELS)]
        start_and_show(workspace, f"Labels of {folder.name} into the catalog", words)

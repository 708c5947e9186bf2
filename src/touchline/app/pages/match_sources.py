"""Where events come from: spotting as a job, or a file of annotations or predictions."""

from pathlib import Path

import streamlit as st

from touchline.app.jobs.records import Job
from touchline.app.match.event_sets import CataloguedVideo
from touchline.app.match.importing import files_beside
from touchline.app.match.spotting import import_results, spot, spotting_jobs, spotting_runs
from touchline.app.workspace import Workspace
from touchline.errors import TouchlineError
from touchline.reporting.plain_text import printable
from touchline.samples import SAMPLE
from touchline.spotting.cataloguing import import_events
from touchline.spotting.video_events import read_events

MOST_FAULTS = 20


def show_sources(workspace: Workspace, video: CataloguedVideo, *, unfolded: bool) -> None:
    """Offer to spot the video and to import events.

    Args:
        workspace: what the page works on.
        video: present and readable.
        unfolded: whether to show it all at once, where there are no events yet.
    """
    with st.expander("Spot events in this video", expanded=unfolded):
        _offer_spotting(workspace, video)
    with st.expander("Import events", expanded=unfolded):
        _offer_import(workspace, video)


def _offer_spotting(workspace: Workspace, video: CataloguedVideo) -> None:
    jobs = spotting_jobs(workspace, video.id)
    for job in jobs:
        _import_once(workspace, job)
    if jobs and jobs[0].state == "running":
        st.info("This video is being looked at; the page shows above how far it is.")
        return
    if jobs and jobs[0].state not in ("finished", "partly done"):
        st.warning(f"The last attempt was {jobs[0].state}.")
        st.text(printable(jobs[0].progress[0]))
    run = st.selectbox(
        "Model", spotting_runs(workspace), help="Runs of `touchline spotting train`.",
        format_func=lambda each: "the one that ships with Touchline, for a first try"
        if each == SAMPLE else printable(Path(each).name),
    )  # fmt: skip
    if st.button("Spot events"):
        try:
            spot(workspace, run, video)
        except TouchlineError as error:
            _say("It could not be started.", error)
            return
        st.rerun()


def _import_once(workspace: Workspace, job: Job) -> None:
    try:
        if import_results(workspace, job) is not None:
            st.rerun()
    except TouchlineError as error:
        _say("What was spotted could not be put into the catalog.", error)


def _offer_import(workspace: Workspace, video: CataloguedVideo) -> None:
    found = files_beside(video.path, workspace.roots)
    file = st.selectbox(
        "File beside the video", found, index=0 if found else None,
        format_func=lambda path: printable("/".join(path.parts[-2:])),
        placeholder="There is none", disabled=not found,
    )  # fmt: skip
    typed = st.text_input(
        "Or another file in the folders of this app", placeholder="/…/Labels.json"
    )
    if not st.button("Import", disabled=not (typed or file)):
        return
    try:
        real = workspace.roots.inside(Path(typed or file or ""))
        events = read_events(real, video.path)
        set_id = import_events(workspace.catalog, video.id, events, real)
    except TouchlineError as error:
        _say("Nothing was imported.", error)
        return
    st.session_state[f"open events of video {video.id}"] = set_id
    if not events.faults:
        st.rerun()
    st.success(f"{len(events.events)} events imported.")
    st.text("\n".join(printable(str(fault)) for fault in events.faults[:MOST_FAULTS]))
    st.button("Show them")


def _say(what: str, error: TouchlineError) -> None:
    st.error(what)
    st.text(printable(str(error)))

"""Long work on a page: how far it is, a button to cancel it, and what has ended lately.

It is read from the disk once a second, so that a reload of the page, or of the app, loses nothing.
"""

from datetime import datetime

import streamlit as st

from touchline.app.jobs.records import Job, State, list_jobs, read_job
from touchline.app.jobs.starting import cancel
from touchline.app.plain_words import plain
from touchline.app.workspace import Workspace
from touchline.errors import UsageError

SIGNS: dict[State, str] = {
    "running": "▶", "finished": "✔", "partly done": "◐", "not passed": "✖", "cancelled": "■",
    "failed": "✖", "lost": "?",
}  # fmt: skip
IN_WORDS: dict[State, str] = {
    "running": "under way", "finished": "finished",
    "partly done": "done, but some files were not usable",
    "not passed": "done: a check did not pass", "cancelled": "cancelled", "failed": "failed",
    "lost": "ended without a word, for example when the computer was switched off",
}  # fmt: skip
MOST_SHOWN = 20
SECONDS_BETWEEN_LOOKS = 1.0


def show_running(workspace: Workspace) -> None:
    """What is under way now, once a second; the page is run again when something of it ends.

    Call it last: while a page is still being drawn, the clock of a fragment disturbs it. With
    nothing under way there is no clock.
    """
    is_busy = any(job.state == "running" for job in list_jobs(workspace.jobs))
    st.fragment(_show_running, run_every=SECONDS_BETWEEN_LOOKS if is_busy else None)(workspace)


def _show_running(workspace: Workspace) -> None:
    running = [job for job in list_jobs(workspace.jobs) if job.state == "running"]
    seen: set[str] = st.session_state.get("jobs running", set())
    now = {job.id for job in running}
    st.session_state["jobs running"] = now
    for job in running:
        _show_progress(job)
    if seen - now:
        st.rerun()


def show_ended(workspace: Workspace) -> None:
    """What has ended, the newest first, each with what it said."""
    ended = [job for job in list_jobs(workspace.jobs) if job.state != "running"]
    for job in ended[:MOST_SHOWN]:
        when = datetime.fromtimestamp(job.ended_at or job.begun_at).astimezone()
        title = (
            f"{SIGNS[job.state]} {plain(job.title)}: {IN_WORDS[job.state]} ({when:%d %B, %H:%M})"
        )
        with st.expander(title):
            st.code(job.messages + job.output or "It said nothing.", language=None, wrap_lines=True)
    if not ended:
        st.info("Nothing has been done yet. What you start on this page is listed here.")


def newest(workspace: Workspace, *verb: str) -> Job | None:
    """The newest job of a command, whatever its state; None where there is none."""
    return next(iter(jobs_of(workspace, *verb)), None)


def jobs_of(workspace: Workspace, *verb: str) -> list[Job]:
    """The jobs of a command, the newest first."""
    return [job for job in list_jobs(workspace.jobs) if job.words[: len(verb)] == verb]


def _show_progress(job: Job) -> None:
    line, share = job.progress
    words, button = st.columns([5, 1], vertical_alignment="center")
    said = plain(line) if line else "starting"
    words.progress(0.0 if share is None else share, text=f"{plain(job.title)}: {said}")
    if button.button("Cancel", key=f"cancel {job.id}", help=f"Stop {plain(job.title)}"):
        _cancel(job)


def _cancel(job: Job) -> None:
    try:
        cancel(read_job(job.folder.parent, job.id))
    except UsageError as error:  # it has ended meanwhile, and its folder was removed
        st.warning(plain(str(error)))
    else:
        st.toast("It is asked to stop, and saves what it has.")

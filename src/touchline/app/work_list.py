"""Long work on a page: what is under way, what has ended lately, and the button that starts it.

All of it is read from the disk, so that a reload of the page, or of the app, loses nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import streamlit as st

from touchline.app.components.work import mount_work
from touchline.app.jobs.records import Job, State, list_jobs
from touchline.app.jobs.routes import running
from touchline.app.jobs.starting import start
from touchline.app.plain_words import plain
from touchline.app.workspace import Workspace
from touchline.errors import TouchlineError

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


def start_and_show(
    workspace: Workspace, title: str, words: Sequence[str], folder: Path | None = None,
    **facts: Any,
) -> None:  # fmt: skip
    """Start a command and run the page again, which then shows its progress at the top."""
    try:
        start(workspace, title, words, folder, **facts)
    except TouchlineError as error:
        st.error(plain(str(error)))
    else:
        st.rerun()


def show_running(workspace: Workspace) -> None:
    """What is under way, kept up to date in the browser; the page runs again when some of it ends.

    It keeps its place on the page when there is nothing, so that what follows keeps its own.
    """
    with st.container():
        if jobs := running(workspace):
            mount_work(jobs)


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

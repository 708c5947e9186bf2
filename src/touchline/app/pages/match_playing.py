"""A video that browsers cannot play: what to do about it, and how far that is."""

from pathlib import Path

import streamlit as st

from touchline.app.addresses import video_url
from touchline.app.match.event_sets import CataloguedVideo
from touchline.app.playable import make_playable, plays_in_browsers, shown_file
from touchline.app.work_list import jobs_of
from touchline.app.workspace import Workspace
from touchline.errors import TouchlineError
from touchline.media.video.opening import UnreadableVideoError
from touchline.reporting.plain_text import printable

WHY = (
    "Browsers cannot play files of this kind, so that its frames are shown one by one. A copy that"
    " they can play takes some minutes and lies in the cache; the file itself stays as it is."
)


def offer_playable(workspace: Workspace, video: CataloguedVideo) -> None:
    """Offer a copy that plays, where the video does not and none has been made.

    Args:
        workspace: where the copy goes.
        video: beneath the roots and readable.
    """
    real = workspace.roots.inside(video.path)
    if _plays(workspace, real):
        return
    jobs = [
        job
        for job in jobs_of(workspace, "spotting", "prepare")
        if job.facts.get("video") == str(real)
    ]
    if jobs and jobs[0].state == "running":
        st.info("A copy that plays is being made; this page plays it when it is there.")
        return
    if jobs:
        st.warning(f"The last attempt to make a copy that plays was {jobs[0].state}.")
        st.text(printable(jobs[0].progress[0]))
    words, button = st.columns([4, 1], vertical_alignment="center")
    words.caption(WHY)
    if button.button("Make it playable"):
        try:
            make_playable(workspace, real)
        except TouchlineError as error:
            st.error("It could not be started.")
            st.text(printable(str(error)))
        else:
            st.rerun()


def playing_url(workspace: Workspace, video: CataloguedVideo) -> str:
    """Where the player finds a video: another address once a playable copy of it is sent."""
    real = workspace.roots.inside(video.path)
    return video_url(video.id, as_copy=shown_file(workspace, real) != real)


def _plays(workspace: Workspace, real: Path) -> bool:
    """Whether a browser plays what it is sent; what is no video has no copy that could be made."""
    try:
        return plays_in_browsers(shown_file(workspace, real))
    except UnreadableVideoError:
        return True

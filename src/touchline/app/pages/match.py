"""The page Match: a video and its events on a timeline, corrected, compared and exported."""

from collections.abc import Callable, Container, Sequence
from pathlib import Path

import streamlit as st

from touchline.app.components.match import match_state, mount_match
from touchline.app.components.outbox import settle
from touchline.app.match.comparing import compare
from touchline.app.match.editing import apply_edit
from touchline.app.match.event_sets import (
    CORRECTED,
    CataloguedVideo,
    EventSet,
    catalogued_videos,
    labels_of,
    sets_of,
    stored_events,
)
from touchline.app.match.showing import DEFAULT_RATE, Film, Reference, shown_match
from touchline.app.match.thresholds import Thresholds, remember, remembered, valid_thresholds
from touchline.app.pages.match_figures import show_figures
from touchline.app.pages.match_playing import offer_playable, playing_url
from touchline.app.pages.match_sources import show_sources
from touchline.app.work_list import show_running
from touchline.app.workspace import Workspace
from touchline.archive.catalog.tables import PRESENT
from touchline.archive.review.corrected_sets import corrected_set
from touchline.errors import TouchlineError, UsageError
from touchline.media.video.decoder import VideoDecoder
from touchline.reporting.plain_text import printable
from touchline.spotting.hits import HIT_SECONDS

NO_VIDEO = (
    "There is no video in the catalog yet. Index a folder that holds some: on the page Photos, or"
    " with `touchline archive index FOLDER`."
)
NO_EVENTS = "This video has no events yet. Spot it, or import a file of its events, below."
LEAST_TOLERANCE, MOST_TOLERANCE = 0.04, 60.0  # seconds


def render(workspace: Workspace) -> None:
    """Show the page."""
    st.title("Match")
    show_running(workspace)
    videos = catalogued_videos(workspace.catalog)
    if not videos:
        st.info(NO_VIDEO)
        return
    by_id = {each.id: each for each in videos}
    _begin_with("video", "match video", by_id)
    video = by_id[
        st.selectbox(
            "Video", list(by_id), key="match video",
            format_func=lambda video_id: printable(by_id[video_id].shown),
        )
    ]  # fmt: skip
    st.query_params["video"] = str(video.id)
    if not _can_be_shown(workspace, video):
        return
    offer_playable(workspace, video)
    sets = sets_of(workspace.catalog, video.id)
    if sets:
        _show_set(workspace, video, *_chosen(video, sets))
    else:
        st.info(NO_EVENTS)
    show_sources(workspace, video, unfolded=not sets)


def _begin_with(name: str, key: str, options: Container[int]) -> None:
    """Let a choice begin with what the address says, so that a reload shows the same again."""
    if st.session_state.get(key) in options:
        return
    st.session_state.pop(key, None)  # what was chosen is no longer there
    told = st.query_params.get(name, "")
    if told.isascii() and told.isdigit() and int(told) in options:
        st.session_state[key] = int(told)


def _can_be_shown(workspace: Workspace, video: CataloguedVideo) -> bool:
    """Whether the video can be read; says what to do where it cannot."""
    trouble = f"It cannot be read: {printable(video.reason)}." if video.state != PRESENT else ""
    try:
        if not workspace.roots.inside(video.path).is_file():
            trouble = "Its file is no longer there."
    except UsageError as error:
        trouble = f"Found {printable(error.found)}. {error.next_step}"
    if trouble:
        st.error("This video cannot be shown.")
        st.text(f"{trouble}\nMend or replace the file, then index its folder again.")
    return not trouble


def _chosen(
    video: CataloguedVideo, sets: Sequence[EventSet]
) -> tuple[EventSet, EventSet | None, float]:  # fmt: skip
    """The set to look at, the one to compare it with, and the tolerance in seconds."""
    left, middle, right = st.columns([3, 3, 2])
    by_id = {each.id: each for each in sets}
    place = f"events of video {video.id}"
    if (wanted := st.session_state.pop(f"open {place}", None)) in by_id:
        st.session_state[place] = wanted
    _begin_with("events", place, by_id)
    chosen = left.selectbox("Events", list(by_id), key=place, format_func=_teller(by_id))
    st.query_params["events"] = str(chosen)
    others = [None, *(each.id for each in sets if each.id != chosen)]
    other = middle.selectbox(
        "Compare with", others, format_func=_teller(by_id), disabled=len(others) == 1,
        help="The truth, or another model.",
    )  # fmt: skip
    seconds = right.number_input(
        "Tolerance (s)", LEAST_TOLERANCE, MOST_TOLERANCE, HIT_SECONDS, 0.1, disabled=other is None,
        help="How far apart two events may lie that count as the same, before or after.",
    )  # fmt: skip
    return by_id[chosen], None if other is None else by_id[other], float(seconds)


def _show_set(
    workspace: Workspace, video: CataloguedVideo, event_set: EventSet, other: EventSet | None,
    seconds: float,
) -> None:  # fmt: skip
    """The component with one set, and the figures below it."""
    catalog = workspace.catalog
    if event_set.kind != CORRECTED:
        st.button(
            "Correct these events", on_click=_correct,
            args=(workspace, event_set), help="In a copy; these stay as they are.",
        )  # fmt: skip
    sent, told = match_state(event_set.id)
    outbox = settle(
        f"{catalog.shown} match {event_set.id}", sent,
        lambda edit: apply_edit(catalog, event_set.id, edit),
    )  # fmt: skip
    events = stored_events(catalog, event_set.id)
    thresholds = _thresholds(workspace, event_set, told)
    counted = [each.event for each in thresholds.counted(events)]
    reference = None
    if other is not None:
        stored = stored_events(catalog, other.id)
        counts = remembered(workspace.cache, catalog.shown, other).counted(stored)
        beside = tuple(each.event for each in counts)
        reference = Reference(other, beside, compare(counted, beside, seconds))
    classes = labels_of(catalog, video.id)
    film = Film(playing_url(workspace, video), _rate(str(video.path)))
    data = shown_match(video, film, classes, event_set, events, thresholds, reference, outbox)
    mount_match(event_set.id, data)
    show_figures(workspace, video, event_set, events, counted, reference)


def _correct(workspace: Workspace, event_set: EventSet) -> None:
    """Make a copy to correct, in which the same events count, and look at it."""
    name = workspace.catalog.shown
    try:
        copy = corrected_set(workspace.catalog, event_set.id)
        labels = {each.event.label for each in stored_events(workspace.catalog, event_set.id)}
        counting = remembered(workspace.cache, name, event_set).for_classes(labels)
        remember(workspace.cache, name, copy, counting)
    except (TouchlineError, OSError) as error:
        st.error("The events cannot be corrected now.")
        st.text(str(error))
        return
    st.session_state[f"open events of video {event_set.video_id}"] = copy


def _thresholds(workspace: Workspace, event_set: EventSet, told: object) -> Thresholds:
    """What the sliders say, remembered; before one is moved, what they said the last time."""
    kept = remembered(workspace.cache, workspace.catalog.shown, event_set)
    chosen = valid_thresholds(told)
    if told is None or chosen == kept.by_class:
        return kept
    try:
        remember(workspace.cache, workspace.catalog.shown, event_set.id, chosen)
    except OSError as error:
        st.warning(f"The thresholds will not be remembered: {error.strerror}.")
    return Thresholds(chosen, kept.others)


def _teller(by_id: dict[int, EventSet]) -> Callable[[int | None], str]:
    def told(set_id: int | None) -> str:
        if set_id is None:
            return "nothing"
        return printable(f"{by_id[set_id].name} ({by_id[set_id].kind})")

    return told


@st.cache_data(max_entries=200, show_spinner=False)
def _rate(path: str) -> float:
    """Frames a second; what is wrong with a file that cannot be opened the player says."""
    try:
        decoder = VideoDecoder(Path(path), threads=1)
    except UsageError:
        return DEFAULT_RATE
    rate = float(decoder.rate)
    decoder.close()
    return rate

"""The page Players: one crop searched for among the others, and who is who confirmed."""

from pathlib import Path

import streamlit as st

from touchline.app.components.outbox import settle
from touchline.app.components.players import mount_strip, strip_state
from touchline.app.pages.players_choosing import choose_from_frame, choose_from_gallery
from touchline.app.pages.players_outcomes import show_outcomes
from touchline.app.plain_words import plain
from touchline.app.players.answers import answers_as_csv, apply_answer
from touchline.app.players.gallery import crop_page, crops_beneath, crops_with_role
from touchline.app.players.network import network_names, opened_network
from touchline.app.players.query import Query, shown_query
from touchline.app.players.ranking import Ranked, Within, rank_crop
from touchline.app.players.showing import shown_strip
from touchline.app.players.vectors import AT_ONCE
from touchline.app.work_list import show_running
from touchline.app.workspace import Workspace
from touchline.archive.review.identity_reviews import answers_for
from touchline.errors import TouchlineError, UsageError
from touchline.reid.crops import Crop
from touchline.samples import SAMPLE

WITHIN: dict[Within, str] = {
    "action": "inside its action: the frame and its replays", "everything": "over everything",
}  # fmt: skip
NO_CROPS = (
    "There are no crops of players in the catalog yet. Index a folder of crops, laid out as"
    " SoccerNet or Market-1501 are: `touchline archive index FOLDER`. `touchline demo` makes some."
)


def render(workspace: Workspace) -> None:
    """Show the page."""
    st.title("Players")
    show_running(workspace)
    if not crop_page(workspace.catalog, "", "", 0, 1).total:
        st.info(NO_CROPS)
        return
    names = network_names(workspace)
    left, right = st.columns(2)
    name = left.selectbox("Network", names, format_func=_name_of, key="players network")
    within = right.radio("Search", list(WITHIN), format_func=WITHIN.__getitem__, horizontal=True)
    try:
        _strip(workspace, name, within)
        gallery, frame, outcomes, answers = st.tabs(
            ["Gallery", "Frame of a video", "Hits and misses", "Answers"],
            on_change="rerun", key="players tab",
        )  # fmt: skip
        if gallery.open:
            with gallery:
                choose_from_gallery(workspace)
        if frame.open:
            with frame:
                choose_from_frame(workspace)
        if outcomes.open:
            with outcomes:
                show_outcomes(workspace, name, within)
        if answers.open:
            with answers:
                _export(workspace)
    except TouchlineError as error:
        st.error(plain(str(error)))


@st.fragment
def _strip(workspace: Workspace, name: str, within: Within) -> None:
    query: Query | None = st.session_state.get("players query")
    sent, reviewer = strip_state()
    catalog = workspace.catalog
    outbox = settle(f"{catalog.shown} players", sent, lambda answer: apply_answer(catalog, answer))
    if query is None:
        st.info("Choose a crop of the gallery below, or draw a box on a frame of a video.")
        return
    try:
        crop, picture = shown_query(workspace, query)
        ranked = _ranked(workspace, name, crop, within if query.is_kept else "everything")
    except TouchlineError as error:
        st.error(plain(str(error)))
        return
    answers = answers_for(catalog, crop.number) if query.is_kept else {}
    mount_strip(
        shown_strip(ranked.match, picture, answers, is_kept=query.is_kept)
        | {"outbox": outbox, "reviewer": reviewer, "run": _name_of(name)}
    )
    for fault in ranked.faults[:10]:
        st.caption(plain(f"{fault.path.name}: {fault.reason}"))
    if not query.is_kept:
        st.caption("A box is not in the catalog: its identity can be searched, not confirmed.")


def _ranked(workspace: Workspace, name: str, query: Crop, within: Within) -> Ranked:
    found, kept = opened_network(workspace, name)
    searched = crops_with_role(workspace.catalog, queries=False)
    if within == "action":
        searched = tuple(crop for crop in searched if crop.action == query.action)
    searched = crops_beneath(workspace.roots, searched)
    missing = kept.missing(searched)
    if missing > AT_ONCE:
        raise UsageError(
            f"at most {AT_ONCE:,} crops to look at for the first time", f"{missing:,}",
            "Search inside the action, or compute them on the tab Hits and misses first.",
        )  # fmt: skip
    with st.spinner(f"Looking at {missing} crops…" if missing else "Ranking…"):
        return rank_crop(kept, found.confidence, query, searched, within)


def _export(workspace: Workspace) -> None:
    table = answers_as_csv(workspace.catalog)
    count = table.count("\n") - 1
    if not count:
        st.info("Nobody has confirmed an identity yet: choose a crop, then press Y or N.")
        return
    st.write(f"{count:,} answers have been given.")
    st.download_button("Download as CSV", table, "identities.csv", "text/csv")


def _name_of(name: str) -> str:
    return "the sample that ships with Touchline" if name == SAMPLE else Path(name).name

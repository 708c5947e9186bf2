"""The page Review: the doubtful photos, one after the other, decided from the keyboard."""

import streamlit as st

from touchline.app.components.outbox import settle
from touchline.app.components.review import mount_review, review_state
from touchline.app.pages.review_results import show_learning, show_sidecars
from touchline.app.review.applying import apply_decision
from touchline.app.review.narrowing import photos_matching
from touchline.app.review.placing_new import place_new
from touchline.app.review.showing import known_classes, shown_items
from touchline.app.work_list import show_running
from touchline.app.workspace import Workspace
from touchline.archive.catalog.opening import Catalog
from touchline.archive.review.queueing import QueueItem, next_items
from touchline.errors import TouchlineError

AHEAD = 6
"""Photos that a page holds: a person's next, so that none is waited for. Others do not see them."""


def render(workspace: Workspace) -> None:
    """Show the page."""
    title, narrowing = st.columns([1, 3], vertical_alignment="bottom")
    title.title("Review")
    query = narrowing.text_input(
        "Only photos that match", key="review filter", placeholder="class:Kick-l confidence<0.7"
    ).strip()
    show_running(workspace)
    _queue(workspace, query)
    sidecars, learning = st.tabs(
        ["Write to sidecars", "Learn from these"], on_change="rerun", key="review tab"
    )
    if sidecars.open:
        with sidecars:
            show_sidecars(workspace, query)
    if learning.open:
        with learning:
            show_learning(workspace)


@st.fragment
def _queue(workspace: Workspace, query: str) -> None:
    sent, reviewer = review_state()
    catalog = workspace.catalog
    outbox = settle(
        f"{catalog.shown} review", sent, lambda decision: apply_decision(catalog, decision)
    )
    data = {
        "outbox": outbox, "reviewer": reviewer, "filter": query, "items": [], "left": 0,
        "classes": [],
    }  # fmt: skip
    try:
        if reviewer:
            items = _next(catalog, reviewer, query)
            data["items"] = shown_items(catalog, items)
            data["left"] = items[0].left if items else 0
            data["classes"] = known_classes(catalog)
    except TouchlineError as error:
        outbox["trouble"] = str(error)
    mount_review(data)


def _next(catalog: Catalog, reviewer: str, query: str) -> list[QueueItem]:
    only = photos_matching(query)
    items = next_items(catalog, reviewer, AHEAD, only)
    if items or not place_new(catalog):
        return items
    return next_items(catalog, reviewer, AHEAD, only)

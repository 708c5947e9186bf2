"""The component of the page Match: a video, its events, and the keys that correct them."""

from typing import Any

import streamlit as st

from touchline.app.components.inline import inline_component, redraw

SCRIPTS = (
    "elements", "outbox", "class_list", "match_events", "match_film", "match_timeline",
    "match_list", "match_thresholds", "match_editing", "match_view", "match",
)  # fmt: skip


def match_state(set_id: int) -> tuple[object, object]:
    """What the component of a set has set, whatever a browser sent: the outbox, the thresholds."""
    state = st.session_state.get(_key(set_id), {})
    return state.get("outbox"), state.get("thresholds")


def mount_match(set_id: int, data: dict[str, Any]) -> None:
    """Show a video with one set of its events.

    Args:
        set_id: of the set; another set is another component.
        data: as `touchline.app.match.showing.shown_match` makes it.
    """
    render = inline_component("match", SCRIPTS, "match", html="match")
    render(key=_key(set_id), data=data, on_outbox_change=redraw, on_thresholds_change=redraw)


def _key(set_id: int) -> str:
    return f"match {set_id}"

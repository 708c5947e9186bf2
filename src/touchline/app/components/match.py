"""The component of the page Match: a video, its events, and the keys that correct them."""

from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from touchline.app.components import script, style

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
    _component()(
        key=_key(set_id), data=data, on_outbox_change=_nothing, on_thresholds_change=_nothing
    )


@cache
def _component() -> ComponentRenderer:
    html = files(__package__).joinpath("match.html").read_text(encoding="utf-8")
    return st.components.v2.component(
        "touchline.match", html=html, css=style("match"), js=script(*SCRIPTS)
    )


def _key(set_id: int) -> str:
    return f"match {set_id}"


def _nothing() -> None:
    """A change is enough: the page reads the state when it is drawn."""

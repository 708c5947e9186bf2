"""The components of the page Players: the ranked strip, and a box on a frame."""

from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from touchline.app.components import script, style

STRIP, BOX = "players strip", "players box"


def strip_state() -> tuple[object, str]:
    """What the strip has set: the outbox, whatever a browser sent, and the reviewer's name."""
    state = st.session_state.get(STRIP, {})
    reviewer = state.get("reviewer")
    return state.get("outbox"), reviewer if isinstance(reviewer, str) else ""


def mount_strip(data: dict[str, Any]) -> None:
    """Show a ranked strip.

    Args:
        data: as `players.showing.shown_strip` makes it, with `outbox`, `reviewer` and `run`.
    """
    _strip()(key=STRIP, data=data, on_outbox_change=_nothing, on_reviewer_change=_nothing)


def mount_box(picture: str) -> object:
    """Show a frame on which a box can be drawn; gives the box, whatever a browser sent.

    Args:
        picture: the address of the frame.
    """
    mounted = _box()(key=BOX, data={"picture": picture}, on_box_change=_nothing)
    return mounted.get("box")


@cache
def _strip() -> ComponentRenderer:
    return st.components.v2.component(
        "touchline.players_strip",
        css=style("players"),
        js=script("elements", "outbox", "reviewer", "players_tiles", "players_strip"),
    )


@cache
def _box() -> ComponentRenderer:
    return st.components.v2.component(
        "touchline.players_box", css=style("players"), js=script("elements", "players_box")
    )


def _nothing() -> None:
    """A change is enough: the page reads the state when it is drawn."""

"""The components of the page Players: the ranked strip, and a box on a frame."""

from typing import Any

import streamlit as st

from touchline.app.components.inline import inline_component, redraw

STRIP, BOX = "players strip", "players box"
STRIP_SCRIPTS = ("elements", "outbox", "reviewer", "players_tiles", "players_strip")
BOX_SCRIPTS = ("elements", "players_box")


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
    render = inline_component("players_strip", STRIP_SCRIPTS, "players")
    render(key=STRIP, data=data, on_outbox_change=redraw, on_reviewer_change=redraw)


def mount_box(picture: str) -> object:
    """Show a frame on which a box can be drawn; gives the box, whatever a browser sent.

    Args:
        picture: the address of the frame.
    """
    render = inline_component("players_box", BOX_SCRIPTS, "players")
    return render(key=BOX, data={"picture": picture}, on_box_change=redraw).get("box")

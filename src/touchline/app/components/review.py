"""The component of the review queue, mounted on the page."""

from typing import Any

import streamlit as st

from touchline.app.components.inline import inline_component, redraw

KEY = "review queue"
SCRIPTS = (
    "elements", "outbox", "reviewer", "class_list", "review_queue", "review_view", "review",
)  # fmt: skip


def review_state() -> tuple[object, str]:
    """What the component has set: the outbox, whatever a browser sent, and the reviewer's name."""
    state = st.session_state.get(KEY, {})
    reviewer = state.get("reviewer")
    return state.get("outbox"), reviewer if isinstance(reviewer, str) else ""


def mount_review(data: dict[str, Any]) -> None:
    """Show the queue.

    Args:
        data: `outbox` as `outbox.settle` gives it, `items` as `shown_items`, `left`, `classes`,
            `reviewer` and `filter`.
    """
    render = inline_component("review", SCRIPTS, "review")
    render(key=KEY, data=data, on_outbox_change=redraw, on_reviewer_change=redraw)

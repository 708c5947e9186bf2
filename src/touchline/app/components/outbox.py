"""The server's end of `outbox.js`: apply what a page sent, and say which tokens are settled."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from touchline.archive.review.provenance import LONGEST_TOKEN
from touchline.errors import TouchlineError, UsageError

MOST_DECISIONS = 1000
"""A page holds no more than a person decides while the catalog cannot be reached."""


def settle(key: str, sent: object, apply: Callable[[Mapping[str, Any]], str]) -> dict[str, Any]:
    """Apply the decisions of a page that have not been applied, oldest first.

    A refused decision is settled too, with the reason. When the catalog cannot be reached the
    rest stays in the outbox of the browser, which sends it again.

    Args:
        key: names the outbox; the browser keeps decisions under it.
        sent: the state that `outbox.js` set; anything a browser may send.
        apply: writes one decision to the catalog, idempotent by its `token`; gives what to say of
            it. A `UsageError` refuses it.

    Returns:
        What the component's data has under `outbox`: `key`, `settled` (token, said, refused) for
        each decision of `sent` that is done with, and `trouble`, empty or why the rest waits.
    """
    decisions = _decisions(sent)
    memory = f"outbox {key}"
    before: dict[str, dict[str, Any]] = st.session_state.get(memory, {})
    settled: dict[str, dict[str, Any]] = {}
    trouble = ""
    for decision in decisions:
        token = decision["token"]
        if token in before:
            settled[token] = before[token]
            continue
        try:
            settled[token] = _settled(token, apply(decision))
        except UsageError as error:
            settled[token] = _settled(token, str(error), refused=True)
        except TouchlineError as error:
            trouble = str(error)
            break
        # Streamlit may end this run at its next element; the next one then knows what was done.
        st.session_state[memory] = before | settled
    st.session_state[memory] = settled
    return {"key": key, "settled": list(settled.values()), "trouble": trouble}


def _settled(token: str, said: str, *, refused: bool = False) -> dict[str, Any]:
    return {"token": token, "said": said, "refused": refused}


def _decisions(sent: object) -> list[dict[str, Any]]:
    """The entries that can be decisions at all; the page that sends others is not ours."""
    entries = sent if isinstance(sent, list) else []
    return [
        entry
        for entry in entries[:MOST_DECISIONS]
        if isinstance(entry, dict)
        and isinstance(entry.get("token"), str)
        and 0 < len(entry["token"]) <= LONGEST_TOKEN
    ]

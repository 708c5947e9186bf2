"""What a button does: start long work, or say why it cannot be started."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from touchline.app.jobs.starting import start
from touchline.app.plain_words import plain
from touchline.app.workspace import Workspace
from touchline.errors import TouchlineError


def start_and_show(
    workspace: Workspace, title: str, words: Sequence[str], folder: Path | None = None,
    **facts: Any,
) -> None:  # fmt: skip
    """Start a command and run the page again, which then shows its progress at the top."""
    try:
        start(workspace, title, words, folder, **facts)
    except TouchlineError as error:
        st.error(plain(str(error)))
    else:
        st.rerun()

"""The folder that a tab works on, chosen from those beneath the roots."""

from pathlib import Path

import streamlit as st

from touchline.app.folders import MOST_FOLDERS, choosable, shown_as
from touchline.app.workspace import Workspace

SECONDS_KEPT = 20


def choose_folder(workspace: Workspace, label: str, key: str) -> Path:
    """A list of folders to choose from; its search finds a folder by a part of its name."""
    folders = _choosable(tuple(workspace.roots.folders), workspace)
    chosen: Path = st.selectbox(
        label, folders, key=key, format_func=lambda folder: shown_as(folder, workspace.roots)
    )
    if len(folders) == MOST_FOLDERS:
        st.caption(
            f"The first {MOST_FOLDERS:,} folders are listed. Start the app with a folder further "
            "down to reach the rest."
        )
    return workspace.roots.inside(chosen)


@st.cache_data(ttl=SECONDS_KEPT, show_spinner=False)
def _choosable(_folders: tuple[Path, ...], _workspace: Workspace) -> list[Path]:
    return choosable(_workspace.roots)

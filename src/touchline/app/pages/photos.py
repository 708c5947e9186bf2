"""The page *Photos*: from a folder to labels that are sorted, without a command line."""

from collections.abc import Callable

import streamlit as st

from touchline.app.photos_page.auditing import show_index_and_audit
from touchline.app.photos_page.gallery import show_gallery
from touchline.app.photos_page.labelling import show_labelling
from touchline.app.photos_page.teaching import show_teaching
from touchline.app.photos_page.uploading import show_uploading
from touchline.app.work_list import show_ended, show_running
from touchline.app.workspace import Workspace

TABS: dict[str, Callable[[Workspace], None]] = {
    "Gallery": show_gallery,
    "Index and audit": show_index_and_audit,
    "Teach": show_teaching,
    "Label and sort": show_labelling,
    "Upload": show_uploading,
    "Work": show_ended,
}


def render(workspace: Workspace) -> None:
    """Show the page; only the tab that is open costs anything."""
    st.title("Photos")
    show_running(workspace)
    tabs = st.tabs(list(TABS), on_change="rerun", key="photos tab")
    for tab, show in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                show(workspace)

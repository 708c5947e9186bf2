"""The tab where files from this computer are sent to a folder of the app."""

import streamlit as st

from touchline.app.components.uploader import uploader
from touchline.app.folders import shown_as
from touchline.app.plain_words import plain
from touchline.app.uploads import FOLDER
from touchline.app.work_list import start_and_show
from touchline.app.workspace import Workspace


def show_uploading(workspace: Workspace) -> None:
    """A root to send files beneath, the files, and a button that indexes what has arrived."""
    roots = workspace.roots
    number: int = st.selectbox(
        "Send to", range(len(roots.folders)),
        format_func=lambda each: shown_as(roots.folders[each] / FOLDER, roots),
    )  # fmt: skip
    st.caption(
        f"Photos and videos of at most {workspace.upload_limit / 2**30:.3g} GB each. A file that "
        "is there already is never overwritten."
    )
    if arrived := uploader(number, workspace.upload_limit, f"uploader {number}"):
        st.success(f"Arrived: {plain(', '.join(arrived[:5]))}{' …' * (len(arrived) > 5)}")
    folder = roots.folders[number] / FOLDER
    if folder.is_dir() and st.button("Index what has been sent"):
        start_and_show(workspace, "Index uploads", ["archive", "index", str(folder)])

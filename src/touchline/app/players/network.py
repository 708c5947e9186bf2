"""The re-identifiers that a page may choose from, loaded once a process."""

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from touchline.app.players.vectors import KeptVectors
from touchline.app.workspace import Workspace
from touchline.errors import UsageError
from touchline.reid.sample import open_reid_run, sample_folder
from touchline.run_listing.records import find_runs
from touchline.samples import SAMPLE

if TYPE_CHECKING:
    from touchline.reid.model import Reidentifier  # the page is there before torch is


def network_names(workspace: Workspace) -> list[str]:
    """The finished runs beneath the app's folder of runs, the newest first, and the sample."""
    try:
        found = find_runs(workspace.runs)
    except UsageError:  # there is no such folder yet
        found = []
    ready = [run for run in found if run.task == "reid" and run.finished]
    ready.sort(key=lambda run: run.begun, reverse=True)
    return [*(str(run.folder) for run in ready), SAMPLE]


def opened_network(workspace: Workspace, name: str) -> tuple["Reidentifier", KeptVectors]:
    """A network and the vectors that it has made so far.

    Raises:
        UsageError: the run is damaged or gone.
    """
    folder = sample_folder() if name == SAMPLE else Path(name)
    try:
        changed = (folder / "preprocess.json").stat().st_mtime_ns
    except OSError as error:
        raise UsageError("a finished run", f"none at {folder}", "Choose another.") from error
    return _loaded(name, changed, workspace.cache / "reid")


@st.cache_resource(max_entries=2, show_spinner="Loading the network…")
def _loaded(name: str, changed: int, folder: Path) -> tuple["Reidentifier", KeptVectors]:
    from touchline.reid.model import load_reidentifier

    del changed  # another state of the run is loaded anew
    found = load_reidentifier(open_reid_run(name))
    return found, KeptVectors(folder, found)

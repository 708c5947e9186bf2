"""What becomes of decisions: sidecars beside the photos, and a model that learns from them."""

import time

import streamlit as st

from touchline.app.components.photo_grid import photo_grid
from touchline.app.plain_words import plain
from touchline.app.review.relearning import probe_runs, read_change, tiles_of
from touchline.app.review.sidecars import journal, preview, wanted_photos, write
from touchline.app.work_list import newest, start_and_show
from touchline.app.workspace import Workspace
from touchline.archive.tags.tag import Tagged
from touchline.archive.tags.untag import untag_photos
from touchline.errors import TouchlineError

NAMED = 20


def show_sidecars(workspace: Workspace, query: str) -> None:
    """Offer to write the decisions into sidecars; what will be written is said first."""
    which = f"that match `{plain(query)}`" if query else "of the catalog"
    st.write(
        f"The decisions on all reviewed photos {which} go into XMP files beside the photos, as"
        " confirmed tags with the reviewer's name. The photos themselves are never changed."
    )
    if st.button("Say what would be written"):
        st.session_state["sidecars previewed"] = query
    if st.session_state.get("sidecars previewed") != query:
        return
    try:
        wanted = wanted_photos(workspace, query)
        if not wanted.photo_ids:
            st.info("Nobody has decided on a photo here yet.")
            return
        _say(preview(workspace, wanted), "would be written")
        if wanted.outside:
            st.caption(f"{wanted.outside} photos outside the folders of this app are left alone.")
        go, back = st.columns(2)
        if go.button("Write to sidecars", type="primary"):
            _say(write(workspace, wanted), "written")
        if back.button("Take back all that was written", disabled=not journal(workspace).exists()):
            taken = untag_photos(journal(workspace))
            st.success(f"{taken.restored} sidecars are as they were; {len(taken.kept)} are kept.")
    except TouchlineError as error:
        st.error(plain(str(error)))


def _say(tagged: Tagged, verb: str) -> None:
    st.write(
        f"{tagged.written} sidecars {verb}, {tagged.unchanged} say it already, {tagged.judged}"
        f" hold a person's word against it, {len(tagged.skipped)} skipped."
    )
    for each in tagged.skipped[:NAMED]:
        st.caption(plain(f"{each.path}: {each.reason}"))


def show_learning(workspace: Workspace) -> None:
    """Offer to learn from the reviews as a new run; then show what that changed."""
    runs = probe_runs(workspace.runs)
    if not runs:
        st.info(
            "There is no model that could learn on yet: teach one on the page Photos (a probe,"
            " which is the default)."
        )
        return
    run = st.selectbox("Model", runs, format_func=lambda each: each.folder.name)
    if st.button("Learn from these", type="primary"):
        out = workspace.runs.absolute() / "photos" / f"{time.strftime('%Y%m%d-%H%M%S')}-learnt"
        words = ["photos", "learn", str(run.folder.absolute()), "--out", str(out)]
        start_and_show(workspace, "Learn from the reviews", words, run=str(out))
    job = newest(workspace, "photos", "learn")
    if job is None or job.state == "running":
        return
    if job.state != "finished":
        st.error(plain(f"It was {job.state}. {job.progress[0]}"))
        return
    try:
        record, changed = read_change(
            workspace.runs / "photos" / job.facts["run"].rpartition("/")[2]
        )
    except TouchlineError as error:
        st.error(plain(str(error)))
        return
    st.code(job.output, language=None)
    counts = record["changes"]
    st.write(
        f"Of {counts['untouched']} photos that neither model has learnt from,"
        f" {counts['relabelled']} have another label, and {counts['no_longer_doubtful']} of"
        f" {counts['doubtful_before']} are no longer doubtful."
    )
    photo_grid(tiles_of(workspace.catalog, changed), "relabelled")

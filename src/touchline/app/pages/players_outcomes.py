"""All queries answered at once: how many are right, and which are not."""

from collections.abc import Sequence

import streamlit as st
from sqlalchemy import select

from touchline.app.jobs.starting import new_folder, start
from touchline.app.pages.players_choosing import choose_by_tile
from touchline.app.players.gallery import crops_beneath, crops_with_role
from touchline.app.players.network import opened_network
from touchline.app.players.ranking import Within, hits_and_misses
from touchline.app.players.vectors import AT_ONCE, KeptVectors
from touchline.app.work_list import jobs_of
from touchline.app.workspace import Workspace
from touchline.archive.catalog.tables import PRESENT, crops, roots
from touchline.errors import TouchlineError
from touchline.reid.crops import NOBODY
from touchline.reid.matching.candidates import Match
from touchline.reporting.confidence import wilson

INDEX = "index"


def show_outcomes(workspace: Workspace, name: str, within: Within) -> None:
    """Show the queries that are missed and those that are found, where people are named."""
    found, kept = opened_network(workspace, name)
    queries = crops_beneath(workspace.roots, crops_with_role(workspace.catalog, queries=True))
    named = tuple(crop for crop in queries if crop.identity != NOBODY)
    searched = crops_beneath(workspace.roots, crops_with_role(workspace.catalog, queries=False))
    _take_finished(workspace, kept)
    missing = kept.missing([*named, *searched])
    if missing > AT_ONCE:
        _offer_job(workspace, name, missing)
        return
    if not named:
        st.info("No query has a name, so hits and misses are not known. Confirm some identities.")
        return
    if not st.toggle(f"Answer all {len(named):,} queries", key="players outcomes"):
        return
    with st.spinner("Answering…"):
        chosen = hits_and_misses(kept, found.confidence, named, searched, within)
    score = wilson(chosen.hit, chosen.hit + chosen.failed)
    st.write(
        f"The first candidate is right for {chosen.hit:,} of {chosen.hit + chosen.failed:,} "
        f"queries: {100 * score.value:.1f} % (95 % interval {100 * score.low:.1f} to "
        f"{100 * score.high:.1f} %)."
    )
    _tiles(f"✗ Missed ({chosen.failed:,}), the surest first", chosen.failures, "players misses")
    _tiles(f"✓ Found ({chosen.hit:,}), the least sure first", chosen.hits, "players hits")


def _tiles(title: str, matches: Sequence[Match], key: str) -> None:
    st.subheader(title)
    if not matches:
        st.write("None.")
        return
    notes = {each.query.number: f"{100 * each.confidence:.0f} % sure" for each in matches}
    choose_by_tile(tuple(each.query for each in matches), notes, key)


def _offer_job(workspace: Workspace, name: str, missing: int) -> None:
    st.write(f"{missing:,} crops have not been looked at by this network yet.")
    if not st.button("Look at them all, in the background"):
        return
    beneath = select(roots.c.path).where(
        roots.c.id.in_(select(crops.c.root_id).where(crops.c.state == PRESENT))
    )
    with workspace.catalog.reading() as connection:
        folders = list(connection.execute(beneath).scalars())
    for folder in folders:
        place = new_folder(workspace)
        words = ["reid", INDEX, folder, "--out", str(place / INDEX), "--run", name]
        start(workspace, f"Look at the crops in {folder}", words, place)
    st.rerun()


def _take_finished(workspace: Workspace, kept: KeptVectors) -> None:
    """Take over what jobs have made since; an index of another network is passed over."""
    taken: set[str] = st.session_state.setdefault("players indexes", set())
    for job in jobs_of(workspace, "reid", INDEX):
        if job.state == "running" or job.id in taken:
            continue
        taken.add(job.id)
        try:
            kept.take_index(job.folder / INDEX)
        except TouchlineError:
            continue

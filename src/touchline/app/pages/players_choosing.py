"""Choosing who is searched for: a crop of the gallery, or a box on a frame of a video."""

import math
from pathlib import Path

import streamlit as st
from sqlalchemy import select

from touchline.app.addresses import crop_url, frame_url
from touchline.app.components.photo_grid import Tile, photo_grid
from touchline.app.components.players import mount_box
from touchline.app.players.boxes import box_of, cut_out
from touchline.app.players.gallery import actions, crop_page
from touchline.app.players.query import Query
from touchline.app.workspace import Workspace
from touchline.archive.catalog.tables import PRESENT, videos
from touchline.reid.crops import Crop
from touchline.reporting.plain_text import printable

PAGE = 48
ROLES = {"": "all crops", "query": "queries", "gallery": "the gallery"}


def choose_from_gallery(workspace: Workspace) -> None:
    """Show a page of crops; pressing one makes it the query."""
    catalog = workspace.catalog
    which, action, place = st.columns(3)
    role = which.selectbox("Show", list(ROLES), format_func=ROLES.__getitem__)
    wanted = action.selectbox(
        "Of the action", ["", *actions(catalog)], format_func=lambda name: printable(name) or "any"
    )
    total = crop_page(catalog, wanted, role, 0, 1).total
    pages = max(1, math.ceil(total / PAGE))
    page = place.number_input(f"Page, of {pages}", 1, pages, 1, key=f"page {wanted} {role}")
    shown = crop_page(catalog, wanted, role, page - 1, PAGE).crops
    if not shown:
        st.info("No crop is like that; show all crops, of any action.")
        return
    choose_by_tile(shown, {}, "players gallery")


def choose_by_tile(crops: tuple[Crop, ...], notes: dict[int, str], key: str) -> None:
    """Show crops as tiles; pressing one makes it the query and runs the page again.

    Args:
        crops: of the catalog.
        notes: what stands below some, by their number.
        key: names the tiles on their page.
    """
    tiles = [
        Tile(
            crop.number, crop_url(crop.number), f"Crop {crop.path.name}", crop.path.name,
            notes.get(crop.number, f"action {crop.action}" if crop.action else ""),
        )
        for crop in crops
    ]  # fmt: skip
    pressed = photo_grid(tiles, key)
    if pressed is not None:
        st.session_state["players query"] = Query(crop_id=pressed)
        st.rerun()


def choose_from_frame(workspace: Workspace) -> None:
    """Show a frame; the box drawn on it makes the query."""
    query = select(videos.c.id, videos.c.path, videos.c.seconds).where(videos.c.state == PRESENT)
    with workspace.catalog.reading() as connection:
        found = {row.id: row for row in connection.execute(query.order_by(videos.c.path))}
    if not found:
        st.info("There is no video in the catalog yet: `touchline archive index FOLDER` adds some.")
        return
    which, when = st.columns(2)
    video_id = which.selectbox(
        "Video", list(found), format_func=lambda video_id: printable(found[video_id].path)
    )
    video = found[video_id]
    seconds = when.number_input(
        "Second", 0.0, max(0.0, float(video.seconds or 0.0)), 0.0, 0.04, key=f"second {video_id}"
    )
    address = frame_url(video_id, seconds)
    sent = mount_box(address)
    box = box_of(sent)
    asked = (address, box)
    if box is None or st.session_state.get("players box asked") == asked:
        return
    st.session_state["players box asked"] = asked
    real = workspace.roots.inside(Path(video.path))
    cut = cut_out(real, seconds, box, workspace.cache / "boxes")
    st.session_state["players query"] = Query(cut=cut)
    st.rerun()

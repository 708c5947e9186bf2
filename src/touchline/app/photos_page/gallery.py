"""The photos of the catalog in pages of thumbnails, found by a query."""

import streamlit as st

from touchline.app.addresses import photo_url
from touchline.app.components.photo_grid import Tile, photo_grid
from touchline.app.photos_page.look import look_closely
from touchline.app.plain_words import plain
from touchline.app.workspace import Workspace
from touchline.archive.catalog.search.found import FoundPhoto, Order, count_photos, find_photos
from touchline.errors import UsageError

PHOTOS_A_PAGE = 60
ORDERS: dict[Order, str] = {
    "path": "by name", "doubt": "most doubtful first", "confidence": "least sure first",
    "taken": "oldest first",
}  # fmt: skip
HELP = (
    "For example `class:Header confidence<0.7 player:7`, `reviewed:no`, `decision:review` or "
    "words of the file's name."
)


def show_gallery(workspace: Workspace) -> None:
    """The search, a page of what it finds, and the ways to the next and back."""
    words, sorting = st.columns([3, 1])
    query = words.text_input("Search", key="photos query", help=HELP, placeholder="all photos")
    order = sorting.selectbox("Order", list(ORDERS), format_func=ORDERS.__getitem__)
    try:
        total = count_photos(workspace.catalog, query)
        before = _pages_before(query, order)
        found = find_photos(
            workspace.catalog, query, order=order, limit=PHOTOS_A_PAGE,
            after=before[-1] if before else None,
        )  # fmt: skip
    except UsageError as error:
        st.error(plain(str(error)))
        return
    if not found:
        _say_nothing_found(query)
        return
    first = PHOTOS_A_PAGE * len(before) + 1
    st.caption(f"Photos {first:,} to {first + len(found) - 1:,} of {total:,}")
    pressed = photo_grid([tile_of(photo) for photo in found], "gallery")
    _turn_pages(before, found, is_last=first + len(found) > total)
    if pressed is not None:
        look_closely(next(photo for photo in found if photo.id == pressed))


def tile_of(photo: FoundPhoto) -> Tile:
    """A photo as a tile: its class, how sure the model is and whether a person has looked."""
    name = photo.path.rpartition("/")[2]
    label = photo.label or "no class yet"
    if photo.reviewer:
        note = f"reviewed by {photo.reviewer}"
    elif photo.confidence is not None:
        doubtful = "in doubt, " if photo.decision == "review" else ""
        note = f"{doubtful}{photo.confidence:.0%} sure"
    else:
        note = photo.reason or name
    return Tile(photo.id, photo_url(photo.id, 320), f"{label}: {name}", label, note)


def _pages_before(query: str, order: Order) -> list[int]:
    """The last photo of each page before this one; another search begins anew."""
    state = st.session_state
    if state.get("gallery search") != (query, order):
        state["gallery search"], state["gallery pages"] = (query, order), []
    pages: list[int] = state["gallery pages"]
    return pages


def _turn_pages(before: list[int], found: list[FoundPhoto], *, is_last: bool) -> None:
    row = st.container(horizontal=True)
    if row.button("Previous page", disabled=not before):
        before.pop()
        st.rerun()
    if row.button("Next page", disabled=is_last):
        before.append(found[-1].id)
        st.rerun()


def _say_nothing_found(query: str) -> None:
    if query:
        st.info("No photo matches. Ask for less, or empty the search to see all.")
    else:
        st.info(
            "The catalog has no photos yet. Open the tab *Index and audit*, choose a folder and "
            "press *Index this folder*."
        )

"""Steps on the page Match in a browser."""

from collections.abc import Callable
from typing import Any

from match_on_disk import MatchOnDisk
from touchline.app.match.event_sets import stored_events

COMPONENT = "document.querySelector('.stBidiComponent > * > *').shadowRoot"
VIDEO = f"{COMPONENT}.querySelector('video')"
# Wherever it is on the page, below work that is under way.
PLAYER = (
    "[...document.querySelectorAll('*')].map((each) => each.shadowRoot?.querySelector('video'))"
    ".find((each) => each)"
)


def row(page: Any, text: str) -> Any:
    return page.get_by_role("option").filter(has_text=text)


def rows_of(match: MatchOnDisk) -> list[tuple[float, str]]:
    stored = stored_events(match.catalog, match.corrected)
    return [(each.event.seconds, each.event.label) for each in stored]


def until(page: Any, holds: Callable[[], bool]) -> None:
    """Wait until the catalog says so."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("the catalog does not say so")


def choose_video(page: Any, name: str) -> None:
    page.get_by_role("combobox", name="Video", exact=True).click()
    page.get_by_role("option", name=name).click()

"""The five pages by their addresses, in an app with nothing in it yet."""

from collections.abc import Iterator
from typing import Any

import pytest

from app_server import AppServer, app_server, browser_page
from page_checks import TABLET, require_fits

EMPTY = {
    "photos": "The catalog has no photos yet.", "review": "Who decides?",
    "match": "There is no video in the catalog yet.",
    "players": "There are no crops of players in the catalog yet.",
    "runs": "Nothing has been trained yet.",
}  # fmt: skip
"""What each page says first."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    folder = tmp_path_factory.mktemp("empty")
    (folder / "archive").mkdir()
    with app_server(folder, str(folder / "archive")) as started:
        yield started


@pytest.mark.parametrize("name", EMPTY)
def test_a_page_can_be_the_first_that_is_asked_for(
    browser: Any, server: AppServer, name: str
) -> None:
    with browser_page(browser, **TABLET) as page:
        page.goto(f"{server.url}/{name}")
        page.get_by_role("heading", name=name.capitalize(), exact=True).wait_for()
        page.get_by_text(EMPTY[name]).wait_for()
        assert page.get_by_role("dialog").count() == 0  # "page not found"
        require_fits(page)


def test_tabs_without_anything_say_what_to_do_next(browser: Any, server: AppServer) -> None:
    with browser_page(browser, **TABLET) as page:
        page.goto(server.url)
        page.get_by_role("tab", name="Label and sort").click()
        page.get_by_text("There is no model yet.").wait_for()
        page.get_by_role("tab", name="Work").click()
        page.get_by_text("Nothing has been done yet.").wait_for()

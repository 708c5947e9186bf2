"""The page Review in a browser: decided by the keyboard alone, nothing lost, nothing twice."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from app_server import AppServer, app_server, browser_page
from catalog_on_disk import Doubtful, catalog_with
from page_checks import TABLET, open_tab, require_fits, require_tab_reaches

HOSTILE = "<img src=x onerror=alert(1)>.jpg"
PHOTOS = (
    Doubtful("first.jpg", "Kick-l"), Doubtful("second.jpg", "Kick-r"),
    Doubtful("burst-1.jpg", "Stand", burst="B"), Doubtful("burst-2.jpg", "Stand", burst="B"),
    Doubtful(HOSTILE, "Dribble-l"), *(Doubtful(f"more-{place}.jpg", "Stand") for place in range(8)),
)  # fmt: skip
SECONDS = 30


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AppServer, Path]]:
    folder = tmp_path_factory.mktemp("review")
    catalog_with(folder / "touchline.catalog", folder / "photos", PHOTOS).close()
    with app_server(folder, str(folder / "photos")) as server:
        yield server, folder


@pytest.fixture
def served(running: tuple[AppServer, Path]) -> tuple[AppServer, Path]:
    """The app with nothing decided."""
    with closing(sqlite3.connect(running[1] / "touchline.catalog")) as catalog, catalog:
        catalog.execute("UPDATE photos SET review_id = NULL")
        catalog.execute("UPDATE predictions SET queue_place = id - 1, decision = 'review'")
        catalog.execute("DELETE FROM reviews")
        catalog.execute("DELETE FROM claims")
    return running


@contextmanager
def reviewing(browser: Any, server: AppServer, name: str) -> Iterator[Any]:
    """A browser of its own with the queue open under a reviewer's name."""
    with browser_page(browser) as page:
        page.goto(f"{server.url}/review")
        page.get_by_label("Your name").fill(name)
        page.keyboard.press("Enter")
        page.locator("section.review figure img").wait_for()
        yield page
        # A page that is closed while it is drawn may still claim photos for the next test's queue.
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def see(page: Any, name: str) -> None:
    """Wait until a photo is on show and has been for long enough to be looked at."""
    page.locator("section.review figure figcaption").get_by_text(name, exact=True).wait_for()
    page.wait_for_function(
        "() => { const host = [...document.querySelectorAll('*')].find((each) =>"
        " each.shadowRoot?.querySelector('section.review'));"
        " const picture = host.shadowRoot.querySelector('figure img');"
        " return picture.complete && performance.now() - picture.dataset.since > 200; }"
    )


def reviews(folder: Path) -> list[tuple[Any, ...]]:
    """Name, action, label before and after, and reviewer of each decision, in their order."""
    with closing(sqlite3.connect(folder / "touchline.catalog")) as catalog:
        rows = catalog.execute(
            "SELECT path, action, label_before, label_after, reviewer FROM reviews"
            " JOIN photos ON photos.id = photo_id ORDER BY reviews.id"
        ).fetchall()
    return [(Path(path).name, *rest) for path, *rest in rows]


def wait_for_reviews(folder: Path, count: int) -> list[tuple[Any, ...]]:
    deadline = time.monotonic() + SECONDS
    while len(found := reviews(folder)) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def test_the_keyboard_alone_decides_takes_back_and_never_twice(
    browser: Any,
    served: tuple[AppServer, Path],
) -> None:
    server, folder = served
    with reviewing(browser, server, "Ann") as page:
        see(page, "first.jpg")
        page.keyboard.down("Space")
        page.keyboard.down("Space")  # held down: it repeats
        page.keyboard.up("Space")
        see(page, "second.jpg")
        page.keyboard.press("2")  # the second of its shortlist
        see(page, "burst-1.jpg")
        page.keyboard.press("u")
        see(page, "second.jpg")
        page.keyboard.press("c")
        page.get_by_role("combobox").fill("kick")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        see(page, "burst-1.jpg")
        page.get_by_text("Decides all 2 photos").wait_for()
        page.keyboard.press("ArrowRight")
        page.get_by_text("burst-2.jpg: another of the burst").wait_for()
        page.keyboard.press("Enter")
        see(page, HOSTILE)
        page.keyboard.press("u")
        see(page, "burst-1.jpg")
        page.keyboard.press("Enter")
        see(page, HOSTILE)
        page.keyboard.press("s")
        see(page, "more-0.jpg")
        page.keyboard.press("x")
        found = wait_for_reviews(folder, 12)
        page.keyboard.press("?")
        page.get_by_role("dialog", name="Keys").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("dialog", name="Keys").wait_for(state="hidden")
    assert [row[:2] for row in found] == [
        ("first.jpg", "accept"), ("second.jpg", "change"), ("second.jpg", "undo"),
        ("second.jpg", "accept"), ("burst-1.jpg", "accept"), ("burst-2.jpg", "accept"),
        ("burst-1.jpg", "undo"), ("burst-2.jpg", "undo"), ("burst-1.jpg", "accept"),
        ("burst-2.jpg", "accept"), (HOSTILE, "skip"), ("more-0.jpg", "change"),
    ]  # fmt: skip
    assert found[1][3] == "Dribble-l"
    assert found[-1][3] == "none"
    assert {row[4] for row in found} == {"Ann"}


def test_a_reload_sends_what_was_on_its_way_once(
    browser: Any, served: tuple[AppServer, Path]
) -> None:
    server, folder = served
    with reviewing(browser, server, "Ann") as page:
        see(page, "first.jpg")
        with closing(sqlite3.connect(folder / "touchline.catalog")) as catalog:
            catalog.execute("BEGIN IMMEDIATE")  # nobody else can write
            page.keyboard.press("Space")
            see(page, "second.jpg")
            page.get_by_text("1 on their way").wait_for()
            page.reload()
            assert reviews(folder) == []
            catalog.rollback()
        see(page, "second.jpg")
        found = wait_for_reviews(folder, 1)
        page.get_by_text("on their way").wait_for(state="detached")
    assert found == reviews(folder) == [("first.jpg", "accept", "Kick-l", "Kick-l", "Ann")]


def test_what_is_taken_back_on_its_way_stays_on_show(browser: Any) -> None:
    decided = """() => {
      const waiting = [
        { action: "accept", photo_ids: [1, 2] }, { action: "skip", photo_ids: [3] },
        { action: "undo" }, { action: "undo" }, { action: "undo" },
        { action: "change", photo_ids: [4] },
      ];
      const counts = [0, 1, 2, 3, 4, 5, 6];
      return counts.map((count) => [...decidedPhotos(waiting.slice(0, count))]);
    }"""
    with browser_page(browser) as page:
        script = files("touchline.app.components").joinpath("review_queue.js")
        page.add_script_tag(content=script.read_text(encoding="utf-8"))
        assert page.evaluate(decided) == [[], [1, 2], [1, 2, 3], [1, 2], [], [], [4]]


def test_two_reviewers_never_see_the_same_photo(
    browser: Any, served: tuple[AppServer, Path]
) -> None:
    server, folder = served
    with reviewing(browser, server, "Ann") as ann:
        see(ann, "first.jpg")
        with reviewing(browser, server, "Bob") as bob:
            caption = bob.locator("section.review figure figcaption").inner_text()
            see(bob, caption)
            bob.keyboard.press("Space")
            ann.keyboard.press("Space")
            found = wait_for_reviews(folder, 2)
    assert caption not in ("first.jpg", "second.jpg", "burst-1.jpg", HOSTILE)
    assert len({row[0] for row in found}) == len(found)


def test_hostile_names_are_text_and_an_empty_queue_says_what_next(
    browser: Any,
    served: tuple[AppServer, Path],
) -> None:
    server, folder = served
    with closing(sqlite3.connect(folder / "touchline.catalog")) as catalog, catalog:
        catalog.execute(
            "UPDATE predictions SET queue_place = NULL, decision = 'accept' WHERE id != 5"
        )
    with reviewing(browser, server, "<b>Zoe</b>") as page:
        see(page, HOSTILE)
        assert page.locator("img[src='x']").count() == 0
        page.keyboard.press("Enter")
        page.get_by_text("Nothing waits for a look.").wait_for()
        found = wait_for_reviews(folder, 1)
    assert found[0][4] == "<b>Zoe</b>"


def test_a_relabelled_photo_gets_its_sidecar_and_a_search_narrows_the_queue(
    browser: Any,
    served: tuple[AppServer, Path],
) -> None:
    server, folder = served
    sidecar = folder / "photos" / "second.jpg.xmp"
    with reviewing(browser, server, "Ann") as page:
        see(page, "first.jpg")
        page.get_by_label("Only photos that match").fill("class:Kick-r")
        page.keyboard.press("Enter")
        see(page, "second.jpg")
        page.locator("section.review").focus()
        page.keyboard.press("/")
        page.get_by_role("combobox").fill("Throw-in")
        page.keyboard.press("Enter")
        page.get_by_text("Clear the filter").wait_for()
        wait_for_reviews(folder, 1)
        page.get_by_label("Only photos that match").fill("")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Say what would be written").click()
        page.get_by_text("1 sidecars would be written").wait_for()
        assert not sidecar.exists()
        page.get_by_role("button", name="Write to sidecars").click()
        page.get_by_text("1 sidecars written").wait_for()
        text = sidecar.read_text()
        page.get_by_role("button", name="Take back all").click()
        page.get_by_text("1 sidecars are as they were").wait_for()
    assert "Throw-in" in text
    assert "confirmed" in text
    assert "Kick-r" in text  # the model's, rejected
    assert not sidecar.exists()


def test_the_page_is_worked_with_tab_alone_and_fits_a_tablet(
    browser: Any, served: tuple[AppServer, Path]
) -> None:
    with reviewing(browser, served[0], "Ann") as page:
        see(page, "first.jpg")
        page.set_viewport_size(TABLET)
        require_fits(page)
        require_tab_reaches(page, page.locator("section.review"))
        require_tab_reaches(page, page.get_by_role("button", name="Accept"))
        open_tab(page, "Learn from these")
        page.get_by_text("There is no model that could learn on yet").wait_for()

"""A person who never opens a terminal again: the five pages on all that `touchline demo` draws.

`make pictures` runs it and photographs the pages into `docs` on the way. It takes minutes, and what
it does on large worlds is done in `tests/app` on tiny ones, so it is left out of the usual suite.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app_server import AppServer, app_server, browser_page, chromium
from touchline.archive.catalog.opening import open_catalog
from touchline.archive.catalog.search.found import find_photos
from touchline.archive.catalog.tables import event_sets, events, identity_reviews
from touchline.cli import main
from touchline.spotting.annotations.classes import ANY_CLASS
from touchline.spotting.annotations.labels_file import read_labels

pytestmark = pytest.mark.skipif(
    "TOUCHLINE_PICTURES" not in os.environ, reason="the tour takes minutes: `make pictures` runs it"
)

LONG = 150_000  # milliseconds: a busy machine takes long to teach
PICTURES = os.environ.get("TOUCHLINE_PICTURES")
LOOKED_AT = 500  # milliseconds: a photo that nobody can have looked at yet is not decided
SETTLED = 1500  # milliseconds until what a picture shows has come to rest


VIDEO = "document.querySelector('.stBidiComponent > * > *')?.shadowRoot?.querySelector('video')"
"""The player, which lies in a shadow tree."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `touchline demo` draws, in a catalog; nothing is taught or labelled yet."""
    folder = tmp_path_factory.mktemp("tour")
    drawn = ("--players", "3", "--per-class", "6", "--unlabelled", "34", "--no-spoilt")
    assert main(["demo", "photos", str(folder / "archive"), *drawn]) == 0
    assert main(["demo", "match", str(folder / "match")]) == 0
    assert main(["demo", "crops", str(folder / "crops")]) == 0
    roots = [str(folder / name) for name in ("archive/inbox", "match", "crops")]
    catalog = str(folder / "touchline.catalog")
    assert main(["archive", "index", *roots, "--catalog", catalog]) == 0
    return folder


@pytest.fixture(scope="module")
def app(archive: Path) -> Iterator[AppServer]:
    roots = (str(archive / name) for name in ("archive", "match", "crops"))
    with app_server(archive, *roots) as running:
        yield running


@pytest.fixture(scope="module")
def page(app: AppServer) -> Iterator[Any]:
    with chromium() as browser, browser_page(browser) as opened:
        opened.set_default_timeout(LONG)
        opened.goto(app.url)
        yield opened


def go(page: Any, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("heading", name=name, exact=True).wait_for()
    settle(page)


def settle(page: Any) -> None:
    """Wait until the page is drawn: what is pressed before may belong to what goes away."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def press(page: Any, name: str) -> None:
    settle(page)
    page.get_by_role("button", name=name, exact=True).click()


def open_tab(page: Any, name: str) -> None:
    settle(page)
    page.get_by_role("tab", name=name).click()
    page.locator(f'[role=tab][aria-selected=true]:has-text("{name}")').wait_for()
    settle(page)


def choose(page: Any, label: str, words: str) -> None:
    settle(page)
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(words)
    page.get_by_role("option", name=words).first.click()
    settle(page)


def photograph(page: Any, name: str) -> None:
    if PICTURES:
        page.wait_for_timeout(SETTLED)
        page.screenshot(path=Path(PICTURES, f"app-{name}.png"))


def relabel(page: Any, name: str) -> None:
    """Give what is on show another label, by keyboard."""
    page.keyboard.press("c")
    page.get_by_role("dialog").get_by_role("combobox").fill(name)
    page.keyboard.press("Enter")


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def teach_and_label(page: Any, archive: Path) -> None:
    """Teach a classifier, and put its labels of the inbox into the catalog."""
    open_tab(page, "Teach")
    choose(page, "Folder of examples", "archive/labelled")
    press(page, "Teach")
    page.get_by_role("button", name="Cancel").wait_for()
    page.get_by_role("button", name="Cancel").wait_for(state="detached")
    report = page.frame_locator("iframe")
    report.get_by_role("heading", name="Photo classifier").wait_for()
    open_tab(page, "Label and sort")
    choose(page, "Folder to label", "archive/inbox")
    press(page, "Label this folder")
    press(page, "Put these labels into the catalog")
    with closing(open_catalog(archive / "touchline.catalog")) as catalog:
        until(lambda: all(photo.label for photo in find_photos(catalog, "")))
    open_tab(page, "Gallery")
    page.locator("button.tile").first.wait_for()
    photograph(page, "photos")


def review_and_tag(page: Any, archive: Path) -> None:
    """Accept one photo and relabel another by keyboard; the sidecars say so."""
    go(page, "Review")
    page.get_by_label("Your name").fill("Ann")
    page.keyboard.press("Enter")
    shown = page.locator("section.review figure img")
    shown.wait_for()
    photograph(page, "review")
    with closing(open_catalog(archive / "touchline.catalog")) as catalog:
        page.wait_for_timeout(LOOKED_AT)
        page.keyboard.press("Space")
        until(lambda: find_photos(catalog, "reviewed:yes"))
        page.wait_for_timeout(LOOKED_AT)
        relabel(page, "Celebration")
        until(lambda: find_photos(catalog, "reviewed:yes class:Celebration"))
        decided = find_photos(catalog, "reviewed:yes reviewer:Ann")
    press(page, "Say what would be written")
    press(page, "Write to sidecars")
    page.get_by_text("sidecars written").wait_for()
    written = {Path(f"{photo.path}.xmp"): photo.reviewed_label for photo in decided}
    assert all(label in sidecar.read_text() for sidecar, label in written.items())


def correct_an_event(page: Any, archive: Path, tmp_path: Path) -> None:
    """Play an event from two seconds before it, relabel it, and export the events."""
    go(page, "Match")
    page.locator("video").wait_for()
    press(page, "Correct these events")
    page.get_by_role("button", name="Correct these events").wait_for(state="detached")
    event = page.get_by_role("option").filter(has_text="PASS").nth(2)
    event.click()
    page.wait_for_function(f"{VIDEO} && !{VIDEO}.paused")
    minutes, seconds = event.inner_text().split()[0].split(":")
    moment = 60 * int(minutes) + float(seconds)
    page.keyboard.press("Space")
    stopped = page.evaluate(f"{VIDEO}.currentTime")
    assert moment - 2.05 <= stopped < moment + 10
    photograph(page, "match")
    event.focus()
    relabel(page, "SHOT")
    with closing(open_catalog(archive / "touchline.catalog")) as catalog:
        corrected = select(events.c.label, events.c.seconds).join(event_sets)
        corrected = corrected.where(event_sets.c.kind == "corrected")

        def labels() -> list[str]:
            with catalog.reading() as connection:
                rows = connection.execute(corrected).all()
            return [row.label for row in rows if abs(row.seconds - moment) < 0.02]

        until(lambda: labels() == ["SHOT"])
    open_tab(page, "Export")
    with page.expect_download() as download:
        press(page, "SoccerNet annotations (JSON)")
    exported = tmp_path / "Labels-ball.json"
    download.value.save_as(exported)
    read = read_labels(exported, ANY_CLASS).events
    assert [each.label for each in read if abs(each.seconds - moment) < 0.02] == ["SHOT"]


def confirm_a_player(page: Any, archive: Path) -> None:
    """Search a crop inside its action and confirm who is first."""
    go(page, "Players")
    page.get_by_role("combobox", name="Show").click()
    page.get_by_role("option", name="queries").click()
    query = min(path.name for path in (archive / "crops" / "test" / "query").rglob("*.png"))
    page.get_by_role("button", name=query).click()
    strip = page.get_by_role("list", name="Candidates").get_by_role("listitem")
    strip.first.wait_for()
    assert strip.count() > 1
    page.get_by_role("button", name="Change name").wait_for()  # it knows who reviewed
    strip.first.get_by_role("button", name="Same").click()
    with closing(open_catalog(archive / "touchline.catalog")) as catalog:

        def answers() -> list[bool | None]:
            with catalog.reading() as connection:
                return list(connection.execute(select(identity_reviews.c.same)).scalars())

        until(lambda: answers() == [True])
    photograph(page, "players")


def look_at_the_run(page: Any) -> None:
    """See which classes were taken for which."""
    go(page, "Runs")
    open_tab(page, "Confusions")
    page.locator(".js-plotly-plot").first.wait_for()
    photograph(page, "runs")


def test_five_pages_lead_from_photos_to_confirmed_labels(
    page: Any, archive: Path, tmp_path: Path
) -> None:
    # One test: each page works on what the one before has made.
    teach_and_label(page, archive)
    review_and_tag(page, archive)
    correct_an_event(page, archive, tmp_path)
    confirm_a_player(page, archive)
    look_at_the_run(page)

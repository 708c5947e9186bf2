"""A person who never opens a terminal again: the five pages on all that `touchline demo` draws.

With `TOUCHLINE_PICTURES=docs` the pages are photographed into that folder on the way.
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

LONG = 400_000  # milliseconds: a busy machine takes long to teach
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


def choose(page: Any, label: str, words: str) -> None:
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(words)
    page.get_by_role("option", name=words).first.click()


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


def test_a_classifier_is_taught_and_labels_the_inbox(page: Any, archive: Path) -> None:
    page.get_by_role("tab", name="Teach").click()
    choose(page, "Folder of examples", "archive/labelled")
    page.get_by_role("button", name="Teach", exact=True).click()
    page.get_by_role("button", name="Cancel").wait_for()
    page.get_by_role("button", name="Cancel").wait_for(state="detached")
    report = page.frame_locator("iframe")
    report.get_by_role("heading", name="Photo classifier").wait_for()
    page.get_by_role("tab", name="Label and sort").click()
    choose(page, "Folder to label", "archive/inbox")
    page.get_by_role("button", name="Label this folder").click()
    page.get_by_role("button", name="Put these labels into the catalog").click()
    with closing(open_catalog(archive / "touchline.catalog")) as catalog:
        until(lambda: all(photo.label for photo in find_photos(catalog, "")))
    page.get_by_role("tab", name="Gallery").click()
    page.locator("button.tile").first.wait_for()
    photograph(page, "photos")


def test_photos_are_reviewed_by_keyboard_and_tagged(page: Any, archive: Path) -> None:
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
    page.get_by_role("button", name="Say what would be written").click()
    page.get_by_role("button", name="Write to sidecars").click()
    page.get_by_text("sidecars written").wait_for()
    written = {Path(f"{photo.path}.xmp"): photo.reviewed_label for photo in decided}
    assert all(label in sidecar.read_text() for sidecar, label in written.items())


def test_an_event_is_played_corrected_and_exported(
    page: Any, archive: Path, tmp_path: Path
) -> None:
    go(page, "Match")
    page.locator("video").wait_for()
    page.get_by_role("button", name="Correct these events").click()
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
    page.get_by_role("tab", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="SoccerNet annotations (JSON)").click()
    exported = tmp_path / "Labels-ball.json"
    download.value.save_as(exported)
    read = read_labels(exported, ANY_CLASS).events
    assert [each.label for each in read if abs(each.seconds - moment) < 0.02] == ["SHOT"]


def test_a_crop_is_searched_and_confirmed(page: Any, archive: Path) -> None:
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


def test_the_run_shows_its_scores_and_confusions(page: Any) -> None:
    go(page, "Runs")
    page.get_by_role("tab", name="Confusions").click()
    page.locator(".js-plotly-plot").first.wait_for()
    photograph(page, "runs")

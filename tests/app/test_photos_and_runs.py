"""The pages Photos and Runs in a browser, on a tiny drawn archive with hostile names in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app_server import AppServer, app_server, browser_page
from photo_world import HOSTILE_CLASS, HOSTILE_FILE, draw_world, teach
from touchline.app.runs_page.answers import counted, read_answers
from touchline.archive.catalog.opening import open_catalog
from touchline.photos.cataloguing import catalog_photos

# The pictures of the grid, which lies in a shadow tree, say what they show.
IMAGES_SAY = """([alt, count]) => [...document.querySelectorAll("*")]
    .flatMap((each) => [...(each.shadowRoot?.querySelectorAll("button.tile img") ?? [])])
    .filter((image) => image.alt === alt).length === count"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an indexed archive, an inbox and a run taught on the archive."""
    folder = tmp_path_factory.mktemp("pages")
    draw_world(folder / "archive" / "classes")
    draw_world(folder / "archive" / "inbox", start=50, count=2)
    catalog = open_catalog(folder / "touchline.catalog", create=True)
    catalog_photos(catalog, folder / "archive", folder / "cache")
    catalog.close()
    teach(folder / "archive" / "classes", folder / "runs" / "photos" / "first")
    return folder


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[AppServer]:
    with app_server(place, str(place / "archive")) as started:
        yield started


def open_tab(page: Any, name: str) -> None:
    page.get_by_role("tab", name=name).click()
    page.locator(f'[role=tab][aria-selected=true]:has-text("{name}")').wait_for()


def choose(page: Any, label: str, words: str) -> None:
    """Choose from a list by typing, as with a keyboard."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(words)
    page.get_by_role("option", name=words, exact=True).first.click()


def choose_run(page: Any, name: str) -> None:
    """Look at this run alone."""
    box = page.get_by_role("combobox", name="Look at one run, or compare several")
    box.press("Backspace")
    box.fill(name)
    page.get_by_role("option", name=name).first.click()
    page.keyboard.press("Escape")


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (820, 1180)])
def test_the_gallery_finds_and_shows_photos(server: AppServer, width: int, height: int) -> None:
    with browser_page(width, height) as page:
        page.goto(server.url)
        page.get_by_text("Photos 1 to 42 of 42").wait_for()
        tiles = page.locator("button.tile")
        tiles.nth(41).wait_for()
        assert tiles.count() == 42
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert all(alt for alt in tiles.locator("img").evaluate_all("all => all.map(i => i.alt)"))
        page.get_by_role("textbox", name="Search").fill("onerror")
        page.get_by_role("textbox", name="Search").press("Enter")
        page.get_by_text("Photos 1 to 1 of 1").wait_for()
        page.locator("button.tile", has_text=HOSTILE_FILE).focus()
        page.keyboard.press("Enter")
        page.get_by_role("dialog").get_by_text(HOSTILE_FILE).wait_for()
        large = page.get_by_role("dialog").locator("img")
        large.evaluate("image => image.decode()")
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
        page.get_by_role("textbox", name="Search").fill("klass:x")
        page.get_by_role("textbox", name="Search").press("Enter")
        page.get_by_role("alert").get_by_text("Did you mean").wait_for()


def test_arrow_keys_walk_the_grid(server: AppServer) -> None:
    with browser_page() as page:
        page.goto(server.url)
        page.locator("button.tile").first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        second = page.locator("button.tile").nth(1)
        assert second.evaluate("tile => tile.getRootNode().activeElement === tile")


def test_files_are_sent_in_the_browser_and_refused_by_name(
    server: AppServer, place: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "<b>new<b>.jpg"
    shutil.copy(next((place / "archive" / "inbox").rglob("*.jpg")), photo)
    with browser_page() as page:
        page.goto(server.url)
        open_tab(page, "Upload")
        page.locator("input[type=file]").set_input_files([photo])
        page.get_by_text("arrived as _b_new_b_.jpg").wait_for()
        page.get_by_role("button", name="Index what has been sent").wait_for()
        (tmp_path / "model.pt").write_bytes(b"\x80\x04")
        page.locator("input[type=file]").set_input_files([tmp_path / "model.pt"])
        page.get_by_text("refused: Wanted a photo or a video").wait_for()
    assert (place / "archive" / "uploads" / "_b_new_b_.jpg").read_bytes() == photo.read_bytes()
    shutil.rmtree(place / "archive" / "uploads")


def test_teaching_shows_its_progress_survives_a_reload_and_ends_in_a_report(
    server: AppServer, place: Path
) -> None:
    with browser_page() as page:
        page.goto(server.url)
        open_tab(page, "Teach")
        choose(page, "Folder of examples", "archive/classes")
        page.get_by_text("Keep one photo in five").click()
        page.get_by_role("button", name="Teach", exact=True).click()
        page.get_by_text("Teach from classes:").wait_for()
        page.reload()
        page.get_by_text("Teach from classes:").wait_for()
        page.get_by_role("button", name="Cancel").wait_for()
        page.get_by_role("button", name="Cancel").wait_for(state="detached", timeout=240_000)
        open_tab(page, "Teach")
        report = page.frame_locator("iframe")
        report.get_by_role("heading", name="Photo classifier").wait_for()
    assert len(list((place / "runs" / "photos").glob("*/report.html"))) == 2


def test_an_inbox_is_labelled_sorted_and_put_back(server: AppServer, place: Path) -> None:
    before = sorted((place / "archive").rglob("*"))
    with browser_page() as page:
        page.goto(server.url)
        open_tab(page, "Label and sort")
        choose(page, "Folder to label", "archive/inbox")
        page.get_by_role("button", name="Label this folder").click()
        page.get_by_role("button", name="Make a plan").wait_for(timeout=240_000)
        page.get_by_role("button", name="Make a plan").click()
        page.get_by_text("The plan: 6 files into").wait_for()
        page.get_by_role("button", name="Carry out the plan").click()
        page.get_by_role("button", name="Undo: put everything back").wait_for()
        page.get_by_text("Sort into sorted").wait_for(state="detached")
        assert len(list((place / "archive" / "sorted").rglob("*.jpg"))) == 6
        page.get_by_role("button", name="Undo: put everything back").click()
        page.get_by_text("Undo the sorting:").wait_for()
        page.get_by_text("Undo the sorting:").wait_for(state="detached")
    assert sorted((place / "archive").rglob("*")) == before


def test_a_confusion_leads_to_its_photos(server: AppServer, place: Path) -> None:
    pairs = counted(read_answers(place / "runs" / "photos" / "first"))
    truth, label = next(pair for pair in pairs if pair[0] == HOSTILE_CLASS)
    with browser_page() as page:
        page.goto(f"{server.url}/runs")
        page.get_by_role("combobox", name="Look at one run, or compare several").wait_for()
        choose_run(page, "photos: photos/first")
        open_tab(page, "Confusions")
        choose(page, "Photos of", f"{truth}, labelled as {label}: {pairs[truth, label]}")
        alt = f"{truth} labelled as {label}"
        page.wait_for_function(IMAGES_SAY, arg=[alt, pairs[truth, label]])
        open_tab(page, "Curves")
        page.get_by_text("This run has no epochs").wait_for()
        open_tab(page, "Report")
        page.frame_locator("iframe").get_by_role("heading", name="Photo classifier").wait_for()


def test_an_empty_archive_says_what_to_do_next(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    with app_server(tmp_path, str(tmp_path / "archive")) as server, browser_page(820) as page:
        page.goto(server.url)
        page.get_by_text("The catalog has no photos yet.").wait_for()
        open_tab(page, "Label and sort")
        page.get_by_text("There is no model yet.").wait_for()
        open_tab(page, "Work")
        page.get_by_text("Nothing has been done yet.").wait_for()
        page.goto(f"{server.url}/runs")
        page.get_by_text("Nothing has been trained yet.").wait_for()

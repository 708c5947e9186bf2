"""The pages Photos and Runs in a browser, on a tiny drawn archive with hostile names in it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app_server import AppServer, app_server, browser_page
from page_checks import TABLET, choose, open_tab, require_fits, require_tab_reaches
from photo_world import COLOURS, HOSTILE_CLASS, HOSTILE_FILE, draw_world, teach
from touchline.app.runs_page.answers import counted, read_answers
from touchline.archive.catalog.opening import open_catalog
from touchline.archive.catalog.search.found import find_photos
from touchline.archive.review.decisions import Decision, decide
from touchline.photos.cataloguing import catalog_photos

LONGEST_WORK = 240_000  # milliseconds: a busy machine takes long to load torch
RUNS = "Look at one run, or compare several"
# The pictures of the grid, which lies in a shadow tree, say what they show.
IMAGES_SAY = """([alt, count]) => [...document.querySelectorAll("*")]
    .flatMap((each) => [...(each.shadowRoot?.querySelectorAll("button.tile img") ?? [])])
    .filter((image) => image.alt === alt).length === count"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an indexed archive and inbox, a folder that is not, and two runs."""
    folder = tmp_path_factory.mktemp("pages")
    draw_world(folder / "archive" / "classes")
    draw_world(folder / "archive" / "inbox", start=50, count=2)
    catalog = open_catalog(folder / "touchline.catalog", create=True)
    catalog_photos(catalog, folder / "archive", folder / "cache")
    catalog.close()
    draw_world(folder / "archive" / "later", start=70, count=1)  # not indexed yet
    for seed, name in enumerate(("first", "second")):
        run = folder / "runs" / "photos" / name
        teach(folder / "archive" / "classes", run, f"seed={seed}")
    return folder


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[AppServer]:
    with app_server(place, str(place / "archive")) as started:
        yield started


def wait_for_work(page: Any, title: str) -> None:
    """Wait until work has been seen under way, and is over."""
    page.get_by_text(f"{title}:").wait_for()
    page.get_by_text(f"{title}:").wait_for(state="detached", timeout=LONGEST_WORK)


def choose_run(page: Any, name: str) -> None:
    """Look at this run alone."""
    box = page.get_by_role("combobox", name=RUNS)
    box.wait_for()
    box.press("Backspace")
    box.fill(name)
    page.get_by_role("option", name=name).first.click()
    page.keyboard.press("Escape")


def predicted(place: Path, folder: str) -> int:
    """How many photos of a folder the catalog has labels of."""
    with closing(sqlite3.connect(place / "touchline.catalog")) as catalog:
        (count,) = catalog.execute(
            "SELECT count(prediction_id) FROM photos WHERE path LIKE ?", [f"%/{folder}/%"]
        ).fetchone()
    return int(count)


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (820, 1180)])
def test_the_gallery_finds_and_shows_photos(
    browser: Any, server: AppServer, width: int, height: int
) -> None:
    with browser_page(browser, width, height) as page:
        page.goto(server.url)
        page.get_by_text("Photos 1 to 42 of 42").wait_for()
        tiles = page.locator("button.tile")
        tiles.nth(41).wait_for()
        assert tiles.count() == 42
        require_fits(page, width)
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


def test_arrow_keys_walk_the_grid(browser: Any, server: AppServer) -> None:
    with browser_page(browser) as page:
        page.goto(server.url)
        page.locator("button.tile").first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        second = page.locator("button.tile").nth(1)
        assert second.evaluate("tile => tile.getRootNode().activeElement === tile")


def test_files_are_sent_in_the_browser_and_refused_by_name(
    browser: Any, server: AppServer, place: Path, tmp_path: Path
) -> None:
    photo = tmp_path / "<b>new<b>.jpg"
    shutil.copy(next((place / "archive" / "inbox").rglob("*.jpg")), photo)
    with browser_page(browser) as page:
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
    browser: Any, server: AppServer, place: Path
) -> None:
    before = set((place / "runs" / "photos").glob("*/report.html"))
    with browser_page(browser) as page:
        page.goto(server.url)
        open_tab(page, "Teach")
        choose(page, "Folder of examples", "archive/classes")
        page.get_by_text("Keep one photo in five").click()
        page.get_by_role("button", name="Teach", exact=True).click()
        page.get_by_text("Teach from classes:").wait_for()
        page.reload()
        page.get_by_text("Teach from classes:").wait_for()
        for _ in range(3):  # what is pressed meanwhile is drawn, and nothing goes missing
            open_tab(page, "Teach")
            page.get_by_role("button", name="Teach", exact=True).wait_for()
            open_tab(page, "Gallery")
            page.locator("button.tile").nth(41).wait_for()
        page.get_by_role("button", name="Cancel").wait_for(state="detached", timeout=LONGEST_WORK)
        open_tab(page, "Teach")
        report = page.frame_locator("iframe")
        report.get_by_role("heading", name="Photo classifier").wait_for()
    assert len(set((place / "runs" / "photos").glob("*/report.html")) - before) == 1


def test_work_is_cancelled(browser: Any, server: AppServer) -> None:
    with browser_page(browser) as page:
        page.goto(server.url)
        open_tab(page, "Teach")
        choose(page, "Folder of examples", "archive/classes")
        page.get_by_role("button", name="Teach", exact=True).click()
        page.get_by_role("button", name="Cancel Teach from classes").click()
        page.get_by_text("asked to stop").wait_for()
        page.get_by_text("asked to stop").wait_for(state="detached")
        open_tab(page, "Work")
        page.get_by_text("Teach from classes: cancelled").first.wait_for()


def test_a_folder_is_indexed_and_audited(browser: Any, server: AppServer) -> None:
    with browser_page(browser) as page:
        page.goto(server.url)
        open_tab(page, "Index and audit")
        choose(page, "Folder", "archive/later")
        page.get_by_role("button", name="Index this folder").click()
        wait_for_work(page, "Index later")
        page.get_by_role("button", name="Audit this folder").click()
        page.get_by_text("The latest audit").wait_for(timeout=LONGEST_WORK)
        page.frame_locator("iframe").get_by_role("heading", name="Audit").first.wait_for()
        open_tab(page, "Gallery")
        page.get_by_text("of 45").wait_for()


def test_an_inbox_is_labelled_catalogued_sorted_and_put_back(
    browser: Any, server: AppServer, place: Path
) -> None:
    before = sorted((place / "archive").rglob("*"))
    with browser_page(browser) as page:
        page.goto(server.url)
        open_tab(page, "Label and sort")
        choose(page, "Model", "first,", exact=False)
        choose(page, "Folder to label", "archive/inbox")
        page.get_by_role("button", name="Label this folder").click()
        page.get_by_role("button", name="Put these labels").click(timeout=LONGEST_WORK)
        wait_for_work(page, "Labels of inbox into the catalog")
        assert predicted(place, "inbox") == 6
        page.get_by_role("button", name="Make a plan").click()
        page.get_by_text("The plan: 6 files into").wait_for()
        change_label_of_first_row(page, "audience")
        page.get_by_text("Rows changed: 1.").wait_for()
        page.get_by_role("button", name="Carry out the plan").click()
        page.get_by_role("button", name="Undo: put everything back").wait_for()
        page.get_by_text("Sort into sorted:").wait_for(state="detached")
        assert len(list((place / "archive" / "sorted").rglob("*.jpg"))) == 6
        assert len(list((place / "archive" / "sorted" / "audience").iterdir())) == 1
        # A press while the page is drawn anew may be passed over.
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        page.get_by_role("button", name="Undo: put everything back").click()
        wait_for_work(page, "Undo the sorting")
    assert sorted((place / "archive").rglob("*")) == before


def change_label_of_first_row(page: Any, label: str) -> None:
    """Type into the table of the plan, which is drawn on a canvas."""
    table = page.get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    table.click(position={"x": 20, "y": 52})
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.locator("#portal textarea, #portal input").first.fill(label)
    page.keyboard.press("Enter")


def test_a_model_learns_from_reviews_and_shows_what_changed(
    browser: Any, server: AppServer, place: Path
) -> None:
    review_one_of_each_class(place)
    with browser_page(browser) as page:
        page.goto(f"{server.url}/review")
        open_tab(page, "Learn from these")
        choose(page, "Model", "first")
        page.get_by_role("button", name="Learn from these").click()
        page.get_by_text("photos that neither model has learnt from").wait_for(timeout=LONGEST_WORK)
        page.get_by_text("Reviewed among them").wait_for()


def review_one_of_each_class(place: Path) -> None:
    with closing(open_catalog(place / "touchline.catalog")) as catalog:
        for label in COLOURS:
            (photo,) = [
                each for each in find_photos(catalog, "file:50.jpg")
                if Path(each.path).parent.name == label
            ]  # fmt: skip
            decision = Decision(f"t {label}", (photo.id,), "change", label, "Ann", (photo.sha256,))
            decide(catalog, decision)


def test_a_confusion_leads_to_its_photos(browser: Any, server: AppServer, place: Path) -> None:
    pairs = counted(read_answers(place / "runs" / "photos" / "first"))
    truth, label = next(pair for pair in pairs if pair[0] == HOSTILE_CLASS)
    other = next(pair for pair in pairs if pair[0] != HOSTILE_CLASS)
    with browser_page(browser) as page:
        page.goto(f"{server.url}/runs")
        choose_run(page, "photos: photos/first")
        open_tab(page, "Confusions")
        choose(page, "Photos of", f"{truth}, labelled as {label}: {pairs[truth, label]}")
        page.wait_for_function(
            IMAGES_SAY, arg=[f"{truth} labelled as {label}", pairs[truth, label]]
        )
        where = page.locator(".scatterlayer .point").nth(list(pairs).index(other)).bounding_box()
        page.mouse.click(where["x"] + where["width"] / 2, where["y"] + where["height"] / 2)
        page.wait_for_function(IMAGES_SAY, arg=["{} labelled as {}".format(*other), pairs[other]])
        open_tab(page, "Curves")
        page.get_by_text("This run has no epochs").wait_for()
        open_tab(page, "Report")
        page.frame_locator("iframe").get_by_role("heading", name="Photo classifier").wait_for()


def test_two_runs_are_compared_photo_by_photo(browser: Any, server: AppServer) -> None:
    with browser_page(browser) as page:
        page.goto(f"{server.url}/runs")
        choose_run(page, "photos: photos/first")
        choose(page, RUNS, "photos: photos/second")
        page.get_by_text("Differences are paired, photo by photo").wait_for()
        page.keyboard.press("Escape")  # an open list hides what is below from readers
        compared = page.get_by_role("heading", level=3).first.inner_text()
        assert set(compared.split(" and ")) == {"first", "second"}


def test_the_pages_are_worked_with_tab_alone_and_fit_a_tablet(
    browser: Any, server: AppServer
) -> None:
    with browser_page(browser, **TABLET) as page:
        page.goto(server.url)
        require_tab_reaches(page, page.get_by_role("textbox", name="Search"))
        require_tab_reaches(page, page.locator("button.tile").first)
        for tab, control in (("Index and audit", "Index this folder"), ("Teach", "Teach")):
            open_tab(page, tab)
            require_tab_reaches(page, page.get_by_role("button", name=control, exact=True))
            require_fits(page)
        page.goto(f"{server.url}/runs")
        require_tab_reaches(page, page.get_by_role("combobox", name=RUNS))
        open_tab(page, "Confusions")
        require_tab_reaches(page, page.get_by_role("combobox", name="Photos of"))
        require_fits(page)

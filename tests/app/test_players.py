"""The page Players in a browser: search a crop, see its twin first, confirm it."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app_server import AppServer, app_server, browser_page
from crop_worlds import crop_of
from page_checks import TABLET, require_fits, require_tab_reaches
from touchline.archive.catalog.indexing.crops import CropRow, add_crops
from touchline.archive.catalog.indexing.video_files import index_videos
from touchline.archive.catalog.opening import open_catalog
from video_world import write_video

PEOPLE = 4
HOSTILE = "<b onmouseover=alert(1)>'&.png"
SECONDS = 30
FIRST_LOOK = 240_000  # milliseconds: a busy machine takes long to load torch


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AppServer, Path]]:
    """Two actions of four people, each with one query and, in other noise, their twin."""
    folder = tmp_path_factory.mktemp("players")
    generator = np.random.default_rng(0)
    rows = []
    for action in ("7", "8"):
        for person in range(PEOPLE):
            number = person + PEOPLE * (action == "8")
            for role in ("query", "gallery"):
                name = f"{action}-{role}-{person}.png"
                if (action, role, person) == ("7", "gallery", 3):
                    name = HOSTILE
                path = folder / "crops" / name
                path.parent.mkdir(exist_ok=True)
                crop_of(number, generator).resize((48, 96)).save(path)
                rows.append(CropRow(path, action, role, f"person {number}"))
    with closing(open_catalog(folder / "touchline.catalog", create=True)) as catalog:
        add_crops(catalog, rows)
        write_video(folder / "crops" / "match.mp4", 10)
        index_videos(catalog, folder / "crops")
    with app_server(folder, str(folder / "crops")) as server:
        yield server, folder


@pytest.fixture
def page(browser: Any, served: tuple[AppServer, Path]) -> Iterator[Any]:
    with browser_page(browser) as shown:
        shown.set_default_timeout(FIRST_LOOK)
        shown.goto(f"{served[0].url}/players")
        shown.get_by_role("heading", name="Players").wait_for()
        yield shown


def answers(folder: Path) -> list[tuple[Any, ...]]:
    """Names of both crops and the answer, in the order given."""
    with closing(sqlite3.connect(folder / "touchline.catalog")) as catalog:
        return catalog.execute(
            "SELECT q.path, g.path, same, reviewer, run FROM identity_reviews"
            " JOIN crops q ON q.id = query_id JOIN crops g ON g.id = gallery_id"
            " ORDER BY identity_reviews.id"
        ).fetchall()


def wait_for_answers(folder: Path, count: int) -> list[tuple[Any, ...]]:
    deadline = time.monotonic() + SECONDS
    while len(found := answers(folder)) < count:
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found


def test_a_searched_crop_has_its_known_twin_first_and_it_is_confirmed(
    page: Any, served: tuple[AppServer, Path]
) -> None:
    page.get_by_role("button", name="7-query-0.png").click()
    strip = page.get_by_role("list", name="Candidates")
    first = strip.get_by_role("listitem").first
    first.get_by_text("✓ same person").wait_for()
    assert "7-gallery-0.png" in first.get_attribute("aria-label")
    labels = [each.get_attribute("aria-label") for each in strip.get_by_role("listitem").all()]
    assert len(labels) == PEOPLE  # of its own action only
    assert all("another person" in label for label in labels[1:])
    page.get_by_label("Your name").fill("Ann")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Change name").wait_for()
    first.focus()
    page.keyboard.press("y")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("n")
    found = wait_for_answers(served[1], 2)
    assert [(Path(row[0]).name, row[2], row[3]) for row in found] == [
        ("7-query-0.png", 1, "Ann"), ("7-query-0.png", 0, "Ann"),
    ]  # fmt: skip
    assert Path(found[0][1]).name == "7-gallery-0.png"
    first.get_by_text("Confirmed same by Ann").wait_for()
    page.reload()
    page.get_by_role("button", name="7-query-0.png").click()
    page.get_by_text("Confirmed same by Ann").wait_for()
    page.get_by_role("tab", name="Answers").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[0] == "query,candidate,same,reviewer,at,run,distance"
    assert ",yes,Ann," in lines[1]


def test_hits_and_misses_are_told_apart_and_hostile_names_are_text(page: Any) -> None:
    page.get_by_text("over everything").click()
    page.get_by_role("tab", name="Hits and misses").click()
    page.get_by_text(f"Answer all {2 * PEOPLE} queries").click()
    page.get_by_text("95 % interval").wait_for()
    page.get_by_role("tab", name="Gallery").click()
    page.get_by_role("button", name=HOSTILE).click()
    page.get_by_role("figure").get_by_text(HOSTILE).wait_for()
    assert page.locator("b[onmouseover]").count() == 0


def test_a_box_on_a_frame_is_searched_by_drag_and_by_numbers(page: Any) -> None:
    page.get_by_role("tab", name="Frame of a video").click()
    frame = page.get_by_alt_text("Frame of the video")
    page.wait_for_function(
        "() => [...document.querySelectorAll('*')].some((each) =>"
        " each.shadowRoot?.querySelector('.frame img')?.naturalWidth > 0)"
    )
    frame.scroll_into_view_if_needed()
    where = frame.bounding_box()
    page.mouse.move(where["x"] + 0.8 * where["width"], where["y"] + 0.9 * where["height"])
    page.mouse.down()
    page.mouse.move(where["x"] + 0.2 * where["width"], where["y"] + 0.1 * where["height"])
    page.mouse.up()
    sides = {name: page.get_by_label(f"{name} in percent") for name in ("left", "right")}
    assert abs(float(sides["left"].input_value()) - 20) < 1
    assert abs(float(sides["right"].input_value()) - 80) < 1
    sides["right"].fill("60")
    page.get_by_role("button", name="Search this person").click()
    candidates = page.get_by_role("list", name="Candidates").get_by_role("listitem")
    candidates.first.wait_for()
    assert candidates.count() == 2 * PEOPLE  # over everything: a box has no action
    assert page.get_by_role("button", name="Same").count() == 0


def test_the_page_is_worked_with_tab_alone_and_fits_a_tablet(page: Any) -> None:
    page.set_viewport_size(TABLET)
    page.get_by_role("button", name="7-query-1.png").wait_for()
    require_fits(page)
    require_tab_reaches(page, page.get_by_role("button", name="7-query-1.png"))
    page.get_by_role("button", name="7-query-1.png").click()
    candidate = page.get_by_role("list", name="Candidates").get_by_role("listitem").first
    require_tab_reaches(page, candidate)
    require_fits(page)

"""The page Match in a browser: play, correct by keyboard, compare, set thresholds, export."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app_server import AppServer, app_server, browser_page
from match_on_disk import FOUND, HOSTILE, MatchOnDisk, matches_on_disk
from match_steps import COMPONENT, PLAYER, VIDEO, choose_video, row, rows_of, until
from page_checks import TABLET, require_fits, require_tab_reaches
from touchline.app.match.event_sets import stored_events
from touchline.archive.catalog.indexing.events import add_events
from touchline.archive.catalog.indexing.video_files import index_videos
from touchline.archive.catalog.tables import event_edits
from touchline.spotting.annotations.classes import ANY_CLASS
from touchline.spotting.annotations.labels_file import read_labels
from touchline.spotting.annotations.reading import read_matches
from touchline.spotting.cataloguing import event_row
from touchline.spotting.events import Event
from video_world import write_video

NAMES = ("play", "edit", "reload", "threshold", "copy", "compare", "export", "import", "narrow")
FRAME = 1 / 25


@pytest.fixture(scope="module")
def matches(tmp_path_factory: pytest.TempPathFactory) -> dict[str, MatchOnDisk]:
    folder = tmp_path_factory.mktemp("matches")
    found = matches_on_disk(folder, *NAMES)
    videos, catalog = folder / "videos", found["play"].catalog
    for name in ("old.avi", "older.avi"):  # which browsers cannot play
        write_video(videos / name, 50, codec="mpeg4")
    write_video(videos / "silent.mp4", 50)
    (videos / "broken.mp4").write_bytes(b"no video")
    index_videos(catalog, videos)
    rows = [event_row(Event(1.0, "OUT"))]
    for name in ("old.avi", "older.avi"):
        add_events(catalog, videos / name, rows, name="one", kind="annotated")
    return found


@pytest.fixture(scope="module")
def server(matches: dict[str, MatchOnDisk]) -> Iterator[AppServer]:
    videos = matches["play"].video.parent
    with app_server(videos.parent, str(videos)) as running:
        yield running


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    with browser_page(browser) as opened:
        yield opened


@pytest.fixture
def look(page: Any, server: AppServer) -> Callable[[MatchOnDisk, int], Any]:
    """Opens one set of one match, by a reviewer who has given a name."""

    def opened(match: MatchOnDisk, set_id: int) -> Any:
        page.goto(f"{server.url}/match?video={match.video_id}&events={set_id}")
        page.evaluate("localStorage.setItem('touchline.reviewer', 'Ada')")
        page.reload()
        page.locator("video").wait_for()
        page.wait_for_function(f"{VIDEO}.readyState >= 1")
        return page

    return opened


LONGEST_WORK = 240_000  # milliseconds: a busy machine takes long to load torch


def test_a_click_plays_from_two_seconds_before_the_event(look: Any, matches: Any) -> None:
    page = look(matches["play"], matches["play"].found)
    row(page, "DRIVE").click()
    page.wait_for_function(f"{VIDEO}.currentTime >= 3.12")
    at, is_paused = page.evaluate(f"[{VIDEO}.currentTime, {VIDEO}.paused]")
    assert 3.12 <= at < 5.12
    assert not is_paused
    page.keyboard.press("Space")
    page.wait_for_function(f"{VIDEO}.paused")
    page.get_by_role("listbox", name="Events").focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_function(f"Math.abs({VIDEO}.currentTime - 3.2) < 0.001")
    page.keyboard.press("Enter")
    page.wait_for_function(f"{VIDEO}.currentTime >= 1.2 && {VIDEO}.currentTime < 3.1")
    page.keyboard.press("Space")


def test_frames_are_stepped_by_the_arrows(look: Any, matches: Any) -> None:
    page = look(matches["play"], matches["play"].found)
    row(page, "PASS").first.click()
    page.keyboard.press("Space")
    page.keyboard.press(",")
    page.keyboard.press(".")
    page.wait_for_function(f"Math.abs({VIDEO}.currentTime - 5.12) < 0.001")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"Math.abs({VIDEO}.currentTime - {5.12 + 1.5 * FRAME}) < 0.001")
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"Math.abs({VIDEO}.currentTime - {5.12 - 0.5 * FRAME}) < 0.001")


def test_labels_are_shown_as_text(look: Any, matches: Any) -> None:
    page = look(matches["play"], matches["play"].found)
    assert row(page, HOSTILE).count() == 1
    assert page.locator("img[src=x]").count() == 0


def test_a_set_that_is_not_corrected_stays_as_it_is(look: Any, matches: Any) -> None:
    page = look(matches["play"], matches["play"].found)
    row(page, "DRIVE").click()
    page.keyboard.press("Delete")
    assert "Correct these events" in page.locator(".said").inner_text()
    stored = stored_events(matches["play"].catalog, matches["play"].found)
    assert [each.event for each in stored] == sorted(FOUND)


def test_a_copy_takes_the_corrections_and_counts_the_same(look: Any, matches: Any) -> None:
    match = matches["copy"]
    page = look(match, match.found)
    page.get_by_role("button", name="Correct these events").click()
    page.wait_for_url(f"**/match?video={match.video_id}&events={match.corrected}")
    page.get_by_role("heading", name="Events: 3 of 4").wait_for()
    row(page, "DRIVE").click()
    page.keyboard.press("Delete")
    until(page, lambda: len(rows_of(match)) == 3)
    assert len(stored_events(match.catalog, match.found)) == 4


def test_corrections_by_keyboard_reach_the_catalog(look: Any, matches: Any) -> None:
    match = matches["edit"]
    page = look(match, match.corrected)
    assert rows_of(match) == [(e.seconds, e.label) for e in sorted(FOUND)]
    row(page, "DRIVE").click()
    page.keyboard.press("Space")
    page.keyboard.press("1")  # PASS is the first class of the match
    until(page, lambda: (5.12, "PASS") in rows_of(match))
    page.keyboard.press("]")
    until(page, lambda: (5.16, "PASS") in rows_of(match))
    page.keyboard.press("[")
    page.keyboard.press("[")
    until(page, lambda: (5.08, "PASS") in rows_of(match))
    row(page, HOSTILE).click()
    page.keyboard.press("Space")
    page.keyboard.press("Delete")
    until(page, lambda: len(rows_of(match)) == 3)
    page.keyboard.press("u")
    until(page, lambda: (10.0, HOSTILE) in rows_of(match))
    for key in (",", ",", "ArrowRight", "a", "2"):  # relabelled before it has a number
        page.keyboard.press(key)
    until(page, lambda: len(rows_of(match)) == 5)
    with match.catalog.reading() as connection:
        mine = event_edits.c.event_set_id == match.corrected
        query = select(event_edits.c.action, event_edits.c.reviewer).where(mine)
        log = connection.execute(query.order_by(event_edits.c.id)).all()
    assert {reviewer for _, reviewer in log} == {"Ada"}
    assert [action for action, _ in log][:6] == [
        "relabel",
        "move",
        "move",
        "move",
        "delete",
        "undo",
    ]
    until(page, lambda: any(label == "DRIVE" for _, label in rows_of(match)))


def test_a_reload_keeps_the_corrections_and_the_place(look: Any, matches: Any) -> None:
    match = matches["reload"]
    page = look(match, match.corrected)
    row(page, "DRIVE").click()
    page.keyboard.press("Delete")
    until(page, lambda: len(rows_of(match)) == 3)
    page.reload()
    page.locator("video").wait_for()
    page.get_by_role("heading", name="Events: 3 of 3").wait_for()
    assert row(page, "DRIVE").count() == 0


def test_thresholds_are_counted_at_once_and_remembered(look: Any, matches: Any) -> None:
    match = matches["threshold"]
    page = look(match, match.found)
    page.get_by_text("Thresholds by class").click()
    slider = page.get_by_label("Threshold of PASS")
    page.get_by_role("heading", name="Events: 3 of 4").wait_for()
    slider.focus()
    for _ in range(25):
        page.keyboard.press("ArrowLeft")
    page.get_by_role("heading", name="Events: 4 of 4").wait_for()
    assert page.get_by_text("0.25: 2 of 2").count() == 1
    page.get_by_role("tab", name="Export").click()
    page.get_by_text("4 events of a model reach their thresholds.").wait_for()
    page.reload()
    page.get_by_role("heading", name="Events: 4 of 4").wait_for()


def test_two_sets_are_compared(look: Any, matches: Any) -> None:
    match = matches["compare"]
    page = look(match, match.found)
    page.get_by_role("combobox", name="Compare with").click()
    page.get_by_role("option", name="truth (annotated)").click()
    page.get_by_role("heading", name="Scores against it").wait_for()
    verdicts = {
        text: row(page, text).locator(".verdict").first.inner_text()
        for text in ("PASS", "DRIVE", "SHOT", HOSTILE)
    }
    assert verdicts == {"PASS": "matched", "DRIVE": "matched", "SHOT": "missed", HOSTILE: "extra"}
    row(page, "SHOT").click()
    page.wait_for_function(f"{VIDEO}.currentTime >= 6")
    page.keyboard.press("Space")


def test_exports_are_read_back(look: Any, matches: Any, tmp_path: Path) -> None:
    match = matches["export"]
    page = look(match, match.corrected)
    page.get_by_role("tab", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="SoccerNet annotations").click()
    saved = tmp_path / "Labels-ball.json"
    waiting.value.save_as(saved)
    read = read_labels(saved, ANY_CLASS)
    assert not read.faults
    wanted = [each.event for each in stored_events(match.catalog, match.corrected)]
    assert [(e.seconds, e.label, e.team) for e in read.events] == [
        (e.seconds, e.label, e.team) for e in wanted
    ]
    page.get_by_role("button", name="Save for training").click()
    page.get_by_text("touchline spotting train").wait_for()
    (game,) = (match.video.parent.parent / "runs" / "corrections").iterdir()
    (taught,) = read_matches(game.parent).matches
    assert taught.events == read.events
    assert taught.videos[0].resolve() == match.video


def test_truth_is_imported_from_beside_the_video(look: Any, matches: Any) -> None:
    match = matches["import"]
    item = {"gameTime": "1 - 00:04", "label": "CROSS", "position": "4000", "visibility": "visible"}
    beside = match.video.with_suffix(".json")
    beside.write_text(json.dumps({"UrlLocal": "", "annotations": [item]}))
    page = look(match, match.corrected)
    page.get_by_text("Import events").click()
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("heading", name="Events: 1 of 1").wait_for()
    assert row(page, "CROSS").count() == 1


def test_a_video_that_cannot_be_played_is_shown_frame_by_frame(page: Any, server: Any) -> None:
    page.goto(f"{server.url}/match")
    choose_video(page, "old.avi")
    page.get_by_text("cannot play this video").wait_for()
    row(page, "OUT").click()
    page.wait_for_function(f"{COMPONENT}.querySelector('.still').src.endsWith('/frames/0.jpg')")
    page.wait_for_function(f"{COMPONENT}.querySelector('.still').naturalWidth > 0")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"{COMPONENT}.querySelector('.still').src.endsWith('/frames/60.jpg')")


def test_a_copy_that_plays_is_made_and_played(page: Any, server: Any) -> None:
    page.goto(f"{server.url}/match")
    choose_video(page, "older.avi")
    page.get_by_text("cannot play this video").wait_for()
    page.get_by_role("button", name="Make it playable").click()
    page.get_by_text("A copy that plays is being made").wait_for()
    page.get_by_role("button", name="Make it playable").wait_for(state="detached")
    page.get_by_text("A copy that plays").wait_for(state="detached", timeout=LONGEST_WORK)
    page.wait_for_function(f"{PLAYER}.readyState >= 1")
    row(page, "OUT").click()
    page.wait_for_function(f"{PLAYER}.currentTime > 0.2")
    assert page.evaluate(f"{PLAYER}.error") is None
    page.keyboard.press("Space")


def test_videos_that_show_nothing_say_what_to_do(page: Any, server: Any) -> None:
    page.goto(f"{server.url}/match")
    choose_video(page, "broken.mp4")
    page.get_by_text("It cannot be read").wait_for()
    choose_video(page, "silent.mp4")
    page.get_by_text("This video has no events yet").wait_for()
    page.get_by_role("button", name="Spot events").wait_for()


def test_the_page_is_worked_with_tab_alone_and_fits_a_tablet(look: Any, matches: Any) -> None:
    page = look(matches["narrow"], matches["narrow"].corrected)
    page.set_viewport_size(TABLET)
    try:
        require_fits(page)
        page.wait_for_function(f"{VIDEO}.getBoundingClientRect().right <= 820")
        require_tab_reaches(page, page.get_by_role("listbox", name="Events"))
        require_tab_reaches(page, page.get_by_role("button", name="Add"))
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})

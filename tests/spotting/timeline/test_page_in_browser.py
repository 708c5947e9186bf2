"""The page in a real browser: what scripts do there, that no parser of HTML can tell."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chromium_browser import CHROMIUM, Browser
from touchline.spotting.events import Event
from touchline.spotting.timeline.page import write_timeline
from video_world import write_video

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

HOSTILE = "<img src=x onerror=\"document.title='taken'\">"
EVENTS = [
    Event(4.0, "PASS", 0.9, "left"), Event(6.0, "OUT", 0.6, "right"),
    Event(8.0, "PASS", 0.7, "right"), Event(1.0, HOSTILE, 0.8),
]  # fmt: skip
TRUTH = [Event(4.1, "PASS"), Event(9.5, "OUT")]
COUNT = "document.getElementById('count').textContent"
SHOWN = "[...document.querySelectorAll('#events tr')].filter(row => !row.hidden).map(row => row.id)"
MARKED = "[...document.querySelectorAll('[aria-current]')].map(each => each.id).sort()"
LOADED = """
new Promise(done => {
  if (video.readyState || video.error) done(!video.error);
  video.onloadedmetadata = video.onerror = () => done(!video.error);
})
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("predicted")
    video = write_video(folder / "a #1.mp4", 250)
    return write_timeline(
        folder / "out" / "timeline.html", video, EVENTS, ("PASS", "OUT"), {}, 10.0, "a match",
        truth=TRUTH,
    )  # fmt: skip


@pytest.fixture
def page(browser: Browser, path: Path) -> Browser:
    browser.open(path)
    return browser


@pytest.fixture
def playing(page: Browser) -> Browser:
    if not page.evaluate(LOADED):
        pytest.skip("this Chromium plays no H.264")
    return page


def choose(page: Browser, name: str, value: str) -> None:
    page.evaluate(
        f"filters.{name}.value = '{value}';"
        "filters.dispatchEvent(new Event('input', {bubbles: true}))"
    )


def test_everything_is_shown_at_first_and_no_stranger_runs(page):
    assert page.evaluate(COUNT) == "Showing 5 of 5 events"
    assert page.evaluate("document.title") == "a match"
    assert page.evaluate("document.querySelectorAll('img[src=x]').length") == 0


def test_a_click_on_a_mark_plays_from_two_seconds_before(playing):
    playing.evaluate("document.getElementById('mark-1').click()")
    assert playing.evaluate("[video.currentTime >= 2, video.currentTime < 4, video.paused]") == [
        True, True, False,
    ]  # fmt: skip
    assert playing.evaluate(MARKED) == ["event-1", "mark-1"]


def test_a_click_on_a_row_near_the_start_plays_from_the_start(playing):
    playing.evaluate("document.querySelector('#event-0 td').click()")
    assert playing.evaluate("video.currentTime < 1")
    assert playing.evaluate(MARKED) == ["event-0", "mark-0"]


def test_arrow_keys_go_along_the_timeline_and_enter_plays(playing):
    playing.evaluate("document.querySelector('.mark[tabindex=\"0\"]').focus()")
    for _ in range(3):
        playing.press("ArrowRight")
    assert playing.evaluate("document.activeElement.id") == "mark-2"
    assert playing.evaluate("video.paused")
    playing.press("Enter", "\r")
    assert playing.evaluate("[video.paused, video.currentTime >= 4]") == [False, True]
    playing.press("ArrowLeft")
    assert playing.evaluate("document.activeElement.id") == "mark-1"


def test_n_and_p_step_through_the_events_until_switched_off(page):
    page.press("n", "n")
    page.press("n", "n")
    assert page.evaluate("current") == 1
    page.press("p", "p")
    page.press("p", "p")
    assert page.evaluate("current") == 0
    page.evaluate("document.getElementById('keys').checked = false")
    page.press("n", "n")
    assert page.evaluate("current") == 0


def test_steps_pass_over_what_is_filtered_out(page):
    choose(page, "team", "right")
    page.evaluate("document.getElementById('next').click()")
    page.evaluate("document.getElementById('next').click()")
    assert page.evaluate("document.getElementById('current').textContent").startswith("00:08 PASS")


@pytest.mark.parametrize(
    ("name", "value", "rows"),
    [
        ("class", "0", ["event-1", "event-3"]),
        ("team", "right", ["event-2", "event-3"]),
        ("team", "unknown", ["event-0", "event-4"]),
        ("verdict", "hit", ["event-1"]),
        ("verdict", "missed", ["event-4"]),
        ("confidence", "70", ["event-0", "event-1", "event-3", "event-4"]),
    ],
)
def test_filters_hide_rows_and_marks_alike(page, name, value, rows):
    choose(page, name, value)
    assert page.evaluate(SHOWN) == rows
    assert page.evaluate(COUNT) == f"Showing {len(rows)} of 5 events"
    assert page.evaluate(
        "[...document.querySelectorAll('#rows .mark')].filter(each => !each.hidden).length"
    ) == len(rows)


def test_there_is_one_stop_for_the_tab_key_on_the_timeline(page):
    stops = "[...document.querySelectorAll('#rows .mark[tabindex=\"0\"]')].map(each => each.id)"
    assert page.evaluate(stops) == ["mark-0"]
    choose(page, "team", "right")
    assert page.evaluate(stops) == ["mark-2"]


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_screen(page, width):
    page.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1,
        mobile=width < 500,
    )  # fmt: skip
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.call("Emulation.clearDeviceMetricsOverride")


def test_a_video_that_has_gone_is_said_and_the_rest_works(browser, tmp_path):
    path = write_timeline(
        tmp_path / "timeline.html", tmp_path / "gone.mp4", EVENTS, ("PASS", "OUT"), {}, 10.0, "t"
    )
    browser.open(path)
    assert not browser.evaluate(LOADED)
    assert not browser.evaluate("document.getElementById('trouble').hidden")
    browser.evaluate("document.getElementById('mark-1').click()")
    assert browser.evaluate(MARKED) == ["event-1", "mark-1"]


def test_a_closer_look_at_the_timeline_has_finer_ticks(browser, tmp_path):
    path = write_timeline(
        tmp_path / "timeline.html", "-", [Event(5990.0, "PASS", 0.9)], ("PASS",), {}, 6000.0, "t"
    )
    browser.open(path)
    ticks = "[...document.querySelectorAll('#axis span')].map(each => each.textContent)"
    assert browser.evaluate(ticks)[:3] == ["00:00", "10:00", "20:00"]
    browser.evaluate("document.getElementById('window').value = '300'; zoom()")
    assert browser.evaluate(ticks)[:3] == ["00:00", "00:30", "01:00"]
    assert browser.evaluate(ticks)[-1] == "99:30"
    browser.evaluate("play(0)")
    assert browser.evaluate(
        "(box => box.left >= 0 && box.right <= innerWidth)"
        "(document.getElementById('mark-0').getBoundingClientRect())"
    )

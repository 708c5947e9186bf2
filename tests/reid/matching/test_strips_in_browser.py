"""The page in a real browser: radio buttons and style choose what is shown, without a script."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chromium_browser import CHROMIUM, Browser
from crop_worlds import draw_crop
from touchline.reid.crops import Crop
from touchline.reid.matching.candidates import Candidate, Match
from touchline.reid.matching.strips import write_strips

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

SHOWN = (
    "[...document.querySelectorAll('.strip')].filter(each => each.checkVisibility())"
    ".map(each => each.querySelector('.name').textContent)"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("matched")
    listed = []
    for number, other in enumerate("7878"):
        query = Crop(draw_crop(folder / f"query{number}.png", "red"), number, "7")
        gallery = Crop(draw_crop(folder / f"{other}.png", "blue"), 0, other)
        listed.append(Match(query, (Candidate(gallery, 0.1),) * 10, number / 10))
    return write_strips(folder / "strips.html", listed, "matches", known=True)


@pytest.fixture
def page(browser: Browser, path: Path) -> Browser:
    browser.open(path)
    return browser


def test_all_is_shown_at_first(page):
    assert page.evaluate(SHOWN) == ["query3.png", "query1.png", "query0.png", "query2.png"]


def test_arrow_keys_choose_failures_then_hits(page):
    page.evaluate("document.getElementById('all').focus()")
    page.press("ArrowRight")
    assert page.evaluate(SHOWN) == ["query3.png", "query1.png"]
    page.press("ArrowRight")
    assert page.evaluate(SHOWN) == ["query0.png", "query2.png"]
    page.press("ArrowRight")
    assert len(page.evaluate(SHOWN)) == 4


def test_pictures_are_decoded(page):
    assert page.evaluate(
        "Promise.all([...document.images].map(each => each.decode().then(() => each.naturalWidth)))"
        ".then(widths => Math.min(...widths))"
    )


def test_right_and_wrong_differ_without_colour(page):
    style = "getComputedStyle(document.querySelector('li.{}')).borderTopStyle"
    assert page.evaluate(style.format("right")) == "solid"
    assert page.evaluate(style.format("wrong")) == "dashed"


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_is_wider_than_the_screen(page, width):
    page.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1,
        mobile=width < 500,
    )  # fmt: skip
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.call("Emulation.clearDeviceMetricsOverride")

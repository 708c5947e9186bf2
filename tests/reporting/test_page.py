import base64
import hashlib
import math
import re

import pytest
from PIL import Image

from page_reader import PageReader
from touchline.reporting.confidence import Score, wilson
from touchline.reporting.data_uris import thumbnail_data_uri
from touchline.reporting.gallery import Answer, Gallery, Tile, worst_first
from touchline.reporting.page import (
    Fact,
    Facts,
    Page,
    Picture,
    Section,
    Text,
    render_page,
    write_page,
)
from touchline.reporting.tables import Table

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{ 7 * 7 }}\x1b\udce9"


@pytest.fixture
def picture(tmp_path):
    Image.new("RGB", (4, 3), "blue").save(tmp_path / "chart.png")
    return tmp_path / "chart.png"


@pytest.fixture
def page(picture):
    """A page with every kind of part, and hostile text wherever text can stand."""
    thumbnail = thumbnail_data_uri(Image.new("RGB", (9, 9)))
    return Page(
        HOSTILE,
        (
            Section(HOSTILE, (Text((HOSTILE, "plain")),)),
            Section("facts", (Facts((
                Fact(HOSTILE, wilson(90, 100), HOSTILE), Fact("time", "74 s"), Fact("left", 12),
                Fact("loss", Score(0.5, 9, 0.4, 0.6, "number")), Fact("none", wilson(0, 0)),
                Fact("no bounds", Score(0.5, 1, math.nan, math.nan)),
            )),)),
            Section("table", (Table(
                (HOSTILE, "F1", "photos"),
                ((HOSTILE, wilson(1, 2), 3), ("golf", None, math.nan)), caption=HOSTILE,
            ),)),
            Section("pictures", (Picture(picture, HOSTILE, HOSTILE),)),
            Section("photos", (
                worst_first([Answer(thumbnail, HOSTILE, HOSTILE, HOSTILE, 0.5),
                             Answer(thumbnail, "b.jpg", "golf", "judo", 0.91)]),
                Gallery((Tile(thumbnail, HOSTILE, (HOSTILE,)),)),
            )),
        ),
        HOSTILE,
    )  # fmt: skip


def test_every_tag_is_closed_and_every_part_is_there(page):
    found = PageReader(render_page(page))
    assert found.open == []
    assert len(found.all("section")) == 5
    assert len(found.all("img")) == 4
    assert len(found.all("figure")) == len(found.all("table")) == 1


def test_hostile_text_is_shown_and_never_markup(page):
    html = render_page(page)
    found = PageReader(html)
    assert len(found.all("script")) == 1
    assert all(image["src"].startswith("data:image/") for image in found.all("img"))
    assert not any(name.startswith("on") for _, attributes in found.tags for name in attributes)
    assert found.text.count("<script>alert(1)</script>") > 8
    assert "{{ 7 * 7 }}" in found.text
    assert "\x1b" not in html
    assert any(HOSTILE[:30] in image["alt"] for image in found.all("img"))


def test_the_page_fetches_nothing(page):
    html = render_page(page)
    assert not re.findall(r"https?:|url\(|@import", html)
    for _, attributes in PageReader(html).tags:
        assert attributes.get("href", "#").startswith("#")
        assert attributes.get("src", "data:").startswith("data:")


def test_the_policy_allows_its_own_script_and_no_other(page):
    html = render_page(page)
    (policy,) = (meta["content"] for meta in PageReader(html).all("meta") if "http-equiv" in meta)
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "img-src data:;" in policy


def test_it_can_be_read_aloud(page):
    found = PageReader(render_page(page))
    assert found.all("html") == [{"lang": "en"}]
    assert len(found.all("h1")) == 1
    assert len(found.all("h2")) == 5
    assert all(image["alt"] for image in found.all("img"))
    assert {header["scope"] for header in found.all("th")} == {"col", "row"}
    headings = {heading["id"] for heading in found.all("h2")}
    assert {section["aria-labelledby"] for section in found.all("section")} == headings
    assert {link["href"][1:] for link in found.all("a")} == {
        section["id"] for section in found.all("section")
    }


def test_facts_show_interval_and_count(page):
    text = " ".join(PageReader(render_page(page)).text.replace("\N{NO-BREAK SPACE}", " ").split())
    assert "90.0 % [82.6, 94.5] n = 100" in text
    assert "0.500 [0.400, 0.600] n = 9" in text
    assert "not measured n = 0" in text
    assert "50.0 % n = 1" in text
    assert "74 s" in text


def test_only_measured_shares_have_a_bar(page):
    bars = [tag for tag in PageReader(render_page(page)).all("span") if tag.get("class") == "range"]
    inside = [tag["style"] for tag in PageReader(render_page(page)).all("span") if "style" in tag]
    assert len(bars) == 1
    assert inside == ["left:82.56%;width:11.91%"]


def test_tables_carry_the_numbers_to_sort_by(page):
    found = PageReader(render_page(page))
    keys = [
        attributes["data-key"]
        for tag, attributes in found.tags
        if tag in ("th", "td") and "data-key" in attributes
    ]
    assert keys[1:] == ["0.5", "3", "golf", "", ""]


def test_right_and_wrong_differ_in_words_and_frame_not_in_colour_alone(page):
    found = PageReader(render_page(page))
    assert [item.get("class") for item in found.all("li") if "class" in item] == ["wrong", "right"]
    assert found.text.index("✗ wrong") < found.text.index("✓ right")
    assert "dashed" in render_page(page)


def test_a_short_page_needs_no_contents():
    found = PageReader(render_page(Page("Title", (Section("Only", (Text(("one",)),)),))))
    assert found.all("nav") == []
    assert found.open == []


def test_a_page_without_sections_is_a_page():
    assert PageReader(render_page(Page("Title", ()))).text.split()[:2] == ["Title", "Title"]


def test_write_page_can_write_every_name(page, tmp_path):
    path = tmp_path / "made" / "report.html"
    assert write_page(page, path) == path
    assert PageReader(path.read_text(encoding="utf-8")).open == []


def test_an_unreadable_picture_leaves_the_old_page(tmp_path):
    path = tmp_path / "report.html"
    write_page(Page("old", ()), path)
    missing = Picture(tmp_path / "missing.png", "nothing")
    with pytest.raises(FileNotFoundError):
        write_page(Page("new", (Section("a", (missing,)),)), path)
    assert "old" in path.read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [path]

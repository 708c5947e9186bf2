import base64
import hashlib
import re
from pathlib import Path

import pytest

from page_reader import PageReader
from touchline.spotting.events import Event
from touchline.spotting.timeline import page as page_module
from touchline.spotting.timeline.page import relative_address, write_timeline
from video_world import write_video

HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{ 7 * 1000003 }}\x1b\udce9"
)
CLASSES = ("PASS", "OUT")
EVENTS = [
    Event(3.0, "PASS", 0.9, "left"), Event(7.0, "OUT", 0.6, "right"), Event(9.0, "PASS", 0.55),
    Event(5.0, "PASS", 0.2),
]  # fmt: skip
TRUTH = [Event(3.3, "PASS"), Event(20.0, "OUT", team="left")]


def write(tmp_path, events=EVENTS, **changed):
    arguments = {
        "video": tmp_path / "none.mp4", "classes": CLASSES, "shown_from": {}, "seconds": 60.0,
        "title": "a match",
    } | changed  # fmt: skip
    path = write_timeline(tmp_path / "out" / "timeline.html", events=events, **arguments)
    return path.read_text(encoding="utf-8")


def test_the_page_is_whole_and_allows_only_its_own_script(tmp_path):
    page = write(tmp_path, truth=TRUTH)
    read = PageReader(page)
    assert read.open == []
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = [each["content"] for each in read.all("meta") if "http-equiv" in each]
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; img-src data:; media-src 'self' file: blob:")
    assert not re.search(r"https?:", page)


def test_events_from_their_threshold_on_are_listed_and_marked(tmp_path):
    read = PageReader(write(tmp_path, shown_from={"OUT": 0.7, "PASS": 0.55}))
    rows = [tag for tag in read.all("tr") if "data-seconds" in tag]
    assert [(row["id"], row["data-seconds"], row["data-team"]) for row in rows] == [
        ("event-0", "3.0", "left"), ("event-1", "9.0", "unknown"),
    ]  # fmt: skip
    marks = read.all("button", class_="mark")
    assert [mark["id"] for mark in marks] == ["mark-0", "mark-1"]
    assert marks[0]["title"] == "00:03 PASS, 90 %, left team"
    assert marks[0]["style"].startswith("left:5.0%")
    assert "2 fainter events" in read.text


def test_a_class_without_a_threshold_is_shown_from_one_half(tmp_path):
    read = PageReader(write(tmp_path))
    assert [row["data-seconds"] for row in read.all("tr") if "data-seconds" in row] == [
        "3.0", "7.0", "9.0",
    ]  # fmt: skip


def test_verdicts_are_said_in_words_signs_and_shapes(tmp_path):
    read = PageReader(write(tmp_path, truth=TRUTH))
    rows = [row["data-verdict"] for row in read.all("tr") if "data-seconds" in row]
    assert rows == ["hit", "false alarm", "false alarm", "missed"]
    text = " ".join(read.text.split())
    for words in ("✓ hit -0.30 s", "✗ false alarm", "○ missed", "✗ false alarm (2)", "±0.5 s"):
        assert words in text
    assert len(read.all("span", class_="true")) == 1
    assert any("missed" in str(mark["title"]) for mark in read.all("button", class_="mark"))


def test_without_truth_nothing_speaks_of_it(tmp_path):
    page = PageReader(write(tmp_path))
    for word in ("gainst the truth", "false alarm", "missed"):
        assert word not in page.text
    assert not page.all("select", name="verdict")


def test_minutes_past_99_are_written_in_full(tmp_path):
    read = PageReader(write(tmp_path, [Event(6102.4, "PASS", 0.9)], seconds=6200.0))
    assert "101:42" in read.text


def test_each_minute_of_each_class_is_counted(tmp_path):
    events = [Event(time, "PASS", 0.9) for time in (61.0, 62.0, 130.0)]
    read = PageReader(write(tmp_path, events, seconds=180.0))
    strips = [str(each["title"]) for each in read.all("span", class_="minute") if "title" in each]
    assert strips == ["2 PASS in the minute from 01:00", "1 PASS in the minute from 02:00"]


def test_names_of_strangers_are_text(tmp_path):
    events = [Event(1.0, HOSTILE, 0.9)]
    page = write(
        tmp_path, events, classes=(HOSTILE,), title=HOSTILE, note=HOSTILE,
        video=tmp_path / HOSTILE.replace("/", "_"), truth=events,
    )  # fmt: skip
    read = PageReader(page)
    assert read.open == []
    assert not read.all("img")
    assert "onerror" not in {name for _, attributes in read.tags for name in attributes}
    assert read.text.count("<script>alert(1)</script>") >= 5
    assert len(read.all("script")) == 1
    assert "7000021" not in read.text


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("a b#1?.mp4", "../a%20b%231%3F.mp4"),
        ("100%.mp4", "../100%25.mp4"),
        ("javascript:x.mp4", "../javascript%3Ax.mp4"),
        ("Città \udce9.mp4", "../Citt%C3%A0%20%E9.mp4"),
    ],
)
def test_the_video_is_found_beside_the_page(tmp_path, name, address):
    read = PageReader(write(tmp_path, video=tmp_path / name))
    assert read.all("video")[0]["src"] == address


def test_a_name_with_a_colon_in_the_same_folder_is_no_protocol(tmp_path):
    assert relative_address(tmp_path / "a:b.mp4", tmp_path) == "a%3Ab.mp4"


def test_the_page_may_be_written_to_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert relative_address(Path("sub/a.mp4"), Path("out")) == "../sub/a.mp4"


@pytest.mark.parametrize("source", ["rtsp://camera/1", "-"])
def test_a_live_source_has_no_address_and_that_is_said(tmp_path, source):
    read = PageReader(write(tmp_path, video=source))
    assert "src" not in read.all("video")[0]
    (trouble,) = read.all("p", id="trouble")
    assert "hidden" not in trouble
    assert "This browser cannot play" in read.text


def test_the_list_shows_pictures_of_the_video(tmp_path):
    video = write_video(tmp_path / "a.mp4", 30)
    read = PageReader(write(tmp_path, [Event(0.4, "PASS", 0.9)], video=video, seconds=1.2))
    (picture,) = read.all("img")
    assert picture["src"].startswith("data:image/jpeg;base64,")
    assert picture["alt"] == "Picture at 00:00"


def test_a_video_that_cannot_be_read_costs_only_the_pictures(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"not a video")
    read = PageReader(write(tmp_path, video=tmp_path / "a.mp4"))
    assert "No pictures: " in read.text
    assert len(read.all("button", class_="mark")) == 3


def test_a_whole_match_keeps_the_page_small(tmp_path, monkeypatch):
    asked = []

    def pictures(_, seconds):
        asked.extend(seconds)
        return ["data:image/jpeg;base64,"] * len(seconds)

    monkeypatch.setattr(page_module, "thumbnails", pictures)
    events = [Event(3.0 * place, CLASSES[place % 2], 0.9) for place in range(2000)]
    page = write(tmp_path, events, seconds=6000.0)
    assert len(asked) == 150
    assert len(PageReader(page).all("img")) == 150
    assert len(page) < 1_500_000


def test_no_events_still_make_a_page(tmp_path):
    read = PageReader(write(tmp_path, [], seconds=0.0, truth=[]))
    assert read.open == []
    assert "0 events" in read.text

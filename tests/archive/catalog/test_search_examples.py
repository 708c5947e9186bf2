"""Queries whose answers can be told by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog_rows import add_photo, add_prediction, add_review, new_catalog
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.search.columns import FOUND
from touchline.archive.catalog.search.found import FoundPhoto, count_photos, find_photos
from touchline.archive.catalog.search.language import MOST_CONDITIONS, quoted
from touchline.errors import UsageError


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = new_catalog(tmp_path)
    yield made
    made.close()


def test_a_photo_is_one_row_with_all_that_stands(catalog: Catalog) -> None:
    number = add_photo(catalog, "/a/1.jpg", player="7", group="g", burst="b", taken=5.0,
                       sha256="s", size=9, width=2, height=1)  # fmt: skip
    add_prediction(catalog, number, "Kick-l", 0.4, run="r", decision="review", reason="unsure")
    before = find_photos(catalog, "")
    assert (before[0].label, before[0].reviewed_label, before[0].reviewed_at) == (
        "Kick-l",
        "",
        None,
    )
    add_review(catalog, number, "Kick-r", "ann", at=8.0)
    assert find_photos(catalog, "") == [
        FoundPhoto(
            id=number, path="/a/1.jpg", label="Kick-r", confidence=0.4, decision="review",
            reason="unsure", run="r", player="7", group="g", burst="b", taken=5.0, width=2,
            height=1, size=9, state="present", predicted_label="Kick-l", reviewed_label="Kick-r",
            reviewer="ann", reviewed_at=8.0, sha256="s",
        )
    ]  # fmt: skip
    assert tuple(FOUND) == tuple(FoundPhoto.__dataclass_fields__)


def test_the_label_shown_to_the_person_decides_who_disagrees(catalog: Catalog) -> None:
    number = add_photo(catalog, "/a.jpg")
    add_prediction(catalog, number, "Kick-l", 0.4, run="old")
    add_review(catalog, number, "Kick-r")
    add_prediction(catalog, number, "Kick-r", 0.9, run="learnt from the review")
    assert count_photos(catalog, "disagrees:yes predicted:Kick-r class:Kick-r") == 1


def test_only_present_photos_unless_states_are_asked_for(catalog: Catalog) -> None:
    for state in ("present", "gone", "unreadable"):
        add_photo(catalog, f"/{state}.jpg", state=state, reason="broken"[: 6 * (state[0] == "u")])
    counts = {
        q: count_photos(catalog, q)
        for q in ("", "state:gone", "-state:gone", "state:present,gone,unreadable")
    }
    assert list(counts.values()) == [1, 1, 2, 3]
    assert [p.path for p in find_photos(catalog, "state:unreadable reason:rok")] == [
        "/unreadable.jpg"
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("folder:may", ["/x/may/1.jpg", "/x/may/day 1/2.jpg"]),
        ("folder:may/*", ["/x/may/day 1/2.jpg"]),
        ('folder:"may/day 1"', ["/x/may/day 1/2.jpg"]),
        ("folder:/x/may/", ["/x/may/1.jpg", "/x/may/day 1/2.jpg"]),
        ("folder:/may", []),
        ("folder:/", ["/maybe.jpg", "/x/may/1.jpg", "/x/may/day 1/2.jpg"]),
        ("folder:ma", []),
        ("may", ["/maybe.jpg"]),
        ("file:?.jpg", []),
        ("file:_.jpg", []),
        ("file:2*", ["/x/may/day 1/2.jpg"]),
    ],
)
def test_folders_and_files(catalog: Catalog, query: str, names: list[str]) -> None:
    for path in ("/x/may/1.jpg", "/x/may/day 1/2.jpg", "/maybe.jpg"):
        add_photo(catalog, path)
    assert [photo.path for photo in find_photos(catalog, query)] == names


@pytest.mark.parametrize(
    "value", ["'; DROP TABLE photos; --", "x' OR '1'='1", ":path", "%(x)s", "%"]
)
def test_a_value_is_never_part_of_the_statement(catalog: Catalog, value: str) -> None:
    add_photo(catalog, "/a.jpg", player=value)
    add_photo(catalog, "/b.jpg", player="other")
    assert [p.path for p in find_photos(catalog, f"player:{quoted(value)}")] == ["/a.jpg"]
    assert count_photos(catalog, "") == 2


def test_the_longest_query_is_no_trouble(catalog: Catalog) -> None:
    add_photo(catalog, "/a.jpg", player="x")
    assert count_photos(catalog, "player:" + "7," * 990 + "x") == 1
    assert count_photos(catalog, "-x " * MOST_CONDITIONS) == 1
    assert count_photos(catalog, "-id:9 " * 330) == 1
    with pytest.raises(UsageError, match=r"at most 500 conditions; found more\. Ask for less at"):
        count_photos(catalog, "x " * (MOST_CONDITIONS + 1))


def test_a_page_after_a_photo_that_is_not_there(catalog: Catalog) -> None:
    with pytest.raises(UsageError, match="the id of a photo to go on after; found 77, which no"):
        find_photos(catalog, "", after=77)


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("<0.5", "1"), ("<=0.5", "12"), (">0.5", "3"), (">=0.5", "23"), (":0.5", "2"),
        (":0.25..0.5", "12"), (":..0.5", "12"), (":0.5..", "23"), (":0.25,0.75", "13"),
    ],
)  # fmt: skip
def test_the_ends_of_an_interval(catalog: Catalog, condition: str, found: str) -> None:
    for number, confidence in enumerate([0.25, 0.5, 0.75], start=1):
        photo = add_photo(catalog, f"/{number}", taken=86400.0 * number)
        add_prediction(catalog, photo, "Kick", confidence)
    add_photo(catalog, "/4")  # without a number it lies in no interval, and outside of all
    query = f"confidence{condition}"
    assert "".join(p.path[1:] for p in find_photos(catalog, query)) == found
    others = "".join(sorted(set("1234") - set(found)))
    assert "".join(p.path[1:] for p in find_photos(catalog, f"-{query}")) == others


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (":1970-01-03", "2"), ("<1970-01-03", "1"), ("<=1970-01-03", "12"), (">1970-01-03", "3"),
        (">=1970-01-03", "23"), (":1970-01-02..1970-01-03", "12"), (":1970-01", "123"),
    ],
)  # fmt: skip
def test_a_day_ends_before_the_next(catalog: Catalog, condition: str, found: str) -> None:
    for number in (1, 2, 3):
        add_photo(catalog, f"/{number}", taken=86400.0 * number)
    assert "".join(p.path[1:] for p in find_photos(catalog, f"taken{condition}")) == found

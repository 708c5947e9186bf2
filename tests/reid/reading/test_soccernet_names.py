"""SoccerNet's file names: eight fields or three, H before W, the literal `None`."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.reid.crops import NOBODY
from touchline.reid.reading.soccernet_names import Box, box_of, crop_of_box, is_box_name, name_of

DOCUMENTED = "54404-1940-33397-5089-Player_team_right-9-014r002_00858c3b0003-775x449.png"
WORDS = st.from_regex(r"[A-Za-z0-9_]{1,20}", fullmatch=True)
COUNTS = st.integers(0, 10**7)
SIZES = st.integers(1, 4000)


def test_the_documented_name() -> None:
    assert box_of(DOCUMENTED) == Box(
        number=54404, action=1940, height=775, width=449, person=33397, frame=5089,
        role="Player_team_right", shirt="9", origin="014r002_00858c3b0003",
    )  # fmt: skip


@given(
    st.tuples(COUNTS, COUNTS, SIZES, SIZES, COUNTS, COUNTS, WORDS, WORDS, WORDS).map(Box._make)
    | st.tuples(COUNTS, COUNTS, SIZES, SIZES).map(lambda fields: Box(*fields))
)
def test_there_and_back(box: Box) -> None:
    assert box_of(name_of(box)) == box


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("54404-1940-33397-775x449.png", "its name has 4 fields between '-', not 8"),
        (DOCUMENTED.replace("-9-", "-9-9-"), "its name has 9 fields"),
        (DOCUMENTED.replace("33397", "x"), "person_uid 'x' is not a whole number from 0"),
        (DOCUMENTED.replace("54404", ""), "bbox_idx '' is not a whole number"),
        (DOCUMENTED.replace("1940", "٣"), "action_idx '٣' is not a whole number"),
        (DOCUMENTED.replace("5089", "9" * 5000), "frame_idx '9+' is not a whole number"),
        ("340-17-115.png", "size '115' is not HEIGHTxWIDTH"),
        ("340-17-115x51x3.png", "size '115x51x3' is not HEIGHTxWIDTH"),
        ("340-17-0x51.png", "size '0x51' is not HEIGHTxWIDTH"),
        ("noname", "its name has 1 fields"),
    ],
)
def test_what_is_no_such_name(name: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        box_of(name)
    assert not is_box_name(name)


def test_a_nameless_box_is_no_named_one() -> None:
    assert is_box_name(DOCUMENTED)
    assert not is_box_name("340-17-115x51.png")


def test_the_crop_of_a_box() -> None:
    crop = crop_of_box(box_of(DOCUMENTED), Path("train"), f"epl/2016/a - b/1940/{DOCUMENTED}", 3)
    assert crop.path == Path("train/epl/2016/a - b/1940") / DOCUMENTED
    assert (crop.number, crop.identity, crop.action, crop.camera) == (3, "33397", "1940", "5089")
    assert (crop.role, crop.match) == ("Player_team_right", "epl/2016/a - b")


def test_the_crop_of_a_nameless_box() -> None:
    crop = crop_of_box(Box(0, 17, 115, 51), Path("query"), "0-17-115x51.png", 0)
    assert crop.path == Path("query/0-17-115x51.png")
    assert (crop.identity, crop.action, crop.camera, crop.match) == (NOBODY, "17", "", "")

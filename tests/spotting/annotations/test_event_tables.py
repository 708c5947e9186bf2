"""Tables of events: columns in any order, and each kind of broken row with its message."""

from pathlib import Path

import pytest

from touchline.errors import UsageError
from touchline.faults import Fault
from touchline.spotting.annotations.classes import KnownClasses
from touchline.spotting.annotations.event_tables import read_event_table
from touchline.spotting.events import Event
from touchline.spotting.matches import Match


def read(folder: Path, text: str, classes: tuple[str, ...] = ()) -> tuple[list[Match], list[Fault]]:
    path = folder / "events.csv"
    path.write_text(text)
    return read_event_table(path, KnownClasses(classes))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_in_any_order_and_case(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "a.mp4").touch()
    lines = [
        ["Label", "Video", "Team", "Seconds", "Split", "note"],
        ["OUT", "a.mp4", "right", "2.5", "val", "why not"],
        ["PASS", "a.mp4", "", "1", "val", ""],
        [],
        ["", "b", "", "", "train", ""],
    ]
    matches, faults = read(tmp_path, "\n".join(delimiter.join(line) for line in lines))
    assert matches == [
        Match(
            "a", (tmp_path / "a.mp4",), (Event(1.0, "PASS"), Event(2.5, "OUT", team="right")),
            "valid",
        ),
        Match("b", (), (), "train"),
    ]  # fmt: skip
    assert faults == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("a,,PASS", "has no seconds; left out"),
        ("a,soon,PASS", "seconds 'soon' is not a finite number; left out"),
        ("a,-1,PASS", "seconds -1 lies before the start of the video; left out"),
        ("a,2,", "has no label; left out"),
        ("a,2,ZOOM", "label 'ZOOM' is not in class.txt; left out"),
        (",2,PASS", "names no video; left out"),
        ("a,2,PASS,up", "team 'up' is neither left nor right; left out"),
        ("a,2,PASS,,later", "split 'later' is none of train, valid, val, validation, test"),
        ("a,2,PASS,,,3", "half 3 is neither 1 nor 2; left out"),
        ("a,2,PASS,,,,x", "has more cells than the first line; left out"),
        ("a,1,PASS", "repeats line 2; counted once"),
    ],
)
def test_a_broken_row_is_named(tmp_path: Path, row: str, reason: str) -> None:
    text = f"video,seconds,label,team,split,half\na,1,PASS\n{row}\na,9,OUT\n"
    (match,), (fault,) = read(tmp_path, text, ("PASS", "OUT"))
    assert [event.seconds for event in match.events] == [1.0, 9.0]
    assert fault.place == "line 3"
    assert fault.reason.startswith(reason)


def test_a_match_in_two_splits_is_of_the_stricter(tmp_path: Path) -> None:
    (match,), (fault,) = read(
        tmp_path, "video,seconds,label,split\na,1,PASS,test\na,2,PASS,train\n"
    )
    assert match.split == "test"
    assert fault.reason == "a is in the splits 'test' and 'train'; it counts for 'test'"


def test_a_second_half_without_its_video_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    (match,), (fault,) = read(tmp_path, "video,seconds,label,half\na,1,PASS,1\na,2,PASS,2\n")
    assert match.events == (Event(1.0, "PASS"),)
    assert fault.reason == "a has events of a second half but one video; those are left out"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found '' as the first line of"),
        ("video,label\na,PASS\n", "found 'video,label' as the first line"),
        ('video,seconds,label\na,1,"PASS\n', "breaks off in line"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(tmp_path, text)

"""Annotations of one game: what counts, and each kind of broken annotation with its message."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from match_world import annotation, write_labels
from touchline.spotting.annotations.classes import KnownClasses
from touchline.spotting.annotations.labels_file import LabelsFile, read_labels
from touchline.spotting.events import Event

GOOD = annotation(1.08, "PASS")


def read(folder: Path, *items: Any, classes: tuple[str, ...] = ()) -> LabelsFile:
    return read_labels(write_labels(folder / "Labels-ball.json", items), KnownClasses(classes))


def test_positions_are_milliseconds_and_events_are_put_in_order(tmp_path: Path) -> None:
    items = [
        annotation(6102.92, "OUT", position=6102920),
        annotation(2.5, "PASS", half=2),
        annotation(1.08, "PASS", team="right", visibility="not shown"),
    ]
    found = read(tmp_path, *items)
    assert found.events == (
        Event(1.08, "PASS", team="right", visible=False), Event(6102.92, "OUT"),
        Event(2.5, "PASS", half=2),
    )  # fmt: skip
    assert found.faults == ()
    assert found.readable


LEFT_OUT: list[tuple[Any, str]] = [
    (annotation(1, "PASS", position="-40"), "position -40 lies before the start of the video"),
    (annotation(1, "PASS", position="90000000"), "position is 25 hours into the video"),
    (annotation(1, "PASS", label=None), "has no label"),
    (annotation(1, "PASS", label=7), "label 7 is no text"),
    (annotation(1, "PAS"), r"label 'PAS' is not in class\.txt"),
    (annotation(1, "PASS", gameTime="3 - 00:01"), "half 3 is neither 1 nor 2"),
    (annotation(1, "PASS", gameTime=None, position=None), "has no position"),
    (annotation(1, "PASS", gameTime="1 - 999:01", position=""), "gameTime is 17 hours into"),
    ("PASS", "is str, not an object with fields"),
    (None, "is NoneType, not an object with fields"),
]


@pytest.mark.parametrize(("item", "reason"), LEFT_OUT)
def test_a_broken_annotation_is_named_and_left_out_and_the_rest_goes_on(
    tmp_path: Path, item: Any, reason: str
) -> None:
    found = read(tmp_path, GOOD, item, annotation(9, "OUT"), classes=("PASS", "OUT"))
    assert [event.seconds for event in found.events] == [1.08, 9.0]
    (fault,) = found.faults
    assert (fault.path.name, fault.place) == ("Labels-ball.json", "annotation 2")
    with pytest.raises(ValueError, match=f"^{reason}.*; left out$"):
        raise ValueError(fault.reason)


PUT_RIGHT: list[tuple[dict[str, Any], Event, str]] = [
    (
        annotation(61.9, "PASS", position="soon"), Event(61.0, "PASS"),
        "position 'soon' is not a finite number; the time is that of gameTime",
    ),
    (
        annotation(61.9, "PASS", position=None), Event(61.0, "PASS"),
        "has no position; the time is that of gameTime",
    ),
    (
        annotation(61.9, "PASS", gameTime=None), Event(61.9, "PASS"),
        "has no gameTime; taken for the first half",
    ),
    (
        annotation(2, "PASS", team="up"), Event(2.0, "PASS"),
        "team 'up' is neither left nor right; kept without a team",
    ),
    (
        annotation(2, "PASS", visibility="maybe"), Event(2.0, "PASS"),
        "visibility 'maybe' is neither 'visible' nor 'not shown'; taken for visible",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("item", "event", "reason"), PUT_RIGHT)
def test_an_odd_field_is_put_right_and_said(
    tmp_path: Path, item: dict[str, Any], event: Event, reason: str
) -> None:
    found = read(tmp_path, GOOD, item)
    assert found.events == (Event(1.08, "PASS"), event)
    assert [(fault.place, fault.reason) for fault in found.faults] == [("annotation 2", reason)]


def test_a_half_is_not_guessed_where_there_are_two(tmp_path: Path) -> None:
    found = read(tmp_path, annotation(3, "PASS", half=2), annotation(4, "PASS", gameTime=None))
    assert found.events == (Event(3.0, "PASS", half=2),)
    assert found.faults[0].reason == "has no gameTime, so its half is not known; left out"


def test_a_repeated_annotation_counts_once(tmp_path: Path) -> None:
    other_team = annotation(1.08, "PASS", team="left")
    found = read(tmp_path, GOOD, other_team, annotation(1.08, "DRIVE"), GOOD)
    assert len(found.events) == 3
    assert [(fault.place, fault.reason) for fault in found.faults] == [
        ("annotation 4", "repeats annotation 1; counted once")
    ]


def test_times_that_disagree_are_told_once_a_file(tmp_path: Path) -> None:
    far = [annotation(60.0 * n, "PASS", gameTime="1 - 80:00") for n in range(1, 5)]
    found = read(tmp_path, GOOD, *far)
    assert len(found.events) == 5
    (fault,) = found.faults
    assert fault.place == "annotation 2"
    assert "differ by more than 2 s, here and in 3 others; the position counts" in fault.reason


def test_labels_are_matched_whatever_their_case(tmp_path: Path) -> None:
    found = read(tmp_path, annotation(1, "High_Pass"), classes=("PASS", "HIGH PASS"))
    assert [event.label for event in found.events] == ["HIGH PASS"]
    assert found.faults == ()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"annotations": [', "is not valid JSON: Expecting value in line 1, column 18"),
        (b"", "is not valid JSON: Expecting value in line 1, column 1"),
        (b'{"annotations": 3}', "holds no list called annotations"),
        (b"[1, 2]", "holds no list called annotations"),
        (b"[" * 100_000, "is not valid JSON"),
    ],
)
def test_a_broken_file_counts_as_not_annotated(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "Labels-ball.json"
    path.write_bytes(content)
    found = read_labels(path, KnownClasses())
    assert (found.events, found.readable) == ((), False)
    assert found.faults[0].reason.startswith(reason)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    found = read_labels(tmp_path / "Labels-ball.json", KnownClasses())
    assert found.faults[0].reason.startswith("cannot be read: No such file")


def test_no_annotations_are_annotations(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (found.events, found.faults, found.readable) == ((), (), True)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = write_labels(tmp_path / "Labels-ball.json", [GOOD])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_labels(path, KnownClasses()).events == (Event(1.08, "PASS"),)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=3,
)
FIELDS = ("gameTime", "label", "position", "team", "visibility")
ODD = st.dictionaries(st.sampled_from(FIELDS), JSON).map(lambda odd: annotation(3, "PASS") | odd)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ODD | JSON, max_size=4))
def test_whatever_stands_there_is_read_or_named(tmp_path: Path, items: list[Any]) -> None:
    found = read(tmp_path, *items, GOOD)
    assert found.readable
    assert Event(1.08, "PASS") in found.events
    assert all(event.seconds >= 0 and event.half in (1, 2) for event in found.events)
    left_out = {f.place for f in found.faults if f.reason.endswith(("left out", "counted once"))}
    assert len(found.events) + len(left_out) == len(items) + 1

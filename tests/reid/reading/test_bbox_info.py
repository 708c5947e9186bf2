"""`bbox_info.json`: both shapes, and each kind of broken entry with its message."""

import json
from pathlib import Path
from typing import Any

import pytest

from touchline.errors import UsageError
from touchline.reid.reading.bbox_info import FIELDS, read_bbox_info
from touchline.reid.reading.soccernet_names import Box

ENTRY: dict[str, Any] = {
    "bbox_idx": 0, "action_idx": 4, "person_uid": 7, "frame_idx": 9, "clazz": "Main_referee",
    "id": "None", "UAI": "004000_0a", "relative_path": "epl/2016/a - b/4", "height": 74,
    "width": 32,
}  # fmt: skip


def write(folder: Path, content: object) -> Path:
    path = folder / "bbox_info.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_fields_are_in_the_order_of_a_box(tmp_path: Path) -> None:
    assert len(FIELDS) == len(Box._fields)
    lists = read_bbox_info(write(tmp_path, {"0": ENTRY}))
    assert list(lists) == ["train"]
    (entry,) = lists["train"].entries
    assert entry.box == Box(0, 4, 74, 32, 7, 9, "Main_referee", "None", "004000_0a")
    assert entry.folder == "epl/2016/a - b/4"


def test_query_and_gallery_are_numbered_each_for_itself(tmp_path: Path) -> None:
    second = ENTRY | {"bbox_idx": 1}
    content = {"query": {"0": ENTRY}, "gallery": {"1": second, "0": ENTRY}}
    lists = read_bbox_info(write(tmp_path, content))
    assert [len(found.entries) for found in lists.values()] == [1, 2]
    assert [entry.box.number for entry in lists["gallery"].entries] == [0, 1]


@pytest.mark.parametrize("field", [*FIELDS, "relative_path"])
def test_an_entry_without_a_field(tmp_path: Path, field: str) -> None:
    content = {"0": {key: value for key, value in ENTRY.items() if key != field}}
    (fault,) = read_bbox_info(write(tmp_path, content))["train"].lost
    assert (fault.place, fault.reason) == ("train 0", f"has no {field}; left out")


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (5, "is int, not an object of fields"),
        (ENTRY | {"person_uid": "x"}, "person_uid 'x' is not a whole number from 0"),
        (ENTRY | {"person_uid": -1}, "person_uid -1 is not a whole number from 0"),
        (ENTRY | {"frame_idx": True}, "frame_idx True is not a whole number from 0"),
        (ENTRY | {"frame_idx": 1.5}, "frame_idx 1.5 is not a whole number from 0"),
        (ENTRY | {"width": 0}, "height 74 or width 0 is no size"),
        (ENTRY | {"bbox_idx": 3}, "its bbox_idx is 3"),
        (ENTRY | {"relative_path": "../../etc"}, "relative_path '../../etc' leads out of the data"),
        (ENTRY | {"relative_path": "/etc"}, "relative_path '/etc' leads out of the data"),
    ],
)
def test_a_broken_entry_is_named_and_left_out(tmp_path: Path, entry: object, reason: str) -> None:
    path = write(tmp_path, {"0": entry, "1": ENTRY | {"bbox_idx": 1}})
    found = read_bbox_info(path)["train"]
    assert [entry.box.number for entry in found.entries] == [1]
    assert [str(fault) for fault in found.lost] == [f"{path}, train 0: {reason}; left out"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "bbox_info.json, which is no valid JSON"),
        ('{"0": {}, "0": {}}', "no valid JSON \\('0' stands there twice\\)"),
        ("[" * 100_000, "no valid JSON"),
        ("[]", "found list for train in"),
        ('{"query": {}}', "found NoneType for gallery in"),
        ('{"query": {}, "gallery": []}', "found list for gallery in"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_bbox_info(write(tmp_path, content))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_bbox_info(tmp_path / "bbox_info.json")

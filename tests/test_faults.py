"""Faults are told in one way, wherever they are shown."""

import os
from pathlib import Path

import pytest

from touchline.faults import Fault, first_of


@pytest.mark.parametrize(
    ("place", "said"), [("", "a.csv: is empty"), ("row 3", "a.csv, row 3: is empty")]
)
def test_a_fault_says_where_it_stands(place: str, said: str) -> None:
    fault = Fault(Path("a.csv"), place, "is empty")
    assert str(fault) == said
    assert first_of([fault, Fault(Path("b"), "", "other")]) == f" ({said})"
    assert fault.as_row() == ["a.csv", place, "is empty"]


def test_names_that_are_no_utf_8_are_escaped_for_programs() -> None:
    fault = Fault(Path(os.fsdecode(b"b\xff.png")), "", "cannot be read")
    (path, _, _) = fault.as_row()
    assert path.encode("utf-8") == rb"b\udcff.png"

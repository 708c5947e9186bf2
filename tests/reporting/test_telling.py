"""Faults said while the work goes on."""

from pathlib import Path

import pytest

from touchline.faults import Fault
from touchline.reporting.telling import tell


def test_each_fault_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = Fault(Path("a.png"), "", "is empty"), Fault(Path("b.csv"), "line 2", "is odd")
    tell([first, second, first])
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "left out or mended: a.png: is empty", "left out or mended: b.csv, line 2: is odd",
    ]  # fmt: skip

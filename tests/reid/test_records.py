"""What a run keeps of its crops."""

import os
from pathlib import Path

import pytest

from crop_worlds import soccernet_world
from touchline.errors import UsageError
from touchline.reid.config import ReidConfig
from touchline.reid.lesson import Lesson, gather_lesson
from touchline.reid.records import require_same_split, write_split
from touchline.runs import Run


def lesson_of(data: Path) -> Lesson:
    return gather_lesson(ReidConfig(data=data))


def test_a_run_goes_on_with_its_own_crops_only(tmp_path: Path) -> None:
    data = soccernet_world(tmp_path / "data")
    run = Run(tmp_path)
    require_same_split(run, lesson_of(data))  # stopped before there was a list
    write_split(run, lesson_of(data))
    require_same_split(run, lesson_of(data))
    sorted((data / "train").rglob("*.png"))[-1].unlink()
    with pytest.raises(UsageError, match=r"the run began with, as .*csv lists them; found others"):
        require_same_split(run, lesson_of(data))


def test_names_that_are_no_utf_8_are_written_as_escapes(tmp_path: Path) -> None:
    data = soccernet_world(tmp_path / "data", splits=("train", "valid"))
    crop = sorted((data / "train").rglob("*.png"))[0]
    for path in (data / "train").glob("*.json"):
        path.unlink()
    odd = os.fsencode(crop).replace(b"Player", b"Joueur\xe9")
    crop.rename(os.fsdecode(odd))
    write_split(Run(tmp_path), lesson_of(data))
    assert "Joueur\\udce9" in (tmp_path / "split.csv").read_text(encoding="utf-8")
    require_same_split(Run(tmp_path), lesson_of(data))

import csv
import json
from pathlib import Path

import pytest

from random_spotters import random_spotter
from touchline.errors import UsageError
from touchline.spotting.events import Event
from touchline.spotting.outputs import FINISHED, PARTIAL, finished, write_outputs
from touchline.spotting.predict import Prediction
from video_world import write_video

IDENTITY = {"video": "v", "weights": "w", "precision": "fp32"}
EVENTS = (Event(0.2, "PASS", 0.9, "left"), Event(0.4, "SHOT", 0.1), Event(0.8, "SHOT", 0.5))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    video = write_video(tmp_path / "a match.mp4", 25, size=(32, 48))
    out = tmp_path / "out"
    out.mkdir()
    (out / PARTIAL).write_bytes(b"rows")
    found = Prediction(video, EVENTS, 1.0, ("it is cut off",))
    facts = write_outputs(out, found, random_spotter("none"), IDENTITY, annotate=False)
    assert facts == finished(out, IDENTITY)
    return out


def test_results_hold_every_event_and_the_table_those_to_be_shown(folder: Path) -> None:
    results = json.loads((folder / "results_spotting.json").read_text())
    assert results["UrlLocal"] == "a match"
    assert [item["position"] for item in results["predictions"]] == [200, 400, 800]
    rows = list(csv.DictReader((folder / "events.csv").read_text().splitlines()))
    assert [(row["label"], row["seconds"]) for row in rows] == [("PASS", "0.2"), ("SHOT", "0.8")]
    assert "a match.mp4" in (folder / "timeline.html").read_text()


def test_it_says_what_it_is_of_last_and_removes_the_rows(folder: Path) -> None:
    facts = json.loads((folder / FINISHED).read_text())
    assert facts == {**IDENTITY, "annotated": False, "events": 2, "problems": ["it is cut off"]}
    assert not (folder / PARTIAL).exists()


@pytest.mark.parametrize("key", IDENTITY)
def test_results_of_something_else_are_refused(key: str, folder: Path) -> None:
    with pytest.raises(UsageError, match=r"without results of another video or run; found some in"):
        finished(folder, {**IDENTITY, key: "other"})


def test_an_empty_folder_and_an_unfinished_one_are_not_finished(tmp_path: Path) -> None:
    assert finished(tmp_path / "none", IDENTITY) is None
    assert finished(tmp_path, IDENTITY) is None
    (tmp_path / PARTIAL).touch()
    (tmp_path / "results_spotting.json").touch()
    assert finished(tmp_path, IDENTITY) is None


def test_results_that_no_prediction_finished_are_refused(tmp_path: Path) -> None:
    (tmp_path / "results_spotting.json").touch()
    with pytest.raises(UsageError, match=r"Name another with --out"):
        finished(tmp_path, IDENTITY)


def test_a_damaged_record_is_refused(folder: Path) -> None:
    (folder / FINISHED).write_text("{")
    with pytest.raises(UsageError, match=r"Name another with --out"):
        finished(folder, IDENTITY)

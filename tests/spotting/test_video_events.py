"""The events of one video, out of files that may speak of several."""

from pathlib import Path

import pytest

from match_world import annotation, write_labels
from touchline.errors import UsageError
from touchline.spotting.events import Event
from touchline.spotting.video_events import read_events


def test_the_half_that_the_video_shows(tmp_path: Path) -> None:
    items = [annotation(1.0, "PASS"), annotation(2.0, "SHOT", half=2)]
    file = write_labels(tmp_path / "game" / "Labels-ball.json", items)
    for name in ("1_224p.mkv", "2_224p.mkv", "2_720p.mkv"):
        (tmp_path / "game" / name).touch()
    labels = {
        name: [e.label for e in read_events(file, tmp_path / "game" / name).events]
        for name in ("1_224p.mkv", "2_224p.mkv", "2_720p.mkv")
    }
    assert labels == {"1_224p.mkv": ["PASS"], "2_224p.mkv": ["SHOT"], "2_720p.mkv": ["SHOT"]}


def test_what_is_broken_is_told_and_the_rest_taken(tmp_path: Path) -> None:
    items = [annotation(1.0, "PASS"), {"label": ""}]
    file = write_labels(tmp_path / "final.json", items)
    found = read_events(file, tmp_path / "final.mp4")
    assert (found.kind, len(found.events), len(found.faults)) == ("annotated", 1, 1)


def test_a_table_of_several_videos_gives_the_right_one(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text("video,seconds,label,confidence\nb.mp4,1,PASS,0.5\na.mp4,2,SHOT,0.5\n")
    assert read_events(file, tmp_path / "a.mp4").events == (Event(2.0, "SHOT", 0.5),)
    with pytest.raises(UsageError, match=r"events of c\.mp4; found events of 'b', 'a'"):
        read_events(file, tmp_path / "c.mp4")


def test_nothing_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Wanted a file of events; found none"):
        read_events(tmp_path / "no.json", tmp_path / "a.mp4")
    (tmp_path / "half.json").write_text('{"predictions": ')
    with pytest.raises(UsageError, match="not valid JSON"):
        read_events(tmp_path / "half.json", tmp_path / "a.mp4")


def test_a_file_beyond_all_matches_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("touchline.spotting.video_events.LARGEST_BYTES", 10)
    file = write_labels(tmp_path / "final.json", [annotation(1.0, "PASS")])
    with pytest.raises(UsageError, match="at most 0 MiB"):
        read_events(file, tmp_path / "final.mp4")

"""A run scored on other matches."""

import json
from pathlib import Path

import pandas as pd
import pytest

from match_videos import draw_game
from match_world import annotation, write_labels
from touchline.errors import UsageError
from touchline.runs import Run, open_run
from touchline.spotting.evaluate import evaluate, fresh_footage


@pytest.fixture(scope="module")
def run(spotter_run: Path) -> Run:
    return open_run(spotter_run)


def test_matches_it_has_seen_are_left_out_and_the_scores_are_those_of_training(
    run: Run, matches: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scored = evaluate(run, matches, tmp_path / "scored", "cpu", "fp32")
    assert "the run has seen them: game a, game b, game c" in capsys.readouterr().err
    metrics = scored.read_json("metrics.json")
    assert metrics["left_out"] == ["game a", "game b", "game c"]
    assert metrics["test"] == run.read_json("metrics.json")["test"]
    assert set(pd.read_parquet(scored.file("predictions.parquet"))["match"]) == {"game d"}
    assert scored.config.read_bytes() == run.config.read_bytes()
    assert scored.read_json("manifest.json") == {"of_run": str(run.folder), "faults": []}
    assert scored.file("report.html").is_file()


def test_events_of_unknown_classes_count_as_missed(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    draw_game(data / "game x", seed=5, seconds=6)
    items = json.loads((data / "game x" / "Labels-ball.json").read_text())["annotations"]
    write_labels(data / "game x" / "Labels-ball.json", [*items, annotation(5.0, "GOAL")])
    metrics = evaluate(run, data, tmp_path / "out", "cpu", "fp32").read_json("metrics.json")["test"]
    assert metrics["classes"] == ["PASS", "SHOT", "GOAL"]
    assert metrics["official"]["at1"]["a_mAP_per_class"][2] == 0


def test_seen_matches_alone_are_refused_and_nothing_is_written(
    run: Run, matches: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"that the run has not learnt from; found none in"):
        evaluate(run, matches / "game a", tmp_path / "out", "cpu", "fp32")
    assert not (tmp_path / "out").exists()


def test_matches_in_which_nothing_happens_are_refused(run: Run, tmp_path: Path) -> None:
    folder = draw_game(tmp_path / "data" / "game x", seed=5, seconds=3)
    write_labels(folder / "Labels-ball.json", [])
    with pytest.raises(UsageError, match=r"annotated matches with video and events"):
        evaluate(run, tmp_path / "data", tmp_path / "out", "cpu", "fp32")
    assert not (tmp_path / "out").exists()


def test_a_broken_video_is_part_of_the_refusal_or_of_the_record(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (draw_game(data / "game x", seed=5, seconds=3) / "224p.mp4").write_bytes(b"")
    with pytest.raises(UsageError, match=r"224p\.mp4: left out: .*an empty file"):
        fresh_footage(run, data)
    draw_game(data / "game y", seed=6, seconds=3)
    found = fresh_footage(run, data)
    assert [piece.match for piece in found.footage] == ["game y"]
    assert "an empty file" in found.faults[0].reason


def test_a_run_without_a_split_file_has_seen_nothing(
    run: Run, matches: Path, tmp_path: Path
) -> None:
    bare = Run(tmp_path / "bare")
    bare.folder.mkdir()
    bare.config.write_bytes(run.config.read_bytes())
    assert len(fresh_footage(bare, matches).footage) == 4


def test_an_existing_folder_is_not_written_into(run: Run, matches: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(UsageError, match="a new or empty folder for the run"):
        evaluate(run, matches, tmp_path, "cpu", "fp32")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

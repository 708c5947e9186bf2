"""Files and trees of predictions against files and trees of annotations."""

from pathlib import Path

import pytest

from match_world import annotation, write_game
from touchline.errors import UsageError
from touchline.spotting.annotations.prediction_tables import write_csv, write_jsonl
from touchline.spotting.annotations.results_file import write_results
from touchline.spotting.events import Event
from touchline.spotting.scoring_files import score_files

TRUTH = [annotation(10.0, "PASS"), annotation(20.0, "DRIVE")]
EVENTS = (Event(10.2, "PASS", 0.9), Event(26.0, "DRIVE", 0.8))


@pytest.fixture
def games(tmp_path: Path) -> Path:
    for game in ("game a", "game b"):
        write_game(tmp_path / "truth" / game, TRUTH)
    return tmp_path / "truth"


def predicted(tmp_path: Path, *names: str) -> Path:
    for name in names:
        write_results(tmp_path / "found" / name / "results_spotting.json", name, EVENTS)
    return tmp_path / "found"


def test_file_against_file(games: Path, tmp_path: Path) -> None:
    found = predicted(tmp_path, "game a") / "game a" / "results_spotting.json"
    scores = score_files(games / "game a" / "Labels-ball.json", found)
    assert len(scores.matches) == 1
    assert [round(ap, 4) for ap in scores.official["at1"].per_class] == [1.0, 0.0]
    assert scores.exact.mean_ap.value == 0.5


def test_tree_against_tree(games: Path, tmp_path: Path) -> None:
    scores = score_files(games, predicted(tmp_path, "game a", "game b"))
    assert scores.matches == ("game a", "game b")
    assert scores.exact.mean_ap.value == 0.5


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_one_table_for_all_matches(kind: str, games: Path, tmp_path: Path) -> None:
    write = write_csv if kind == "csv" else write_jsonl
    write(tmp_path / f"found.{kind}", {"game a": EVENTS, "game b": EVENTS})
    scores = score_files(games, tmp_path / f"found.{kind}")
    assert scores.as_dict() == score_files(games, predicted(tmp_path, "game a", "game b")).as_dict()


def test_a_missing_match_is_refused_or_counts_as_nothing_found(games: Path, tmp_path: Path) -> None:
    found = predicted(tmp_path, "game a")
    with pytest.raises(UsageError, match=r"predictions of 'game b'"):
        score_files(games, found)
    scores = score_files(games, found, allow_missing=True)
    assert scores.exact.mean_ap.value == 0.25
    assert any("Scored without predictions" in note and "game b" in note for note in scores.notes)


def test_what_is_broken_in_the_truth_is_noted(games: Path, tmp_path: Path) -> None:
    write_game(games / "game a", [*TRUTH, annotation(5.0, "PASS", position="soon", gameTime="?")])
    scores = score_files(games, predicted(tmp_path, "game a", "game b"))
    assert any("Labels-ball.json, annotation 3" in note for note in scores.notes)


def test_the_grid_may_be_coarser(games: Path, tmp_path: Path) -> None:
    found = predicted(tmp_path, "game a", "game b")
    assert score_files(games, found, 2.0).frames_per_second == 2.0
    for rate in (0.0, -1.0, float("nan")):
        with pytest.raises(UsageError):
            score_files(games, found, rate)


def test_what_is_not_there_is_refused(games: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing at"):
        score_files(tmp_path / "gone", games)
    with pytest.raises(UsageError, match="gone"):
        score_files(games, tmp_path / "gone")

"""What a study refuses, it refuses before its first trial, and leaves nothing behind."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.training.tuning import searching
from touchline.training.tuning.searching import Search, search_settings
from touchline.training.tuning.space import Range, Space
from touchline.training.tuning.studies import Method
from touchline.training.tuning.tuning import Report
from tuning_worlds import hill_task


def never(words: Sequence[str], report: Report) -> float:
    raise AssertionError(words, report)


def test_untuned_settings_that_cannot_be_taught_are_refused_first(tmp_path: Path) -> None:
    def check(words: Sequence[str]) -> None:
        assert words == ()
        raise UsageError("a hill", "a sea", "Go elsewhere.")

    with pytest.raises(UsageError, match="Wanted a hill; found a sea"):
        search_settings(hill_task(check=check, objective=never), Search(), tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


def test_a_grid_that_cannot_be_made_leaves_no_folder(tmp_path: Path) -> None:
    search = Search(method=Method("grid"))
    with pytest.raises(UsageError, match="a range without a step for 'height'"):
        search_settings(hill_task(), search, tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", [True, False])
def test_a_refused_study_leaves_the_folder_as_it_was(
    tmp_path: Path, there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "work_through", lambda study, *_: study.leave(close=False))
    search, out = Search(storage=str(tmp_path / "journal")), tmp_path / "other"
    search_settings(hill_task(), search, tmp_path / "study")
    if there:
        out.mkdir()
    with pytest.raises(UsageError, match=r"that the hills or their split have changed\. Put"):
        search_settings(hill_task(terms={"data": "xyz"}), search, out)
    assert out.exists() is there


def test_a_database_that_does_not_answer_leaves_no_folder(tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    search = Search(storage=f"postgresql://coach@/studies?host={tmp_path}")
    with pytest.raises(EnvironmentMissingError, match="a PostgreSQL database at"):
        search_settings(hill_task(), search, tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_something_else_is_no_run_to_go_on_with(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(
        UsageError, match="a new or empty folder for a study, or that of one; found"
    ) as caught:
        search_settings(hill_task(), Search(), tmp_path)
    assert "--resume" not in str(caught.value)


def test_a_space_of_one_setting_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "work_through", lambda study, *_: study.leave(close=False))
    space = Space({"height": Range(low=0.0, high=1.0)}, Path("space.yaml"))
    search_settings(hill_task(space=space), Search(), tmp_path / "study")
    assert capsys.readouterr().err == "Tuning height on a hill\n"
    assert (tmp_path / "study" / "space.yaml").read_text() == "height: {low: 0.0, high: 1.0}\n"

"""The run folder."""

from pathlib import Path

import pytest

from touchline.errors import UsageError
from touchline.runs import Run, create_run, manifest, open_run


def test_a_run_is_never_overwritten(tmp_path: Path) -> None:
    run = create_run("photos", tmp_path / "r")
    run.config.write_text("seed: 1\n")
    assert open_run(tmp_path / "r") == run
    with pytest.raises(UsageError, match="Wanted a new or empty folder for the run; found files"):
        create_run("photos", tmp_path / "r")


def test_the_default_name_is_the_time_below_the_task(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = create_run("photos", None)
    assert run.folder.parent == Path("runs/photos")
    assert run.folder.is_dir()


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(UsageError, match="Wanted a folder for the run; found"):
        create_run("photos", tmp_path / "f")


def test_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Wanted the folder of a run; found no config.yaml in"):
        open_run(tmp_path)


def test_a_study_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "space.yaml").write_text("")
    with pytest.raises(UsageError, match=r"found a tuning study in .*Name one of its runs"):
        open_run(tmp_path)


def test_json_goes_there_and_back_and_a_broken_one_is_named(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.write_json("a.json", {"ä": [1, None]})
    assert run.read_json("a.json") == {"ä": [1, None]}
    run.file("a.json").write_text("{")
    with pytest.raises(UsageError, match="Wanted a finished run; found JSONDecodeError at"):
        run.read_json("a.json")
    with pytest.raises(UsageError, match="found FileNotFoundError at"):
        run.read_json("b.json")
    run.file("a.json").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="found UnicodeDecodeError at"):
        run.read_json("a.json")
    run.file("a.json").write_text("[" * 100_000)
    with pytest.raises(UsageError, match="found RecursionError at"):
        run.read_json("a.json")


def test_not_a_number_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        Run(tmp_path).write_json("a.json", float("nan"))
    assert not list(tmp_path.iterdir())


def test_the_manifest_says_what_made_the_run() -> None:
    facts = manifest(7, data="abc")
    assert facts["seed"] == 7
    assert facts["data"] == "abc"
    assert facts["libraries"]["torch"]

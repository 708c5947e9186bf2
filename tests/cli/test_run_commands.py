"""`touchline runs` at the command line."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from touchline.cli import main

SCORE = {"value": 0.75, "n": 40, "low": 0.5, "high": 0.875}
CHANCE = {"value": 0.25, "n": 40, "low": 0.125, "high": 0.5}


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished run of photos, another with other settings, and an unfinished one."""
    monkeypatch.chdir(tmp_path)
    for name, seed, score in (("a", 1, SCORE), ("b", 2, CHANCE), ("c", 3, None)):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        (folder / "config.yaml").write_text(
            f"recipe: probe\nseed: {seed}\nhead: {{dropout: 0.5}}\n"
        )
        if score is not None:
            metrics = {
                "accuracy": score,
                "log_loss": score,
                "set_size": score,
                "per_class": {"golf": {"f1": score}},
                "classes": ["golf"],
            }
            (folder / "metrics.json").write_text(json.dumps(metrics))
            manifest = {"commit": "0123456789abcdef", "touchline": "0.1.0", "seconds": 3.5}
            (folder / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path / "runs"


def said(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main(["runs", *map(str, words)]) == 0
    return capsys.readouterr().out


def test_ls_says_task_score_seconds_commit_and_state(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *lines = said(capsys, "ls").splitlines()
    assert first.split() == [
        "task", "run", "begun", "score", "value", "seconds", "commit", "state",
    ]  # fmt: skip
    assert [line.split()[:2] for line in lines] == [["photos", f"runs/{name}"] for name in "abc"]
    assert "accuracy  75.0 % [50.0, 87.5] (n = 40)" in lines[0]
    assert lines[0].split()[-3:] == ["3.5", "0123456789", "finished"]
    assert lines[2].endswith("unfinished after 0 epochs")
    listed: dict[str, Any] = json.loads(said(capsys, "ls", runs, "--json"))
    assert [each["finished"] for each in listed["runs"]] == [True, True, False]
    assert listed["runs"][0]["score"] == {"name": "accuracy", **SCORE}


def test_ls_of_a_folder_without_runs_says_so_on_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs", "ls", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", f"no run in {tmp_path}\n")
    assert main(["runs", "ls", str(tmp_path / "nowhere")]) == 2
    assert "Wanted a folder of runs; found none at" in capsys.readouterr().err


def test_show_says_the_scores_and_the_settings(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, "show", runs / "a")
    assert "accuracy   75.0 % [50.0, 87.5] (n = 40)" in text
    assert text.endswith("recipe: probe\nseed: 1\nhead:\n  dropout: 0.5\n")
    assert "log_loss   0.750 [0.500, 0.875] (n = 40)" in text
    assert "set_size   0.750 [0.500, 0.875] (n = 40)" in text
    assert "golf" not in text
    shown = json.loads(said(capsys, "show", runs / "a", "--json"))
    assert shown["settings"]["head"] == {"dropout": 0.5}
    assert shown["metrics"]["classes"] == ["golf"]


def test_diff_says_what_differs_and_the_scores_side_by_side(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    differing, scores = said(capsys, "diff", runs / "a", runs / "b").split("\n\n")
    assert [line.split() for line in differing.splitlines()[1:]] == [["seed", "1", "2"]]
    line, *_ = scores.splitlines()[1:]
    assert re.split("  +", line) == [
        "accuracy", "75.0 % [50.0, 87.5] (n = 40)", "25.0 % [12.5, 50.0] (n = 40)",
    ]  # fmt: skip
    found = json.loads(said(capsys, "diff", runs / "a", runs / "c", "--json"))
    assert found["differing"] == {
        "seed": ["1", "3"], "made by.touchline": ["0.1.0", "-"],
        "made by.commit": ["0123456789abcdef", "-"],
    }  # fmt: skip
    assert found["scores"] == [{"name": "accuracy", **SCORE}, None]
    assert said(capsys, "diff", runs / "a", runs / "a").startswith("The settings are the same.\n")


def test_diff_writes_lists_of_groups_as_a_command_takes_them(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, size in (("a", 224), ("b", 320)):
        with (runs / name / "config.yaml").open("a") as stream:
            stream.write(f"views:\n- framing: crop\n  size: {size}\n  mirrored: true\n")
    found = json.loads(said(capsys, "diff", runs / "a", runs / "b", "--json"))
    assert found["differing"]["views"] == [
        f"[{{framing: crop, size: {size}, mirrored: true}}]" for size in (224, 320)
    ]


class Terminal:
    """A person at a terminal."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self, *_: object) -> str:
        return f"{self.answer}\n"


@pytest.mark.parametrize(("answer", "left"), [("n", "abc"), ("", "abc"), ("y", "bc")])
def test_rm_asks(
    runs: Path, answer: str, left: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    out = said(capsys, "rm", runs / "a")
    assert sorted(each.name for each in runs.iterdir()) == list(left)
    assert out == (f"{runs / 'a'}\n" if left == "bc" else "")


def test_rm_removes_what_it_is_told_without_asking(
    runs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "rm", runs / "a", runs / "c", "--dry-run") == ""
    assert len(list(runs.iterdir())) == 3
    assert said(capsys, "rm", runs / "a", runs / "c", "--yes") == f"{runs / 'a'}\n{runs / 'c'}\n"
    assert [each.name for each in runs.iterdir()] == ["b"]


def test_rm_does_not_guess_where_nobody_can_answer(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", (runs / "a" / "config.yaml").open())
    with sys.stdin:
        assert main(["runs", "rm", str(runs / "a")]) == 2
    assert "Wanted --yes; found no terminal to ask at." in capsys.readouterr().err
    assert (runs / "a").is_dir()

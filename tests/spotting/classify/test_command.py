"""`touchline spotting classify`: only the words; what they do is tested beside."""

import json
from pathlib import Path

import pytest

from clip_worlds import WINDOWS
from touchline.cli import main
from touchline.runs import Run

TINY = (*WINDOWS, "clips.per_epoch=8", "training.epochs=1")


def test_print_config_and_dry_run_write_nothing(
    matches: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    command = ["spotting", "classify", str(matches), "clips.steps=8", "--seed", "3"]
    assert main([*command, "--print-config"]) == 0
    printed = capsys.readouterr().out
    assert "seed: 3  # command line" in printed
    assert "  steps: 8  # command line" in printed
    assert main([*command, "--dry-run"]) == 0
    assert "train: 2 videos" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_a_run_is_made_and_gone_on_with(
    matches: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    where = ("--device", "cpu", "--precision", "fp32", "--out", str(out))
    assert main(["spotting", "classify", str(matches), *TINY, *where]) == 0
    assert "Test clips" in capsys.readouterr().out
    before = Run(out).read_json("metrics.json")
    assert main(["spotting", "classify", "--resume", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"run": str(out), **before}


def test_nothing_stands_beside_resume(window_run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["spotting", "classify", "--resume", str(window_run.folder), "--seed", "1"]
    assert main(words) == 2
    assert "--resume alone" in capsys.readouterr().err


def test_what_the_words_lack_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["spotting", "classify"]) == 2
    assert "a value for 'data'" in capsys.readouterr().err
    assert main(["spotting", "classify", "a", "clips.stepz=3"]) == 2
    assert "The nearest known key is 'clips.steps'" in capsys.readouterr().err

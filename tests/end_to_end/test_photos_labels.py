"""`touchline photos predict`: photos in, labels out, whatever lies among them."""

import io
import json
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

from touchline.archive.label_files import read_labels
from touchline.cli import main
from touchline.demo import write_spoilt
from touchline.media.folder_contents import COMPANIONS
from touchline.photos import predict as predicting

CPU = ["--device", "cpu", "--precision", "fp32"]


@pytest.fixture
def inbox(world: Path, tmp_path: Path) -> Path:
    """Nine readable photos in two folders, without classes."""
    folder = tmp_path / "inbox"
    for number, photo in enumerate(sorted(world.glob("*/0[3-5].jpg"))):
        target = folder / ("a" if number % 2 else "b") / f"{number}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(photo, target)
    return folder


def label(run: Path, *words: str) -> int:
    return main(["photos", "predict", str(run), *words, *CPU])


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".jsonl"])
def test_every_form_holds_the_same_labels(
    ending: str, taught: Path, inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"labels{ending}"
    assert label(taught, str(inbox), "--out", str(out)) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("9 photos: ")
    assert f"0 unreadable; written to {out}" in printed
    assert label(taught, str(inbox)) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    photos = list(read_labels(out))
    assert [photo.path for photo in photos] == [row["path"] for row in rows]
    assert [photo.label for photo in photos] == [row["label"] for row in rows]
    assert [photo.confidence for photo in photos] == [row["confidence"] for row in rows]
    assert {photo.run for photo in photos} == {str(taught)}
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("way", ["folder", "glob", "list", "files"])
def test_every_way_of_naming_photos_keeps_the_order(
    way: str, taught: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    files = [str(path) for path in sorted(inbox.rglob("*.jpg"))]
    words = {
        "folder": [str(inbox)], "glob": [f"{inbox}/*/*.jpg"], "list": ["-"], "files": files[::-1],
    }[way]  # fmt: skip
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join([*files[:4], "", *files[4:]])))
    assert label(taught, *words) == 0
    found = [json.loads(line)["path"] for line in capsys.readouterr().out.splitlines()]
    assert found == (files[::-1] if way == "files" else files)


def test_spoilt_files_are_each_named_and_the_rest_is_labelled(
    taught: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = write_spoilt(tmp_path / "inbox")
    out = tmp_path / "labels.csv"
    assert label(taught, str(tmp_path / "inbox"), "--out", str(out), "--json") == 5
    captured = capsys.readouterr()
    passed_over = {
        name for name in kinds if name.startswith(".") or Path(name).suffix.lower() in COMPANIONS
    }
    assert passed_over == {"shortcut.lnk", "Thumbs.db", ".DS_Store"}
    bad = {name for name, (state, _) in kinds.items() if state == "unreadable"} - passed_over
    good = {name for name, (state, _) in kinds.items() if state == "readable"}
    decisions = {Path(photo.path).name: photo.decision for photo in read_labels(out)}
    assert {name for name, decision in decisions.items() if decision == "unreadable"} == bad
    assert {name for name, decision in decisions.items() if decision != "unreadable"} == good
    for name in bad:
        assert f"unreadable: {tmp_path / 'inbox' / name}: " in captured.err
    tally = json.loads(captured.out)
    assert {Path(problem["path"]).name for problem in tally["problems"]} == bad
    assert tally["accept"] + tally["review"] == len(good)


def test_a_missing_file_is_named_on_stdout_too(
    taught: Path, inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert label(taught, str(inbox / "none.jpg"), str(inbox / "b")) == 5
    first, *rest = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["decision"], first["reason"]) == ("unreadable", "No such file or directory")
    assert len(rest) == 5


def test_names_that_no_file_can_have_are_named_and_the_rest_goes_on(
    taught: Path, inbox: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["a\0b.jpg\n", "x" * 300 + ".jpg\n", f"{inbox / 'b' / '0.jpg'}\n"]
    monkeypatch.setattr(sys, "stdin", lines)
    assert label(taught, "-") == 5
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["reason"] for row in rows][:2] == [
        "its name is not valid text", "File name too long",
    ]  # fmt: skip
    assert rows[2]["label"]


@pytest.mark.parametrize("batch", [1, 7, 32])
def test_the_batch_size_changes_nothing(
    batch: int, taught: Path, world: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    files = sorted(map(str, world.glob("*/*.jpg")))  # a broken one stands among them
    scored = pd.read_parquet(taught / "predictions.parquet").set_index("path")
    monkeypatch.setattr(predicting, "BATCH", batch)
    assert label(taught, *files) == 5
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["path"] for row in rows] == files
    monkeypatch.setattr(predicting, "BATCH", 64)
    assert label(taught, *files) == 5
    for row, line in zip(rows, capsys.readouterr().out.splitlines(), strict=True):
        alone = json.loads(line)
        assert row["label"] == alone["label"]
        assert row["confidence"] == pytest.approx(alone["confidence"], abs=1e-4)
        if row["path"] in scored.index:
            assert row["label"] == scored.loc[row["path"], "label"]


def test_doubt_and_risk_send_photos_to_review(
    taught: Path, inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert label(taught, str(inbox), "--min-confidence", "1") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["decision"] for row in rows if row["confidence"] < 1} == {"review"}
    assert any("is below 1.000" in row["reason"] for row in rows)
    assert label(taught, str(inbox), "--risk", "0.0001", "--top", "2") == 0
    captured = capsys.readouterr()
    assert "No confidence keeps the error within 0.0% with 95 % certainty on the " in captured.err
    for row in map(json.loads, captured.out.splitlines()):
        assert row["decision"] == "review"
        assert len(row["labels"]) == 2
    assert label(taught, str(inbox), "--risk", "0.5") == 0
    assert "which keeps the error within 50.0%" in capsys.readouterr().err


def test_a_dry_run_counts_and_writes_nothing(
    taught: Path, inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "labels.csv"
    assert label(taught, str(inbox), "--out", str(out), "--dry-run") == 0
    assert capsys.readouterr().out == "9 files would be labelled\n"
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--risk", "0"], "Wanted a risk between 0 and 1; found 0.0"),
        (["--min-confidence", "1.5"], "Wanted a confidence between 0 and 1; found 1.5"),
        (["--top", "0"], "Wanted at least one label a photo; found 0"),
        (["--out", "labels.txt"], "Wanted a file of labels ending in one of"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_work(
    words: list[str], message: str, taught: Path, inbox: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert label(taught, str(inbox), *words) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""
    assert not list(tmp_path.glob("labels*"))


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("weights/best.safetensors", b"torn", "Wanted the weights of test_resnet with its head"),
        ("weights/best.safetensors", None, "Wanted the weights of test_resnet with its head"),
        ("weights/scope.safetensors", b"torn", "Wanted the scope of a finished run"),
        ("weights/scope.safetensors", None, "Wanted the scope of a finished run; found FileNot"),
        ("labels.json", b"{", "Wanted a finished run; found JSONDecodeError"),
        ("calibration.json", None, "Wanted a finished run; found FileNotFoundError"),
    ],
)
def test_a_damaged_run_is_refused(
    file: str, content: bytes | None, message: str, taught: Path, inbox: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    run = Path(shutil.copytree(taught, tmp_path / "run"))
    (run / file).unlink()
    if content is not None:
        (run / file).write_bytes(content)
    assert label(run, str(inbox)) == 2
    assert message in capsys.readouterr().err

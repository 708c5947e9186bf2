import json

import pytest

from touchline.cli import main

LITTLE = ["--players", "1", "--per-class", "1", "--unlabelled", "2", "--size", "64x80"]


def test_photos_draws_an_archive_and_says_what(tmp_path, capsys):
    assert main(["demo", "photos", str(tmp_path / "day"), *LITTLE]) == 0
    out = capsys.readouterr().out
    assert "Drew 17 labelled photos of 1 player in 17 classes and 11 for the inbox" in out
    assert len(list((tmp_path / "day" / "labelled").glob("*/p00_*.jpg"))) == 17


def test_json_is_one_object_on_stdout(tmp_path, capsys):
    assert main(["demo", "photos", str(tmp_path), *LITTLE, "--no-spoilt", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["folder"] == str(tmp_path)
    assert (summary["labelled"], summary["inbox"], summary["unreadable"]) == (17, 2, [])
    assert len(list((tmp_path / "inbox").iterdir())) == 2


def test_a_dry_run_promises_what_a_run_does_and_touches_nothing(tmp_path, capsys):
    folder = tmp_path / "day"
    assert main(["demo", "photos", str(folder), *LITTLE, "--dry-run", "--json"]) == 0
    promised = json.loads(capsys.readouterr().out)
    assert list(tmp_path.iterdir()) == []
    assert main(["demo", "photos", str(folder), *LITTLE, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == promised


def test_a_dry_run_says_would(tmp_path, capsys):
    assert main(["demo", "photos", str(tmp_path), "--dry-run"]) == 0
    promise = "Would draw 408 labelled photos of 6 players in 17 classes and 129 for the inbox"
    assert capsys.readouterr().out.startswith(promise)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--size", "big"], "Wanted a size such as 480x640; found 'big'"),
        (["--size", "10x10"], "from 64 to 4096 pixels; found 10x10"),
        (["--players", "0"], "at least 1 for --players; found 0"),
        (["--seed", "-1"], "at least 0 for --seed; found -1"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_written(
    arguments, message, tmp_path, capsys
):
    assert main(["demo", "photos", str(tmp_path / "day"), *arguments]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_refused(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["demo", "photos", str(tmp_path)]) == 2
    assert "Name another folder, or empty this one." in capsys.readouterr().err


def test_crops_are_copied_as_soccernet_lays_them_out(tmp_path, capsys):
    folder = tmp_path / "crops"
    assert main(["demo", "crops", str(folder)]) == 0
    assert capsys.readouterr().out == f"{folder}\n"
    assert sorted(path.name for path in (folder / "test").iterdir()) == [
        "bbox_info.json", "gallery", "query",
    ]  # fmt: skip
    names = json.loads((folder / "test" / "bbox_info.json").read_text())
    for kind in ("query", "gallery"):
        assert len(list((folder / "test" / kind).rglob("*.png"))) == len(names[kind]) > 0


def test_crops_go_into_an_empty_folder_and_no_other(tmp_path, capsys):
    assert main(["demo", "crops", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"crops": str(tmp_path)}
    assert main(["demo", "crops", str(tmp_path)]) == 2
    assert f"a new or empty folder; found something at {tmp_path}" in capsys.readouterr().err


def test_a_dry_run_of_crops_copies_nothing(tmp_path, capsys):
    assert main(["demo", "crops", str(tmp_path / "crops"), "--dry-run"]) == 0
    assert "rendered crops would be copied to" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []

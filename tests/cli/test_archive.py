import json
import os
import subprocess
import sys

import pytest

from archive_on_disk import labelled, picture_of, small_world, write_photo
from touchline.archive.label_files import write_labels
from touchline.archive.labels import LabelledPhoto
from touchline.cli import main


@pytest.fixture
def world(tmp_path):
    """A small archive and its predictions, in the working folder."""
    small = small_world(tmp_path / "w")
    write_labels(small.photos, tmp_path / "labels.csv")
    return small


@pytest.fixture
def touchline(tmp_path, capsys, monkeypatch):
    """Run a command in the working folder; its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(words: str) -> tuple[int, str, str]:
        code = main(words.split())
        seen = capsys.readouterr()
        return code, seen.out, seen.err

    return run


@pytest.mark.parametrize("mode", ["", "--mode hardlink", "--mode copy", "--mode move"])
def test_plan_apply_undo(world, touchline, mode):
    before = picture_of(world.base)
    code, out, err = touchline("archive sort plan labels.csv w/out")
    assert (code, err) == (0, "")
    assert "6 photos into 3 folders" in out
    assert "     3  Kick-l\n" in out
    assert "touchline archive sort apply plan.csv" in out
    code, out, err = touchline(f"archive sort apply plan.csv {mode}")
    assert (code, err) == (0, "")
    assert f"7 files placed by {mode.removeprefix('--mode ') or 'symlink'}, 0 skipped." in out
    assert (world.base / "in/a/1.jpg").exists() == (mode != "--mode move")
    code, out, err = touchline("archive sort undo plan.csv")
    assert (code, out, err) == (0, "7 files taken back, 0 kept where they are.\n", "")
    assert picture_of(world.base) == before


@pytest.mark.usefixtures("world")
def test_for_programs(touchline):
    code, out, _ = touchline("archive sort plan labels.csv w/out --json")
    plan = json.loads(out)
    assert code == 0
    assert plan["folders"] == {"Kick-l": 3, "Kick-r": 2, "review": 1}
    assert (plan["photos"], plan["sidecars"], plan["left"], plan["unusable"]) == (6, 1, 0, [])
    applied = json.loads(touchline("archive sort apply plan.csv --json")[1])
    assert applied == {
        "mode": "symlink", "placed": 7, "already": 0, "skipped": [],
        "journal": "plan.csv.journal",
    }  # fmt: skip
    again = json.loads(touchline("archive sort apply plan.csv --json")[1])
    assert (again["placed"], again["already"]) == (0, 7)
    undone = json.loads(touchline("archive sort undo plan.csv --json")[1])
    assert undone == {"restored": 7, "kept": [], "journal": "plan.csv.journal"}
    tagged = json.loads(touchline("archive tag labels.csv --json")[1])
    assert (tagged["written"], tagged["doubtful"]) == (4, 1)
    (skipped,) = tagged["skipped"]
    assert skipped["reason"] == "no rdf:RDF element, so it is no XMP"


def test_a_dry_run_of_any_command_touches_nothing(world, touchline, tmp_path):
    def dry(words: str) -> None:
        before = picture_of(tmp_path)
        code, out, _ = touchline(f"{words} --dry-run")
        assert code == 0
        assert "would be" in out or "plan" in words
        assert picture_of(tmp_path) == before

    (world.base / "in/b/4.jpg.xmp").unlink()
    dry("archive sort plan labels.csv w/out")
    touchline("archive sort plan labels.csv w/out")
    dry("archive sort apply plan.csv --mode move")
    touchline("archive sort apply plan.csv")
    dry("archive sort undo plan.csv")
    dry("archive tag labels.csv")
    touchline("archive tag labels.csv")
    dry("archive untag labels.csv")


def test_tag_and_untag(world, touchline):
    (world.base / "in/b/4.jpg.xmp").unlink()
    before = picture_of(world.base)
    words = "archive tag labels.csv --root-keyword AI|pose --sidecar-style adobe"
    code, out, err = touchline(words)
    assert (code, err) == (0, "")
    assert out.startswith("5 sidecars written, 0 say it already, 0 hold a person's judgement; ")
    assert b"<rdf:li>AI|pose|Kick-l</rdf:li>" in (world.base / "in/a/1.xmp").read_bytes()
    code, out, _ = touchline(words)
    assert (code, out.split(" hold")[0]) == (0, "0 sidecars written, 5 say it already, 0")
    code, out, _ = touchline("archive untag labels.csv")
    assert (code, out.split(",")[0]) == (0, "5 sidecars as before")
    assert picture_of(world.base) == before


def test_tags_travel_with_a_sort(world, touchline):
    (world.base / "in/b/4.jpg.xmp").unlink()
    before = picture_of(world.base)
    touchline("archive tag labels.csv")
    touchline("archive sort plan labels.csv w/out")
    assert touchline("archive sort apply plan.csv --mode move")[0] == 0
    assert (world.root / "Kick-l/1 (2).jpg.xmp").exists()
    assert touchline("archive sort undo plan.csv")[0] == 0
    assert touchline("archive untag labels.csv")[0] == 0
    assert picture_of(world.base) == before


def test_what_is_left_behind_is_named_and_ends_with_5(world, touchline, tmp_path):
    spoilt = LabelledPhoto(str(world.base / "in/a/sp\noilt.jpg"), "", (), "unreadable", "truncated")
    write_labels([*world.photos, spoilt], tmp_path / "labels.csv")
    code, _, err = touchline("archive sort plan labels.csv w/out")
    assert (code, err) == (5, f"stays: {world.base}/in/a/sp\\noilt.jpg: truncated\n")
    (world.base / "in/a/1.jpg").write_bytes(b"retouched")
    code, out, err = touchline("archive sort apply plan.csv --mode copy")
    assert (code, "6 files placed by copy, 1 skipped" in out) == (5, True)
    assert err == f"skipped: {world.base}/in/a/1.jpg: its content changed since it was labelled\n"
    (world.root / "Kick-l/5.jpg").write_bytes(b"retouched")
    code, _, err = touchline("archive sort undo plan.csv")
    assert (code, err) == (
        5, f"kept: {world.root}/Kick-l/5.jpg: it was changed since it was sorted\n"
    )  # fmt: skip
    code, _, err = touchline("archive tag labels.csv")
    assert code == 5
    assert "in/b/4.jpg: no rdf:RDF element, so it is no XMP\n" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("archive sort plan nothing.csv out", "a file of labels; found nothing at nothing.csv"),
        ("archive sort plan labels.csv labels.csv", "a folder to sort into; found the file"),
        ("archive sort plan labels.csv out --min-confidence 2", "between 0 and 1; found 2.0"),
        ("archive sort plan labels.csv out --out labels.csv", "exists and may hold edits"),
        ("archive sort apply nothing.csv", "a sort plan; found nothing at nothing.csv"),
        ("archive sort apply labels.csv", "the columns of a sort plan"),
        ("archive sort undo nothing.csv", "a sort by nothing.csv to take back"),
        ("archive tag nothing.csv", "a file of labels; found nothing at nothing.csv"),
        ("archive tag labels.csv --root-keyword |", "a root keyword; found '|'"),
        ("archive untag labels.csv", "tags to take back; found none"),
        ("archive sort apply labels.csv --mode teleport", "teleport"),
    ],
)
def test_a_mistake_is_said_in_a_sentence_and_ends_with_2(world, touchline, words, message):
    before = picture_of(world.base.parent)
    code, out, err = touchline(words)
    assert (code, out) == (2, "")
    assert message in " ".join(err.split())
    assert "Traceback" not in err
    assert picture_of(world.base.parent) == before


@pytest.mark.parametrize("words", ["archive", "archive sort"])
def test_help_names_every_verb(touchline, words):
    _, out, _ = touchline(f"{words} --help")
    verbs = ("sort", "tag", "untag") if words == "archive" else ("plan", "apply", "undo")
    assert all(verb in out for verb in verbs)


@pytest.mark.usefixtures("world")
def test_ctrl_c_ends_with_130_and_says_how_to_go_on(touchline, monkeypatch):
    touchline("archive sort plan labels.csv w/out")

    def interrupted(_transfers, _mode):
        raise KeyboardInterrupt

    monkeypatch.setattr("touchline.archive.sort.steps.carry_out", interrupted)
    code, _, err = touchline("archive sort apply plan.csv")
    assert code == 130
    assert "run the same command again to finish, or take it back with `touchline archive" in err
    monkeypatch.undo()


def test_a_name_that_no_terminal_can_show(tmp_path):
    """As a program whose output cannot hold the name, which is no UTF-8 and clears the screen."""
    photo = labelled(write_photo(tmp_path / "in/caf\udce9\x1b[2J.jpg"))
    spoilt = LabelledPhoto(photo.path, "", (), "unreadable", "truncated")
    write_labels([photo], tmp_path / "labels.csv")
    write_labels([spoilt], tmp_path / "spoilt.csv")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}

    def run(words: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "touchline", "archive", *words.split()]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    code, _, err = run("sort plan spoilt.csv out --out spoilt-plan.csv")
    assert (code, err) == (5, f"stays: {tmp_path}/in/caf\\udce9\\x1b[2J.jpg: truncated\n")
    assert run("sort plan labels.csv out")[0] == 0
    assert run("sort apply plan.csv --mode move")[0] == 0
    assert (tmp_path / "out/Kick-l/caf\udce9\x1b[2J.jpg").exists()
    code, out, _ = run("sort undo plan.csv --json")
    assert (code, json.loads(out)["restored"]) == (0, 1)

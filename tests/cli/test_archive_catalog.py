"""The commands of the catalog, on a small archive with photos, a video, and a run."""

import csv
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from match_world import annotation, write_labels
from pictures import as_jpeg, picture, save
from taught import own_cache, same_threads, taught, world
from touchline.archive.catalog.opening import open_catalog
from touchline.archive.catalog.search.found import find_photos
from touchline.archive.label_files import write_labels as write_predictions
from touchline.archive.labels import Label, LabelledPhoto
from touchline.archive.review.decisions import Decision, decide
from touchline.cli import main
from touchline.files import sha256_of_file
from touchline.spotting.annotations.results_file import write_results
from touchline.spotting.events import Event
from video_world import write_video

__all__ = ["own_cache", "same_threads", "taught", "world"]

Touchline = Callable[..., tuple[int, str, str]]


@pytest.fixture
def touchline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Touchline:
    """Run `touchline archive ...` in a folder of its own: exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["archive", *words])
        seen = capsys.readouterr()
        return code, seen.out, seen.err

    return run


def draw(folder: Path, *names: str) -> list[Path]:
    return [save(as_jpeg(picture(place)), folder / name) for place, name in enumerate(names)]


def predicted(*photos: Path, run: str = "r", confidence: float = 0.9) -> list[LabelledPhoto]:
    return [
        LabelledPhoto(
            str(photo), sha256_of_file(photo), (Label("Kick-l", confidence),),
            "accept" if confidence > 0.5 else "review", run=run,
        )
        for photo in photos
    ]  # fmt: skip


def test_index_says_what_is_new_changed_moved_and_gone(
    touchline: Touchline, tmp_path: Path
) -> None:
    a, b, c, d = draw(tmp_path / "in", "a.jpg", "b.jpg", "c.jpg", "d.jpg")
    before = sorted(tmp_path.rglob("*"))
    code, out, err = touchline("index", "in", "--dry-run")
    assert (code, out, err) == (0, "in: photos: 4 new\n", "")
    assert sorted(tmp_path.rglob("*")) == before  # not even a catalog was made
    assert touchline("index", "in")[:2] == (0, "in: photos: 4 new\n")
    b.rename(b.with_name("moved.jpg"))
    c.unlink()
    shutil.copy(a, d)
    os.utime(a, (5, 5))
    save(as_jpeg(picture(9)), tmp_path / "in" / "e.jpg")
    code, out, _ = touchline("index", "in", "--dry-run", "--json")
    counts = {"new": 1, "changed": 1, "moved": 1, "gone": 1, "unchanged": 1}
    (row,) = (row for row in json.loads(out)["found"] if row["kind"] == "photos")
    assert row == {"source": "in", "kind": "photos", **counts}
    code, out, _ = touchline("index", "in", "--json")
    (done,) = (row for row in json.loads(out)["found"] if row["kind"] == "photos")
    assert {name: done[name] for name in counts} == counts
    assert touchline("index", "in", "-n")[1] == "in: photos: 4 unchanged\n"


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(
    touchline: Touchline, tmp_path: Path
) -> None:
    draw(tmp_path / "in", "a.jpg")
    (tmp_path / "in" / "b.jpg").write_bytes(b"no photo")
    code, out, err = touchline("index", "in")
    assert (code, out) == (5, "in: photos: 1 new\n")
    assert f"unreadable: {tmp_path}/in/b.jpg: " in err
    assert touchline("search", "state:unreadable") == (0, f"{tmp_path}/in/b.jpg\n", "")
    code, _, err = touchline("index", "nowhere")
    assert code == 2
    assert "a folder that can be read; found no such file or directory: nowhere" in err


def test_search_pipes_paths(touchline: Touchline, tmp_path: Path) -> None:
    one, two = draw(tmp_path / "in", "one 1.jpg", "two.jpg")
    touchline("index", "in")
    assert touchline("search") == (0, f"{one}\n{two}\n", "")
    assert touchline("search", "--paths0") == (0, f"{one}\0{two}\0", "")
    assert touchline("search", "--limit", "1") == (0, f"{one}\n", "")
    assert touchline("search", "-one") == (0, f"{two}\n", "")
    assert touchline("search", "two", "-state:gone") == (0, f"{two}\n", "")
    assert touchline("search", "three") == (0, "", "")
    code, out, _ = touchline("search", "two", "--json")
    assert (code, json.loads(out)["path"], json.loads(out)["label"]) == (0, str(two), "")
    code, out, err = touchline("search", "clas:x")
    assert (code, out) == (2, "")
    assert "'clas' at character 1 of the query. Did you mean `class:`?" in err


def test_search_is_a_table_on_a_terminal(
    touchline: Touchline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(tmp_path / "in", *(f"{number}.jpg" for number in range(3)))
    touchline("index", "in")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    code, out, err = touchline("search", "--limit", "2")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split() == ["photo", "class", "confidence", "decision", "player", "reviewer"]
    assert [line.strip() for line in lines[1:]] == [f"{tmp_path}/in/{n}.jpg" for n in (0, 1)]
    assert err == "2 of 3 photos\n"


def test_labels_and_players(touchline: Touchline, tmp_path: Path) -> None:
    one, two = draw(tmp_path / "in", "1.jpg", "2.jpg")
    write_predictions(
        [*predicted(one, run="gone"), *predicted(two, run="gone", confidence=0.25)],
        tmp_path / "labels.csv",
    )
    (tmp_path / "in" / "players.csv").write_text("file,player\n1.jpg,7\nnone.jpg,8\n")
    code, out, err = touchline(
        "index", "in", "--labels", "labels.csv", "--players", "in/players.csv"
    )
    assert code == 5
    assert "in/players.csv: players: 1 named\n" in out
    assert "labels.csv: predictions: 2 added, 2 queued\n" in out
    assert "unreadable: in/players.csv, line 3: not in the catalog" in err
    assert touchline("search", "player:7 class:kick-l")[1] == f"{one}\n"
    assert touchline("search", "confidence<0.5 decision:review")[1] == f"{two}\n"
    assert touchline("search", "--order", "doubt")[1] == f"{two}\n{one}\n"
    code, out, _ = touchline("stats")
    assert "Kick-l       2         0         1\n" in out
    assert json.loads(touchline("stats", "--json")[1])["photos"] == {"present": 2}


def test_videos_with_the_events_beside_them(touchline: Touchline, tmp_path: Path) -> None:
    game = tmp_path / "in" / "game"
    game.mkdir(parents=True)
    write_video(game / "224p.mp4", 10)
    write_results(game / "results_spotting.json", "game", [Event(0.5, "PASS", 0.7)])
    write_labels(game / "Labels-ball.json", [annotation(0.1, "PASS"), annotation(0.2, "DRIVE")])
    code, out, err = touchline("index", "in")
    assert (code, err) == (0, "")
    assert "in: videos: 1 written\n" in out
    assert "Labels-ball.json: of 224p.mp4: 2 events\n" in out
    stats = json.loads(touchline("stats", "--json")[1])
    assert (stats["videos"], stats["events"]) == ({"present": 1}, {"annotated": 2, "predicted": 1})
    assert "events" not in touchline("index", "in")[1]  # they are there already
    (tmp_path / "more.json").write_text((game / "results_spotting.json").read_text())
    (tmp_path / "bad.json").write_text("{}")
    code, out, err = touchline("index", "in", "--events", "more.json", "--events", "bad.json")
    assert code == 5
    assert "more.json: of 224p.mp4: 1 events\n" in out
    assert "unreadable: bad.json: left out: " in err


def test_crops_of_a_known_layout_are_no_photos(touchline: Touchline, tmp_path: Path) -> None:
    for folder in ("bounding_box_train", "query", "bounding_box_test"):
        for camera in (1, 2):
            draw(tmp_path / "market" / folder, f"0007_c{camera}s1_000151_01.jpg")
    code, out, _ = touchline("index", "market", "--dry-run")
    assert (code, out) == (0, "market: crops: 6 found\n")
    assert "market: crops: 6 added\n" in touchline("index", "market")[1]
    stats = json.loads(touchline("stats", "--json")[1])
    assert (stats["crops"], stats["photos"]) == ({"": 2, "gallery": 2, "query": 2}, {})


def test_export(touchline: Touchline, tmp_path: Path) -> None:
    one, _ = draw(tmp_path / "in", "1.jpg", "2.jpg")
    touchline("index", "in")
    assert touchline("export", "1", "--out", "x.csv", "--dry-run") == (
        0, "1 photos would be written to x.csv\n", ""
    )  # fmt: skip
    assert not (tmp_path / "x.csv").exists()
    assert touchline("export", "1", "--out", "x.csv") == (0, "1 photos written to x.csv\n", "")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["path"] for row in csv.DictReader(stream)] == [str(one)]
    code, out, _ = touchline("export", "--reviews", "--out", "r.json", "--json")
    assert (code, json.loads(out)) == (0, {"decisions": 0, "out": "r.json"})
    assert json.loads((tmp_path / "r.json").read_text()) == []
    assert touchline("export", "--reviews", "--dry-run", "--out", "r.csv")[1].startswith("0 dec")
    for words, said in [
        (["export", "1"], "Wanted a file to write; found none. Name one with --out"),
        (["export", "1", "--reviews", "--out", "r.csv"], "or a query of photos; found both."),
        (["export", "--out", "x.xlsx"], "a file ending in one of .csv, .parquet, .json; found"),
    ]:
        code, _, err = touchline(*words)
        assert code == 2
        assert said in err


@pytest.mark.parametrize("words", [["search"], ["stats"], ["export", "--out", "a.csv"]])
def test_without_a_catalog_the_person_is_told_how_to_make_one(
    touchline: Touchline, tmp_path: Path, words: list[str]
) -> None:
    code, _, err = touchline(*words)
    assert code == 2
    assert "Make one with `touchline archive index FOLDER --catalog FILE`." in err
    assert list(tmp_path.iterdir()) == []


def test_the_catalog_is_named_by_option_or_variable(
    touchline: Touchline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photo,) = draw(tmp_path / "in", "1.jpg")
    touchline("index", "in", "--catalog", "a.catalog")
    assert not (tmp_path / "touchline.catalog").exists()
    monkeypatch.setenv("TOUCHLINE_CATALOG", "a.catalog")
    assert touchline("search")[1] == f"{photo}\n"


def test_photos_that_look_alike(
    touchline: Touchline, tmp_path: Path, world: Path, taught: Path
) -> None:
    shutil.copytree(world, tmp_path / "in")
    for extra in (tmp_path / "in").glob("*.*"):
        extra.unlink()
    touchline("index", "in")
    inside = sorted((tmp_path / "in").glob("*/*.jpg"))[0]
    code, out, err = touchline("alike", str(inside), "--run", str(taught), "--count", "3")
    found = out.splitlines()
    assert (code, len(found), str(inside) in found) == (0, 3, False)
    assert {Path(path).parent for path in found} == {inside.parent}  # a class has one colour
    outside = shutil.copy(inside, tmp_path / "outside.jpg")
    code, out, _ = touchline("alike", str(outside), "--run", str(taught), "--count", "1", "--json")
    assert (code, json.loads(out)["path"]) == (0, str(inside))
    assert json.loads(out)["likeness"] == pytest.approx(1, abs=1e-5)
    inside.write_bytes(b"changed since")
    code, out, err = touchline("alike", str(outside), "--run", str(taught), "--count", "1")
    assert (code, len(out.splitlines())) == (0, 1)  # its vector was kept
    code, _, err = touchline("alike", "none.jpg", "--run", str(taught))
    assert code == 2
    assert "a photo to compare with; found no file at none.jpg" in err


def test_a_photo_that_cannot_be_compared_is_named(
    touchline: Touchline, tmp_path: Path, taught: Path
) -> None:
    one, two = draw(tmp_path / "in", "1.jpg", "2.jpg")
    touchline("index", "in")
    two.write_bytes(b"changed since")
    code, out, err = touchline("alike", str(one), "--run", str(taught))
    assert (code, out) == (5, "")
    assert err.endswith(f"unreadable: {two}: it could not be compared\n")


def test_the_queue_is_spread_by_what_the_network_sees(
    touchline: Touchline, tmp_path: Path, world: Path, taught: Path
) -> None:
    classes = sorted(path for path in world.iterdir() if path.is_dir())
    for label in classes:
        for number, photo in enumerate(sorted(label.glob("*.jpg"))[:3]):
            (tmp_path / "in").mkdir(exist_ok=True)
            # Named so that the order of paths is: all of a class, then all of the next.
            shutil.copy(photo, tmp_path / "in" / f"{classes.index(label)}-{number}.jpg")
    photos = sorted((tmp_path / "in").iterdir())
    write_predictions(predicted(*photos, run=str(taught), confidence=0.3), tmp_path / "l.csv")
    code, out, _ = touchline("index", "in", "--labels", "l.csv")
    assert code == 0
    assert "9 queued" in out
    first = [Path(path).name[0] for path in touchline("search", "--order", "doubt")[1].split()]
    assert set(first[:3]) == {"0", "1", "2"}


def test_confirm_writes_what_people_decided_and_untag_takes_it_back(
    touchline: Touchline, tmp_path: Path
) -> None:
    wrong, right, untouched = draw(tmp_path / "in", "wrong.jpg", "right.jpg", "untouched.jpg")
    write_predictions(predicted(wrong, right, untouched), tmp_path / "labels.csv")
    assert touchline("index", "in", "--labels", "labels.csv")[0] == 0
    catalog = open_catalog("touchline.catalog")
    ids = {Path(photo.path).name: photo.id for photo in find_photos(catalog, "")}
    decide(catalog, Decision("1", (ids["wrong.jpg"],), "change", "Kick-r", "ann"))
    decide(catalog, Decision("2", (ids["right.jpg"],), "accept", "", "ann"))
    sidecars = [tmp_path / "in" / f"{name}.jpg.xmp" for name in ("wrong", "right", "untouched")]

    code, out, _ = touchline("confirm", "--dry-run")
    assert (code, out.split()[0], [each.exists() for each in sidecars]) == (0, "2", [False] * 3)
    code, out, _ = touchline("confirm")
    assert code == 0
    assert "touchline archive untag touchline.catalog" in out
    assert [each.exists() for each in sidecars] == [True, True, False]
    assert "Kick-r" in sidecars[0].read_text()
    assert "confirmed" in sidecars[0].read_text()
    assert json.loads(touchline("confirm", "class:Kick-l", "--json")[1])["unchanged"] == 1

    assert touchline("untag", "touchline.catalog")[0] == 0
    assert not any(each.exists() for each in sidecars)
    code, _, _ = touchline("confirm", "--beside", "kept")
    assert (code, (tmp_path / "kept.tags.journal").exists()) == (0, True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["search", "--jsn"], "'--jsn'"), (["search", "--limi", "3"], "'--limi'"),
        (["search", "--odrer=path"], "'--odrer=path'"), (["search", "-x"], "'-x'"),
        (["export", "-n", "--out", "x.csv"], "'-n'"), (["confirm", "-n"], "'-n'"),
        (["search", "--", "--json"], "'--json'"),
    ],
)  # fmt: skip
def test_what_looks_like_an_option_is_no_word_of_a_query(
    touchline: Touchline, tmp_path: Path, words: list[str], found: str
) -> None:
    draw(tmp_path / "in", "a.jpg")
    touchline("index", "in")
    code, out, err = touchline(*words)
    assert (code, out) == (2, "")
    assert f"an option of this command, or a query; found {found}. See --help; to leave out" in err
    assert not (tmp_path / "x.csv").exists()


def test_words_to_leave_out_stay_words(touchline: Touchline, tmp_path: Path) -> None:
    draw(tmp_path / "in", "nikon-x.jpg", "canon.jpg")
    touchline("index", "in")
    for words in (["-nikon"], ['-"x"'], ['"canon"']):
        assert touchline("search", *words) == (0, f"{tmp_path}/in/canon.jpg\n", "")
    assert "1 photos would be" in touchline("export", "-nikon", "--out", "x.csv", "--dry-run")[1]
    assert touchline("confirm", "-nikon")[1].startswith("0 sidecars written")


def test_inputs_that_are_missing_are_told_before_the_work(
    touchline: Touchline, tmp_path: Path
) -> None:
    draw(tmp_path / "in", "a.jpg")
    for option in ("--players", "--labels", "--events"):
        code, out, err = touchline("index", "in", option, "none.csv")
        assert (code, out) == (2, "")
        assert "Wanted a file to read; found nothing at none.csv. Check the path." in err
    assert touchline("index", "in", "nowhere")[0] == 2
    assert not (tmp_path / "touchline.catalog").exists()


def test_a_dry_run_refuses_what_the_work_would_refuse(touchline: Touchline, tmp_path: Path) -> None:
    (photo,) = draw(tmp_path / "in", "a.jpg")
    touchline("index", "in")
    code, out, err = touchline("export", "--out", "x.xlsx", "--dry-run")
    assert (code, out) == (2, "")
    assert "a file ending in one of .csv, .parquet, .json; found x.xlsx" in err
    photo.unlink()
    code, out, err = touchline("index", "in", "--dry-run")
    assert (code, out) == (2, "")
    assert "add --emptied" in err
    assert touchline("index", "in", "--dry-run", "--emptied")[1] == "in: photos: 1 gone\n"


def test_a_limit_that_no_database_knows_is_refused(touchline: Touchline, tmp_path: Path) -> None:
    draw(tmp_path / "in", "a.jpg")
    touchline("index", "in")
    code, _, err = touchline("search", "--limit", "99999999999999999999")
    assert (code, "less than or equal to" in err) == (2, True)


def test_names_of_files_cannot_command_the_terminal(touchline: Touchline, tmp_path: Path) -> None:
    draw(tmp_path / "in", "a.jpg")
    (tmp_path / "in" / "esc\x1b[2J\n.jpg").write_bytes(b"no photo")
    code, _, err = touchline("index", "in")
    assert code == 5
    assert err.count("\n") == 1
    assert "\x1b" not in err

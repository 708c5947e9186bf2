import csv
from collections import Counter

import pytest
from PIL import Image, ImageOps

from touchline.demo import POSES, draw_photo, write_archive
from touchline.demo.spoilt import SPOILT
from touchline.errors import UsageError
from touchline.files import sha256_of_file

SMALL = {"players": 2, "per_class": 3, "unlabelled": 6, "size": (64, 96)}


def tree(folder):
    return {
        str(path.relative_to(folder)): sha256_of_file(path)
        for path in folder.rglob("*")
        if path.is_file()
    }


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive") / "new"
    return folder, write_archive(folder, **SMALL)


def test_the_tree_is_the_real_folder_format(archive):
    folder, summary = archive
    assert sorted(path.name for path in folder.iterdir()) == [
        "inbox", "inbox-truth.csv", "labelled", "labels.csv",
    ]  # fmt: skip
    assert sorted(path.name for path in (folder / "labelled").iterdir()) == list(POSES)
    labels = rows(folder / "labels.csv")
    assert Counter(row["label"] for row in labels) == dict.fromkeys(POSES, 3)
    assert len(labels) == summary.labelled == 51
    for row in labels:
        assert row["path"].startswith(f"labelled/{row['label']}/{row['group']}_")


def test_every_file_is_in_a_table_or_unreadable(archive):
    folder, summary = archive
    tables = [rows(folder / name) for name in ("labels.csv", "inbox-truth.csv")]
    listed = {row["path"] for table in tables for row in table}
    assert len(listed) == summary.labelled + summary.inbox
    assert listed.isdisjoint(summary.unreadable)
    assert listed | set(summary.unreadable) == set(tree(folder)) - {"labels.csv", "inbox-truth.csv"}
    for name in listed:
        with Image.open(folder / name) as picture:
            picture.load()


def test_the_inbox_holds_one_of_every_spoilt_kind(archive):
    names = {path.name for path in (archive[0] / "inbox").iterdir()}
    assert {kind.name for kind in SPOILT} <= names
    assert len(names) == 6 + len(SPOILT)


def test_files_show_the_photo_their_name_promises(archive):
    with Image.open(archive[0] / "labelled/Hero/p01_1301.jpg") as stored:
        shown = ImageOps.exif_transpose(stored).convert("L").resize((8, 12))
    drawn = draw_photo("Hero", 1, 0, 0, (64, 96)).convert("L").resize((8, 12))
    differences = [abs(a - b) for a, b in zip(shown.tobytes(), drawn.tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 3


def test_the_same_arguments_make_the_same_bytes(archive, tmp_path):
    again = write_archive(tmp_path, **SMALL)
    assert tree(tmp_path) == tree(archive[0])
    assert (again.labelled, again.unreadable) == (archive[1].labelled, archive[1].unreadable)


def test_more_photos_and_players_change_no_other(archive, tmp_path):
    write_archive(tmp_path, **{**SMALL, "per_class": 4, "unlabelled": 8}, spoilt=False)
    small, large = tree(archive[0]), tree(tmp_path)
    photos = [name for name in small if name.split("/")[-1].startswith("p0")]
    assert len(photos) == 57
    assert all(large[name] == small[name] for name in photos)


def test_another_seed_makes_other_photos(archive, tmp_path):
    write_archive(tmp_path, **SMALL, seed=1, spoilt=False)
    before, after = tree(archive[0]), tree(tmp_path)
    shared = [name for name in after if name.endswith(".jpg") and name in before]
    assert len(shared) == 57
    assert all(after[name] != before[name] for name in shared)


def test_without_spoilt_files_everything_is_a_photo(tmp_path):
    summary = write_archive(tmp_path, **{**SMALL, "unlabelled": 0}, spoilt=False)
    assert (summary.inbox, summary.unreadable) == (0, ())
    assert not (tmp_path / "inbox").exists()
    assert rows(tmp_path / "inbox-truth.csv") == []


def test_a_folder_in_use_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.jpg").write_bytes(b"mine")
    with pytest.raises(UsageError, match="an empty or new folder to draw into; found a folder"):
        write_archive(tmp_path, **SMALL)
    with pytest.raises(UsageError, match=r"found a file at .*mine\.jpg"):
        write_archive(tmp_path / "mine.jpg", **SMALL)
    assert tree(tmp_path).keys() == {"mine.jpg"}

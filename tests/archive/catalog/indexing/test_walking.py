import os
from pathlib import Path

import pytest

from touchline.archive.catalog.indexing.walking import walk_folder
from touchline.errors import UsageError

KINDS = (".jpg", ".png")


def make(folder: Path, *names: str) -> Path:
    """Files with a byte each."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def found(folder: Path) -> list[str]:
    """The names of what a walk finds, relative to the folder."""
    walk = walk_folder(folder, KINDS)
    return [os.path.relpath(path, walk.folder) for path in walk.files]


def left_out(folder: Path) -> dict[str, str]:
    return {os.path.relpath(f.path, folder.resolve()): f.reason
            for f in walk_folder(folder, KINDS).faults}  # fmt: skip


def test_files_come_sorted_folder_by_folder(tmp_path: Path) -> None:
    make(tmp_path, "b/2.jpg", "b/1.JPG", "a/z/9.png", "a/3.jpg", "z.jpg", "B/0.jpg")
    assert found(tmp_path) == ["z.jpg", "B/0.jpg", "a/3.jpg", "a/z/9.png", "b/1.JPG", "b/2.jpg"]


def test_hidden_files_service_folders_and_companions_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, ".a.jpg", ".hidden/a.jpg", "@eaDir/a.jpg", "__MACOSX/a.jpg", "a.jpg", "a.xmp")
    make(tmp_path, "a.cr2", "b.CR2", "notes.txt", "bare")
    assert found(tmp_path) == ["a.jpg"]
    assert left_out(tmp_path) == {}
    assert dict(walk_folder(tmp_path, KINDS).others) == {".cr2": 2, ".txt": 1, "": 1}


def test_links_are_followed_to_files_inside_only(tmp_path: Path) -> None:
    make(tmp_path, "in/a.jpg", "in/deep/b.jpg", "out/c.jpg", "in2/d.jpg")
    folder = tmp_path / "in"
    (folder / "inside.jpg").symlink_to("deep/b.jpg")
    (folder / "outside.jpg").symlink_to("../out/c.jpg")
    (folder / "neighbour.jpg").symlink_to("../in2/d.jpg")
    (folder / "nowhere.jpg").symlink_to("nothing")
    (folder / "circle.jpg").symlink_to("circle.jpg")
    (folder / "linked").symlink_to("deep")
    (folder / "away").symlink_to("../out")
    (folder / "folder.jpg").symlink_to("deep")
    assert found(folder) == ["a.jpg", "inside.jpg", "deep/b.jpg"]
    said = left_out(folder)
    assert said.pop("circle.jpg").startswith("cannot be read: ")
    assert said == {
        "outside.jpg": "a link that leads outside the folder",
        "neighbour.jpg": "a link that leads outside the folder",
        "nowhere.jpg": "a link that leads nowhere, or a file just removed",
    }


def test_names_that_are_no_text_are_named_and_left_out(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", os.fsdecode(b"\xff.jpg"), os.fsdecode(b"\xfe/b.jpg"))
    make(tmp_path, os.fsdecode(b"\xff.xmp"), os.fsdecode(b"\xff.txt"), "\N{SNOWMAN}\n.jpg")
    assert found(tmp_path) == ["a.jpg", "\N{SNOWMAN}\n.jpg"]
    assert left_out(tmp_path) == {
        os.fsdecode(b"\xff.jpg"): "its name is not valid text",
        os.fsdecode(b"\xfe"): "its name is not valid text; nor is any path below it",
    }


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert found(tmp_path) == []
    assert left_out(tmp_path) == {"pipe.jpg": "not a file"}


def test_only_what_could_be_looked_at_is_missing(tmp_path: Path) -> None:
    walk = walk_folder(make(tmp_path, "a/1.jpg"), KINDS)
    walk.unseen |= {f"{walk.folder}/b", f"{walk.folder}/c.jpg"}
    assert not walk.is_missing(f"{walk.folder}/a/1.jpg")
    assert walk.is_missing(f"{walk.folder}/a/2.jpg")
    assert walk.is_missing(f"{walk.folder}/bb/2.jpg")
    assert not walk.is_missing(f"{walk.folder}/b/deep/2.jpg")
    assert not walk.is_missing(f"{walk.folder}/c.jpg")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing", "a folder that can be read; found no such file or directory: .*nothing"),
        ("a.jpg", "a folder that can be read; found not a directory: .*a.jpg"),
        (os.fsdecode(b"\xff"), "a folder whose name is valid text; found '.*Rename it"),
    ],
)
def test_a_folder_that_cannot_be_walked_is_refused(tmp_path: Path, name: str, message: str) -> None:
    make(tmp_path, "a.jpg")
    with pytest.raises(UsageError, match=message):
        walk_folder(tmp_path / name, KINDS)

"""Folders of class folders: both layouts, and everything people's folders hold besides photos."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from photo_sets_on_disk import CONTENT, labels, put, reasons
from touchline.errors import UsageError
from touchline.photos.data import Photo, PhotoSet
from touchline.photos.reading import read_photos


class TestClassFolders:
    def test_photos_come_in_order_of_names_whatever_the_file_system_says(self, tmp_path: Path):
        put(tmp_path, "Hero/b.jpg", "Hero/a.JPEG", "Celebration/z.png")
        assert read_photos(tmp_path) == PhotoSet(
            tmp_path,
            (
                Photo(tmp_path / "Celebration/z.png", "Celebration/z.png", "Celebration"),
                Photo(tmp_path / "Hero/a.JPEG", "Hero/a.JPEG", "Hero"),
                Photo(tmp_path / "Hero/b.jpg", "Hero/b.jpg", "Hero"),
            ),
        )

    def test_folders_in_a_class_folder_belong_to_the_class(self, tmp_path: Path):
        put(tmp_path, "Hero/player 7/set 1/a.jpg", "Hero/b.jpg", "Half Body/player 7/c.jpg")
        assert labels(read_photos(tmp_path)) == {
            "Half Body/player 7/c.jpg": "Half Body",
            "Hero/b.jpg": "Hero",
            "Hero/player 7/set 1/a.jpg": "Hero",
        }

    def test_one_class_is_enough_to_read(self, tmp_path: Path):
        put(tmp_path, "Hero/a.jpg")
        assert read_photos(tmp_path).classes == ("Hero",)

    def test_what_is_no_photo_is_named_and_the_rest_goes_on(self, tmp_path: Path):
        put(tmp_path, "Hero/a.jpg", "Hero/Thumbs.db", "Hero/notes.txt", "Hero/b.lnk", "Hero/README")
        put(tmp_path, "Hero/empty.jpg", content=b"")
        put(tmp_path, "stray.jpg", "classes.csv")
        (tmp_path / "Half Body/player 7").mkdir(parents=True)
        (tmp_path / "Hero/pipe.jpg").mkdir()
        os.mkfifo(tmp_path / "Hero/fifo.jpg")
        photos = read_photos(tmp_path)
        assert list(labels(photos)) == ["Hero/a.jpg"]
        assert reasons(photos) == {
            "Half Body": "holds no photo",
            "Hero/README": "not an image (no ending)",
            "Hero/Thumbs.db": "not an image (.db)",
            "Hero/b.lnk": "not an image (.lnk)",
            "Hero/empty.jpg": "the file is empty",
            "Hero/fifo.jpg": "not a file",
            "Hero/notes.txt": "not an image (.txt)",
            "classes.csv": "not an image (.csv)",
            "stray.jpg": "lies outside any class folder",
        }
        assert [item.path for item in photos.rejected] == sorted(i.path for i in photos.rejected)

    @pytest.mark.parametrize(
        "hidden", [".cache/a.jpg", "Hero/._a.jpg", "@eaDir/Hero/a.jpg", "Hero/@eaDir/a.jpg",
                   "__MACOSX/Hero/a.jpg", ".DS_Store"],
    )  # fmt: skip
    def test_hidden_and_service_files_are_passed_over_in_silence(self, tmp_path: Path, hidden: str):
        put(tmp_path, "Hero/a.jpg", hidden)
        photos = read_photos(tmp_path)
        assert (list(labels(photos)), photos.rejected) == (["Hero/a.jpg"], ())

    def test_a_name_that_is_no_text_is_named(self, tmp_path: Path):
        put(tmp_path, "Hero/a.jpg")
        try:
            (tmp_path / os.fsdecode(b"Hero/b\xff.jpg")).write_bytes(CONTENT)
        except OSError:
            pytest.skip("this file system takes no such names")
        photos = read_photos(tmp_path)
        assert list(labels(photos)) == ["Hero/a.jpg"]
        assert [item.reason for item in photos.rejected] == ["its name is not valid text"]


class TestLinks:
    def test_links_in_a_circle_end(self, tmp_path: Path):
        put(tmp_path, "Hero/a.jpg", "Half Body/b.jpg")
        (tmp_path / "Hero/up").symlink_to(tmp_path)
        (tmp_path / "Hero/half").symlink_to(tmp_path / "Half Body")
        (tmp_path / "A link").symlink_to(tmp_path / "Half Body")
        (tmp_path / "Hero/self.jpg").symlink_to(tmp_path / "Hero/self.jpg")
        photos = read_photos(tmp_path)
        assert labels(photos) == {"Half Body/b.jpg": "Half Body", "Hero/a.jpg": "Hero"}
        again = "leads to a folder that is read already"
        found = reasons(photos)
        assert found.pop("Hero/self.jpg").startswith("cannot be read: ")
        assert found == {"A link": again, "Hero/half": again, "Hero/up": again}

    def test_a_folder_elsewhere_is_read_once_under_its_first_link(self, tmp_path: Path):
        put(tmp_path, "elsewhere/sub/a.jpg", "set/Hero/b.jpg")
        for name in ("Y", "X"):
            (tmp_path / "set" / name).symlink_to(tmp_path / "elsewhere")
        photos = read_photos(tmp_path / "set")
        assert labels(photos) == {"Hero/b.jpg": "Hero", "X/sub/a.jpg": "X"}
        assert reasons(photos) == {"Y": "leads to a folder that is read already"}

    def test_links_to_photos_are_photos_and_broken_ones_are_named(self, tmp_path: Path):
        put(tmp_path, "elsewhere/a.jpg", "set/Hero/b.jpg")
        (tmp_path / "set/Hero/a.jpg").symlink_to(tmp_path / "elsewhere/a.jpg")
        (tmp_path / "set/Hero/c.jpg").symlink_to(tmp_path / "gone.jpg")
        photos = read_photos(tmp_path / "set")
        assert list(labels(photos)) == ["Hero/a.jpg", "Hero/b.jpg"]
        assert reasons(photos) == {"Hero/c.jpg": "there is no such file"}


@pytest.fixture
def refuse_to_list(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Permissions do not hold root back, so the refusal is played."""

    def play(refused: Path) -> None:
        real = os.scandir

        def scandir(path: Path) -> object:
            if Path(path) == refused:
                raise PermissionError(13, "Permission denied", str(path))
            return real(path)

        monkeypatch.setattr(os, "scandir", scandir)

    return play


class TestUnreadableFolders:
    def test_a_class_folder_is_named_once(
        self, tmp_path: Path, refuse_to_list: Callable[[Path], None]
    ):
        put(tmp_path, "Hero/a.jpg", "Half Body/b.jpg")
        refuse_to_list(tmp_path / "Half Body")
        photos = read_photos(tmp_path)
        assert list(labels(photos)) == ["Hero/a.jpg"]
        assert reasons(photos) == {"Half Body": "cannot be read: Permission denied"}

    def test_the_root_itself(self, tmp_path: Path, refuse_to_list: Callable[[Path], None]):
        refuse_to_list(tmp_path)
        with pytest.raises(UsageError, match=r"cannot be read: Permission denied"):
            read_photos(tmp_path)


class TestSplitFolders:
    @pytest.mark.parametrize("valid", ["valid", "val", "validation", "Val"])
    def test_each_photo_knows_its_split(self, tmp_path: Path, valid: str):
        put(tmp_path, "train/Hero/x/a.jpg", f"{valid}/Hero/b.jpg", "TEST/Hero/c.jpg")
        photos = read_photos(tmp_path).photos
        assert {(photo.label, photo.split) for photo in photos} == {
            ("Hero", "train"), ("Hero", "valid"), ("Hero", "test"),
        }  # fmt: skip

    def test_what_lies_beside_the_splits_is_named(self, tmp_path: Path):
        put(tmp_path, "train/Hero/a.jpg", "test/Hero/b.jpg", "test/Half Body/c.jpg")
        put(tmp_path, "to predict/d.jpg", "train/stray.jpg", "e.jpg")
        (tmp_path / "train/Half Body").mkdir()
        (tmp_path / "valid").mkdir()
        photos = read_photos(tmp_path)
        assert list(labels(photos)) == [
            "test/Half Body/c.jpg",
            "test/Hero/b.jpg",
            "train/Hero/a.jpg",
        ]
        assert reasons(photos) == {
            "e.jpg": "lies outside any class folder",
            "to predict/d.jpg": "lies outside test, train and valid",
            "train/Half Body": "holds no photo",
            "train/stray.jpg": "lies outside any class folder",
            "valid": "holds no photo",
        }

    @pytest.mark.parametrize(
        ("names", "classes"),
        [
            # A class that is called test, with and without folders in it.
            (["test/a.jpg", "Hero/b.jpg"], ("Hero", "test")),
            (["test/player 7/a.jpg", "Hero/b.jpg"], ("Hero", "test")),
            # Two classes, a vehicle and a trial, with their photos in them.
            (["test/a.jpg", "train/b.jpg", "train/c.jpg", "train/old/d.jpg"], ("test", "train")),
            # `train` alone is no split.
            (["train/a/b.jpg", "plane/c.jpg"], ("plane", "train")),
        ],
    )
    def test_classes_that_are_called_like_splits_stay_classes(
        self, tmp_path: Path, names: list[str], classes: tuple[str, ...]
    ):
        put(tmp_path, *names)
        photos = read_photos(tmp_path)
        assert photos.classes == classes
        assert {photo.split for photo in photos.photos} == {""}

"""Tables of photos: the 100-sports one and the many ways in which people write theirs."""

from pathlib import Path

import pytest

from photo_sets_on_disk import labels, put, reasons
from touchline.errors import UsageError
from touchline.photos.data import Photo, PhotoSet
from touchline.photos.reading import read_photos


def table(root: Path, text: str, name: str = "photos.csv", encoding: str = "utf-8") -> PhotoSet:
    (root / name).write_bytes(text.encode(encoding))
    return read_photos(root / name)


class TestSportsTable:
    """The quirks of the 100-sports data set's own `sports.csv`."""

    ROWS = (
        (0, r"train/air hockey/001.jpg", "air hockey", "train"),
        (0, r"valid\air hockey\1.jpg", "air hockey", "valid"),
        (0, r"test/air hockey/1.jpg", "air hockey", "test"),
        (38, r"train/high jump/159.lnk", "high jump", "train"),
        (38, r"train/high jump/160.jpg", "high jump", "train"),
    )

    @pytest.mark.parametrize("with_id", [True, False], ids=["4 columns", "3 columns of old"])
    def test_is_read_as_it_is(self, tmp_path: Path, with_id: bool):
        put(tmp_path, *(path.replace("\\", "/") for _, path, _, _ in self.ROWS))
        lines = [",".join(map(str, row if with_id else row[1:])) for row in self.ROWS]
        header = "class id,filepaths,labels,data set"
        head = header if with_id else header.removeprefix("class id,")
        photos = table(tmp_path, "\r\n".join([head, *lines]) + "\r\n", "sports.csv")
        assert [(photo.name, photo.label, photo.split) for photo in photos.photos] == [
            ("test/air hockey/1.jpg", "air hockey", "test"),
            ("train/air hockey/001.jpg", "air hockey", "train"),
            ("train/high jump/160.jpg", "high jump", "train"),
            ("valid/air hockey/1.jpg", "air hockey", "valid"),
        ]
        assert reasons(photos) == {"train/high jump/159.lnk": "not an image (.lnk)"}


class TestTables:
    @pytest.mark.parametrize(
        "text",
        [
            "path,label\nfoto/a.jpg,Hero\nfoto/b.jpg,Half Body\n",
            "PATH;Label \nfoto/a.jpg;Hero\nfoto/b.jpg; Half Body",  # a European Excel
            "\n\nfile\tclass\n\nfoto\\a.jpg\tHero\n\t\nfoto/b.jpg\tHalf Body\n\n",
            'note,filename,Labels,,\n"a, b",./foto/a.jpg,Hero,,\n,foto/x/../b.jpg,Half Body,,\n',
            "image,path,label\nignored.jpg,foto/a.jpg,Hero\n,foto/b.jpg,Half Body\n",
        ],
    )
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
    def test_forms_of_one_table(self, tmp_path: Path, text: str, encoding: str):
        put(tmp_path, "foto/a.jpg", "foto/b.jpg")
        photos = table(tmp_path, text, encoding=encoding)
        assert labels(photos) == {"foto/a.jpg": "Hero", "foto/b.jpg": "Half Body"}
        assert photos.rejected == ()

    def test_splits_groups_and_places_of_photos(self, tmp_path: Path):
        put(tmp_path, "lists/a.jpg", "b.jpg")
        text = f"path,label,split,group\na.jpg,Hero,Validation,player 7\n{tmp_path}/b.jpg,Hero,,\n"
        photos = table(tmp_path / "lists", text)
        outside = (tmp_path / "b.jpg").as_posix()
        assert photos.photos == (
            Photo(Path(outside), outside, "Hero"),
            Photo(tmp_path / "lists/a.jpg", "a.jpg", "Hero", "valid", "player 7"),
        )

    def test_paths_start_at_the_table_not_at_the_working_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        put(tmp_path, "set/a.jpg")
        (tmp_path / "set/photos.csv").write_text("path,label\na.jpg,Hero\n")
        monkeypatch.chdir(tmp_path)
        assert read_photos(Path("set/photos.csv")).photos[0] == Photo(
            Path("set/a.jpg"), "a.jpg", "Hero"
        )

    def test_bad_rows_are_named_and_the_rest_goes_on(self, tmp_path: Path):
        put(tmp_path, *(f"{name}.jpg" for name in "abcdefg"))
        put(tmp_path, "empty.jpg", content=b"")
        text = (
            "path,label,split,group\n"
            "a.jpg,Hero,train,\n"
            "gone.jpg,Hero,train,\n"
            "b.jpg,,train,\n"
            ",Hero,train,\n"
            "\n"
            "empty.jpg,Hero,train,\n"
            "c.jpg,Hero,sometimes,\n"
            "d.jpg,Hero,train,1\nd.jpg,hero,Train,1\n"  # the same, twice
            "e.jpg,Hero,train,\ne.jpg,Half Body,train,\n"
            "f.jpg,Hero,train,\n./f.jpg,Hero,test,\n"
            "g.jpg,Hero,train,1\ng.jpg,Hero,train,2\n"
            "Smith, J.jpg,Hero,train,7\n"
            ".,Hero,train,\n"
        )
        photos = table(tmp_path, text)
        assert labels(photos) == {"a.jpg": "Hero", "d.jpg": "Hero"}
        assert reasons(photos) == {
            ".": "not an image (no ending)",
            "Smith": "line 17 has more cells than the header",
            "b.jpg": "its label is empty in line 4",
            "c.jpg": "'sometimes' in line 8 is none of train, valid and test",
            "e.jpg": "listed twice, with the label 'Hero' and with 'Half Body'",
            "empty.jpg": "the file is empty",
            "f.jpg": "listed twice, with the split 'train' and with 'test'",
            "g.jpg": "listed twice, with the group '1' and with '2'",
            "gone.jpg": "there is no such file",
            "photos.csv": "line 5 names no file",
        }

    def test_labels_of_two_spellings_are_merged(self, tmp_path: Path):
        put(tmp_path, "a.jpg", "b.jpg", "c.jpg")
        photos = table(tmp_path, "path,label\na.jpg,full body\nb.jpg,full body\nc.jpg,Full-Body\n")
        assert (photos.classes, photos.merged) == (("full body",), (("Full-Body", "full body"),))


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("name,kind\na.jpg,Hero\n", r"path and label .* found name, kind in .*photos\.csv"),
            ("path;kind\na.jpg;Hero\n", r"found path, kind in"),
            ("", r"found no line in"),
            ("path,label\n", r"found nothing in .*photos\.csv"),
            ("path,label\ngone.jpg,Hero\nalso gone.jpg,Hero\n",
             r"no usable photo in .*: .*also gone\.jpg \(there is no such file\), and 1 more"),
            ('path,label\na.jpg,Hero\n"b.jpg,Hero\nc.jpg,Hero\n', "breaks off in line 4: .*marks"),
        ],
    )  # fmt: skip
    def test_tables_that_cannot_be_used(self, tmp_path: Path, text: str, found: str):
        with pytest.raises(UsageError, match=found):
            table(tmp_path, text)

    @pytest.mark.parametrize(
        "content", ["path,label\nä.jpg,Hero\n".encode("latin-1"), b"\xff\xfep\0"]
    )
    def test_a_table_in_another_encoding(self, tmp_path: Path, content: bytes):
        put(tmp_path, "photos.csv", content=content)
        with pytest.raises(
            UsageError, match=r"CSV file in UTF-8; found .*photos\.csv.*'CSV UTF-8'"
        ):
            read_photos(tmp_path / "photos.csv")

    def test_a_table_that_may_not_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        put(tmp_path, "photos.csv")

        def refuse(*_: object, **__: object) -> str:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "read_text", refuse)
        with pytest.raises(UsageError, match=r"photos\.csv: Permission denied"):
            read_photos(tmp_path / "photos.csv")

"""The split file: what is written is read, and any other photos are refused by name."""

from dataclasses import replace
from pathlib import Path

import pytest

from touchline.errors import UsageError
from touchline.photos.data import Photo
from touchline.photos.split import by_shots, folds, given
from touchline.photos.split_file import read_split, write_split


def photo(name: str, label: str = "A", split: str = "", group: str = "") -> Photo:
    return Photo(Path("set") / name, name, label, split, group)


PHOTOS = (photo("A/ü,1.jpg", "A", group="g"), photo('A/"2".jpg', "A"), photo("A/3\n.jpg", "A"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_split(by_shots(PHOTOS, 1, 0), tmp_path / "run/split.csv")
    return tmp_path / "run/split.csv"


def test_what_is_written_is_read(file: Path):
    assert read_split(file, reversed(PHOTOS)) == by_shots(PHOTOS, 1, 0)


def test_a_file_whose_lines_a_person_sorted_is_the_same_split(tmp_path: Path):
    photos = [photo("a", "A", "train"), photo("b", "A", "test"), photo("c", "A", "test")]
    write_split(given(photos), tmp_path / "split.csv")
    header, *lines = (tmp_path / "split.csv").read_text().splitlines()
    (tmp_path / "split.csv").write_text("\n".join([header, *reversed(lines)]))
    assert read_split(tmp_path / "split.csv", photos) == given(photos)


def test_the_columns_are_those_promised(tmp_path: Path):
    write_split(
        given([photo("a", "A", split="train"), photo("b", "A", split="test")]),
        tmp_path / "split.csv",
    )
    assert (tmp_path / "split.csv").read_bytes() == (
        b"path,label,group,part\na,A,a,train\nb,A,b,test\n"
    )


def test_groups_are_those_of_the_file(file: Path):
    regrouped = [replace(p, group="other") for p in PHOTOS]
    assert read_split(file, regrouped) == by_shots(PHOTOS, 1, 0)


def test_the_note_is_not_part_of_what_is_compared(tmp_path: Path):
    split = folds(PHOTOS, 5, 0)
    write_split(split, tmp_path / "split.csv")
    assert split.note
    assert read_split(tmp_path / "split.csv", PHOTOS) == split


@pytest.mark.parametrize(
    ("photos", "found"),
    [
        ([*PHOTOS, photo("new.jpg"), photo("newer.jpg")],
         r"every photo in .*split\.csv; found none of 'new\.jpg' and 1 more"),
        (PHOTOS[:2], r"only known photos in .*split\.csv; found also 'A/3\\n\.jpg'\."),
        ([PHOTOS[0], PHOTOS[1], replace(PHOTOS[2], label="B")],
         r"present classes in .*split\.csv; found another for 'A/3\\n\.jpg'\."),
    ],
)  # fmt: skip
def test_other_photos_are_refused_by_name(file: Path, photos: list[Photo], found: str):
    with pytest.raises(UsageError, match=found):
        read_split(file, photos)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("path,label,group\na,A,a\n", "with the columns path, label, group, part; found .*csv"),
        ("path,label,group,part\na,A\n", "with the columns path, label, group, part"),
        ("", "with the columns path, label, group, part"),
        ("path,label,group,part\na,A,a,train\na,A,a,test\n", "each photo once .* twice 'a'"),
        ("path,label,group,part\na,A,a,train\nb,A,b,2\n", "found '2', 'train'"),
        ("path,label,group,part\na,A,a,0\n", "or numbers of folds, in .* found '0'"),
        ("path,label,group,part\na,A,a,²\n", "found '²'"),
    ],
)
def test_files_that_are_no_split(tmp_path: Path, text: str, found: str):
    (tmp_path / "split.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=found):
        read_split(tmp_path / "split.csv", [photo("a", "A"), photo("b", "A")])


def test_no_file(tmp_path: Path):
    with pytest.raises(UsageError, match=r"a split file; found .*split\.csv: .*No such file"):
        read_split(tmp_path / "split.csv", [])

"""Pictures without a list: unnamed, or a folder for each person."""

from pathlib import Path

import pytest

from crop_worlds import plain_world, soccernet_world
from touchline.errors import UsageError
from touchline.reid.crops import Crop
from touchline.reid.reading.plain_folders import crops_in
from touchline.reid.reading.reading import read_crops


def test_all_pictures_in_order(tmp_path: Path) -> None:
    gallery = plain_world(tmp_path, people=2) / "gallery"
    (gallery / "more").mkdir()
    (gallery / "more/broken.JPG").write_bytes(b"no picture")  # found out when it is decoded
    crops, faults = crops_in(gallery)
    names = ["000-0.png", "000-1.png", "001-0.png", "001-1.png", "more/broken.JPG"]
    assert crops == tuple(Crop(gallery / name, number) for number, name in enumerate(names))
    assert faults == ()


def test_names_of_soccernet_tell_actions_and_people(tmp_path: Path) -> None:
    place = soccernet_world(tmp_path, ("valid",)) / "valid/query"
    crops, _ = crops_in(place)
    assert [crop.number for crop in crops] == list(range(9))
    for crop in crops:
        assert crop.path.name.split("-")[1:4] == [crop.action, crop.identity, crop.camera]
    (place / "other.png").touch()
    assert {(crop.action, crop.identity) for crop in crops_in(place)[0]} == {("", "")}


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    crops, (fault,) = crops_in(tmp_path)
    assert crops == ()
    assert str(fault) == f"{tmp_path}: holds no pictures"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"folder of crops that can be read; found .*No such file"):
        crops_in(tmp_path / "none")


@pytest.mark.parametrize("base", ["", "train"])
def test_a_folder_for_each_person(tmp_path: Path, base: str) -> None:
    for name in ("Kim/1.jpg", "Kim/far/2.png", "Lee/1.jpg", "Lee/notes.txt"):
        (tmp_path / base / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / base / name).touch()
    found = read_crops(tmp_path)
    assert [crop.identity for crop in found.train] == ["Kim", "Kim", "Lee"]
    assert [crop.number for crop in found.train] == [0, 1, 2]
    assert found.galleries == {}
    assert found.faults == ()
    (tmp_path / base / "loose.jpg").touch()
    (fault,) = read_crops(tmp_path).faults
    assert fault.reason == "lies outside any person's folder; left out"


def test_other_splits_of_people_are_not_read(tmp_path: Path) -> None:
    for name in ("train/Kim/1.jpg", "train/Lee/1.jpg", "test/Kim/2.jpg"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    found = read_crops(tmp_path)
    assert len(found.train) == 2
    (fault,) = found.faults
    assert fault.path == tmp_path / "test"
    assert fault.reason.startswith("is not read; a CSV with split and kind says")

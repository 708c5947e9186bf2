"""SoccerNet's folders: counts, numbers, and what breaks them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from crop_worlds import soccernet_name, soccernet_world
from touchline.errors import UsageError
from touchline.reid.crops import Crop
from touchline.reid.reading.reading import read_crops

# 3 actions of 4 people in 3 frames; the fourth is seen in the first frame only.
TRAIN, QUERIES, GALLERY = 3 * (3 * 3 + 1), 3 * 3, 3 * (3 * 2 + 1)


@pytest.fixture
def world(tmp_path: Path) -> Path:
    return soccernet_world(tmp_path)


def change(path: Path, *keys: str, **fields: Any) -> None:
    """Write other values over those of one entry."""
    content = json.loads(path.read_text())
    entry = content
    for key in keys:
        entry = entry[key]
    entry.update(fields)
    path.write_text(json.dumps(content))


def numbers(crops: tuple[Crop, ...]) -> list[int]:
    return [crop.number for crop in crops]


def names(crops: tuple[Crop, ...]) -> list[str]:
    return [crop.path.name for crop in crops]


def test_all_splits(tmp_path: Path) -> None:
    found = read_crops(soccernet_world(tmp_path, ("train", "valid", "test", "challenge")))
    assert found.faults == ()
    assert numbers(found.train) == list(range(TRAIN))
    assert list(found.galleries) == ["valid", "test", "challenge"]
    for gallery in found.galleries.values():
        assert numbers(gallery.queries) == list(range(QUERIES))
        assert numbers(gallery.gallery) == list(range(GALLERY))
        # The place in the list is the bbox_idx that the file name begins with.
        for crop in (*gallery.queries, *gallery.gallery):
            assert crop.path.is_file()
            assert crop.path.name.partition("-")[0] == str(crop.number)
    assert {split: gallery.named for split, gallery in found.galleries.items()} == {
        "valid": True, "test": True, "challenge": False,
    }  # fmt: skip


def test_what_is_told_of_a_crop(world: Path) -> None:
    query = read_crops(world).galleries["valid"].queries[4]
    assert (query.identity, query.action, query.camera) == ("17", "1", "3")
    assert (query.role, query.match) == ("Player_team_left", "england_epl/2026/valid-game-0")


@pytest.mark.parametrize("split", ["valid", "test"])
def test_one_split_alone_is_called_by_its_folder(world: Path, split: str) -> None:
    found = read_crops(world / split)
    assert list(found.galleries) == [split]
    assert found.train == ()


def test_a_split_of_another_name_is_test(world: Path) -> None:
    shutil.move(world / "valid", world / "mine")
    assert list(read_crops(world / "mine").galleries) == ["test"]


def test_train_alone(world: Path) -> None:
    assert read_crops(world / "train").train == read_crops(world).train


def test_file_names_alone_say_the_same(world: Path) -> None:
    before = read_crops(world)
    for path in world.glob("*/*.json"):
        path.unlink()
    assert read_crops(world) == before
    assert read_crops(world / "train").train == before.train


def test_the_list_of_test_as_its_readme_calls_it(world: Path) -> None:
    before = read_crops(world)
    (world / "test/bbox_info.json").rename(world / "test/test_bbox_info.json")
    change(world / "test/test_bbox_info.json", "query", "0", person_uid=1000)
    after = read_crops(world)
    assert after.galleries["valid"] == before.galleries["valid"]
    assert after.galleries["test"].queries[0].identity == "1000"  # so it was read


def test_strays_and_pictures_elsewhere_are_no_harm(world: Path) -> None:
    before = read_crops(world)
    (world / "valid/gallery/Thumbs.db").touch()
    (world / "valid/gallery/.hidden-1-2x3.png").touch()
    moved = before.galleries["valid"].gallery[0].path
    moved.rename(world / "valid/gallery" / f"{moved.stem}.jpg")
    after = read_crops(world)
    assert after.faults == ()
    assert after.galleries["valid"].gallery[1:] == before.galleries["valid"].gallery[1:]
    assert after.galleries["valid"].gallery[0].path.parent == world / "valid/gallery"


def test_a_picture_in_no_list_is_left_out(world: Path) -> None:
    extra = world / "valid/gallery" / f"{GALLERY}-0-5x5.png"
    extra.touch()
    found = read_crops(world)
    assert [str(fault) for fault in found.faults] == [
        f"{extra}: is in no entry of bbox_info.json that can be used; left out"
    ]
    assert len(found.galleries["valid"].gallery) == GALLERY


def test_a_picture_without_such_a_name_is_left_out(world: Path) -> None:
    (world / "valid/gallery/me.png").touch()
    (fault,) = read_crops(world).faults
    assert "its name has 1 fields between '-', not 8" in fault.reason


def test_the_list_counts_where_a_name_disagrees(world: Path) -> None:
    change(world / "valid/bbox_info.json", "query", "0", height=99)
    found = read_crops(world)
    (fault,) = found.faults
    assert fault.path == found.galleries["valid"].queries[0].path
    assert fault.reason.startswith("its name says height ")
    assert fault.reason.endswith(", bbox_info.json 99, which counts")
    assert len(found.galleries["valid"].queries) == QUERIES


@pytest.mark.parametrize("kind", ["query", "gallery"])
def test_a_missing_file_is_refused(world: Path, kind: str) -> None:
    next((world / "valid" / kind).rglob("2-*.png")).unlink()
    with pytest.raises(
        UsageError, match=rf"found .*{kind}, {kind} 2: there is no file england_epl"
    ):
        read_crops(world)


def test_a_missing_training_file_is_left_out(world: Path) -> None:
    next((world / "train").rglob("2-*.png")).unlink()
    found = read_crops(world)
    (fault,) = found.faults
    assert fault.place == "train 2"
    assert fault.reason.startswith("there is no file england_epl/2026/train-game-0/0/2-0-2-0-")
    assert fault.reason.endswith(".png; left out")
    assert numbers(found.train) == list(range(TRAIN - 1))


def test_a_broken_entry_of_a_gallery_is_refused(world: Path) -> None:
    change(world / "valid/bbox_info.json", "gallery", "5", person_uid="x")
    with pytest.raises(
        UsageError, match=r"gallery 5: person_uid 'x' is not a whole number from 0\."
    ):
        read_crops(world)


def test_a_broken_entry_of_train_is_left_out(world: Path) -> None:
    change(world / "train/train_bbox_info.json", "5", relative_path="../..")
    found = read_crops(world)
    assert [fault.reason for fault in found.faults] == [
        "relative_path '../..' leads out of the data; left out",
        "is in no entry of bbox_info.json that can be used; left out",
    ]
    assert len(found.train) == TRAIN - 1


def test_a_gap_in_the_numbers_is_refused(world: Path) -> None:
    (world / "valid/bbox_info.json").unlink()
    next((world / "valid/gallery").rglob("3-*.png")).rename(world / "valid/gallery/3-x.png")
    with pytest.raises(UsageError, match=r"no number 3 in .*gallery \(.*3-x.png: its name has 2"):
        read_crops(world)


def test_a_gap_in_the_list_is_refused(world: Path) -> None:
    path = world / "valid/bbox_info.json"
    content = json.loads(path.read_text())
    del content["gallery"]["3"]
    path.write_text(json.dumps(content))
    with pytest.raises(UsageError, match="gallery crops numbered from 0 without a gap; found no"):
        read_crops(world)


def test_a_gap_in_train_is_told(world: Path) -> None:
    path = world / "train/train_bbox_info.json"
    content = json.loads(path.read_text())
    next((world / "train").rglob("3-*.png")).unlink()
    del content["3"]
    path.write_text(json.dumps(content))
    found = read_crops(world)
    (fault,) = found.faults
    assert fault.reason == f"{TRAIN - 1} crops are numbered up to {TRAIN - 1}; numbered anew"
    assert numbers(found.train) == list(range(TRAIN - 1))


@pytest.mark.parametrize("split", ["train", "valid"])
def test_two_pictures_of_one_number(world: Path, split: str) -> None:
    next((world / split).glob("*.json")).unlink()
    place = world / "train" if split == "train" else world / "valid/query"
    box = {"bbox_idx": 1, "action_idx": 0, "person_uid": 1, "frame_idx": 0, "clazz": "Staff",
           "id": "1", "UAI": "z", "height": 5, "width": 5}  # fmt: skip
    (place / soccernet_name(box)).touch()
    if split == "valid":
        with pytest.raises(UsageError, match=r"has the number 1 of .*1-0-1-0-Staff-1-z-5x5.png"):
            read_crops(world)
    else:
        (fault,) = read_crops(world).faults
        assert fault.reason == "has the number 1 of 1-0-1-0-Staff-1-z-5x5.png; left out"


def test_an_empty_split_is_named_and_not_used(world: Path) -> None:
    shutil.rmtree(world / "test/gallery")
    (world / "test/gallery").mkdir()
    (world / "test/bbox_info.json").unlink()
    shutil.rmtree(world / "train/england_epl")
    (world / "train/train_bbox_info.json").write_text("{}")
    found = read_crops(world)
    assert list(found.galleries) == ["valid"]
    assert {str(fault) for fault in found.faults} == {
        f"{world / 'test'}: its gallery holds no crops; not used as test",
        f"{world / 'train'}: holds no crops; not used as train",
    }


def test_nothing_but_empty_splits_is_refused(tmp_path: Path) -> None:
    for name in ("query", "gallery"):
        (tmp_path / "valid" / name).mkdir(parents=True)
    with pytest.raises(UsageError, match=r"none that can be used in .* query holds no crops"):
        read_crops(tmp_path)


def test_the_list_of_another_split_is_refused(world: Path) -> None:
    shutil.copy(world / "valid/bbox_info.json", world / "train/bbox_info.json")
    with pytest.raises(UsageError, match="list of a train split; found one of query and gallery"):
        read_crops(world)


def test_a_list_that_breaks_off_is_refused(world: Path) -> None:
    path = world / "valid/bbox_info.json"
    path.write_text(path.read_text()[:-5])
    with pytest.raises(UsageError, match=r"no valid JSON .* the file names say the same"):
        read_crops(world)

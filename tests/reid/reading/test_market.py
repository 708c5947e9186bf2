"""Market-1501's layout: junk, distractors, strays."""

import re
import shutil
from pathlib import Path

import pytest

from crop_worlds import market_world
from touchline.errors import UsageError
from touchline.reid.crops import NOBODY
from touchline.reid.reading.market import parse_name
from touchline.reid.reading.reading import read_crops


@pytest.fixture
def world(tmp_path: Path) -> Path:
    return market_world(tmp_path, identities=4)


def test_train_and_test(world: Path) -> None:
    found = read_crops(world)
    assert found.faults == ()
    assert len(found.train) == 4 * 4
    gallery = found.galleries["test"]
    assert len(gallery.queries) == 4 * 2
    assert len(gallery.gallery) == 4 * 2 + 3  # the distractors, but not the junk
    assert [crop.identity for crop in gallery.gallery[:3]] == [NOBODY] * 3
    for crops in (found.train, gallery.queries, gallery.gallery):
        assert [crop.number for crop in crops] == list(range(len(crops)))
        assert all(crop.path.is_file() for crop in crops)
    assert {(crop.action, crop.match, crop.role) for crop in found.train} == {("", "", "")}
    assert {crop.camera for crop in gallery.queries} == {"c1", "c2"}
    assert {crop.identity for crop in gallery.queries} == {"0005", "0006", "0007", "0008"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("-1_c6s4_002352_01.jpg", ("-1", "c6")),
        ("0000_c6s4_002352_01.jpg", ("", "c6")),
        ("0017_c12_f0046182.jpg", ("0017", "c12")),  # DukeMTMC
    ],
)
def test_names(name: str, expected: tuple[str, str]) -> None:
    assert parse_name(name) == expected


def test_a_name_that_tells_nothing_is_left_out(world: Path) -> None:
    (world / "query/me.jpg").touch()
    (fault,) = read_crops(world).faults
    assert fault.path == world / "query/me.jpg"
    assert re.fullmatch("its name does not begin with an identity and .*; left out", fault.reason)


def test_a_query_seen_by_its_own_camera_only_is_told(world: Path) -> None:
    (world / "bounding_box_test/0005_c2s1_000003_00.jpg").unlink()
    (fault,) = read_crops(world).faults
    assert fault.path.name == "0005_c1s1_000000_00.jpg"
    assert fault.reason == ("the gallery has 0005 from its own camera only; it cannot be scored")


def test_queries_without_a_gallery_are_not_used(world: Path) -> None:
    shutil.rmtree(world / "bounding_box_test")
    found = read_crops(world)
    assert found.galleries == {}
    assert len(found.train) == 16
    (fault,) = found.faults
    assert fault.reason == "query and bounding_box_test need each other; not used as test"


def test_an_empty_folder_is_told(world: Path) -> None:
    shutil.rmtree(world / "bounding_box_train")
    (world / "bounding_box_train").mkdir()
    (fault,) = read_crops(world).faults
    assert str(fault) == f"{world / 'bounding_box_train'}: holds no crops"


def test_nothing_but_empty_folders_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bounding_box_train").mkdir()
    with pytest.raises(
        UsageError, match=r"none that can be used in .*bounding_box_train: holds no"
    ):
        read_crops(tmp_path)

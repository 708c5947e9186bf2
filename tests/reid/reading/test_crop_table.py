"""Tables of crops: columns in any order, and each kind of broken row or header with its message."""

from pathlib import Path

import pytest

from crop_worlds import table_world
from touchline.errors import UsageError
from touchline.reid.crops import NOBODY, Crop, CropData
from touchline.reid.reading.reading import read_crops

ALL_COLUMNS = "path,identity,camera,action,role,match,split,kind"


def read(folder: Path, text: str) -> CropData:
    for name in ("a.png", "b.png", "c.jpg", "note.txt"):
        (folder / name).touch()
    path = folder / "crops.csv"
    path.write_text(text, encoding="utf-8")
    return read_crops(path)


@pytest.mark.parametrize("actions", [0, 2])
def test_all_columns(tmp_path: Path, actions: int) -> None:
    found = read_crops(table_world(tmp_path, identities=6, actions=actions))
    assert found.faults == ()
    assert len(found.train) == 9
    gallery = found.galleries["valid"]
    assert gallery.queries[1] == Crop(
        tmp_path / "crops/4-0.png", 1, "person 4", "valid-0" if actions else "", "c0",
        "Player_team_right", "match valid",
    )  # fmt: skip
    assert [crop.number for crop in gallery.gallery] == list(range(6))


def test_a_folder_with_one_table_is_that_table(tmp_path: Path) -> None:
    table = table_world(tmp_path)
    (tmp_path / "other.csv").write_text("colour\nred\n")
    assert read_crops(tmp_path) == read_crops(table)
    (tmp_path / "second.csv").write_text("path,identity\n")
    with pytest.raises(UsageError, match="found 2 tables of crops in"):
        read_crops(tmp_path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_in_any_order_and_case(tmp_path: Path, delimiter: str) -> None:
    lines = [["Identity", "PATH", "Camera"], ["x", " a.png ", "1"], [], ["", "./b.png", ""]]
    found = read(tmp_path, "\ufeff" + "\n".join(delimiter.join(line) for line in lines))
    assert found == CropData(
        (Crop(tmp_path / "a.png", 0, "x", camera="1"), Crop(tmp_path / "b.png", 1, NOBODY)), {}
    )


def test_paths_elsewhere_and_of_another_system(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/x.png").touch()
    text = f"path,identity\ninner\\x.png,1\n{tmp_path}/a.png,2\ninner/../b.png,3\n"
    paths = [crop.path for crop in read(tmp_path, text).train]
    assert paths == [tmp_path / "inner/x.png", tmp_path / "a.png", tmp_path / "b.png"]


def test_a_kind_without_a_split_is_of_test(tmp_path: Path) -> None:
    found = read(tmp_path, "path,identity,kind\na.png,1,query\nb.png,1,gallery\nc.jpg,1,\n")
    assert [crop.path.name for crop in found.train] == ["c.jpg"]
    assert found.galleries["test"].named
    assert found.galleries["test"].describe() == "1 queries, 1 gallery crops"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",1,,A", "names no file"),
        ("x.png,1,,A", "there is no file x.png"),
        ("no/such/folder.png,1,,A", "there is no file no/such/folder.png"),
        ("note.txt,1,,A", "note.txt is not an image"),
        ("b.png,1", "has no action, though others have"),
        ("b.png,1,,A,,,later", "split 'later' is none of train, valid, val, validation, test, "),
        ("b.png,1,,A,,,val", "kind '' is neither query nor gallery"),
        ("b.png,1,,A,,,test,both", "kind 'both' is neither query nor gallery"),
        ("b.png,1,,A,,,train,query", "kind 'query' is for other splits than train"),
        ("b.png,1,,A,,,,,x", "has more cells than the first line"),
        ("./a.png,2,,A", "lists the file of line 2 again"),
    ],
)
def test_a_broken_row_is_named_and_left_out(tmp_path: Path, row: str, reason: str) -> None:
    found = read(tmp_path, f"{ALL_COLUMNS}\na.png,1,,A\n{row}\nc.jpg,1,,A\n")
    assert [(crop.number, crop.path.name) for crop in found.train] == [(0, "a.png"), (1, "c.jpg")]
    (fault,) = found.faults
    assert fault.place == "line 3"
    assert fault.reason.startswith(reason)
    assert fault.reason.endswith("; left out")


def test_queries_without_a_gallery_are_not_used(tmp_path: Path) -> None:
    found = read(tmp_path, f"{ALL_COLUMNS}\na.png,1\nb.png,1,,,,,val,query\n")
    assert found.galleries == {}
    (fault,) = found.faults
    assert (fault.place, fault.reason) == (
        "valid", "has no row of kind gallery; the split is not used",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no path in the first line of"),
        ("path,name\na.png,1\n", "no identity in the first line of"),
        ("path,identity,camara\n", "found 'camara' in .* nearest known one is 'camera'"),
        ("path,identity,path\n", "found 'path' twice in"),
        ('path,identity\na.png,"1\n', "breaks off in line 2"),
        ("path,identity\n", "none that can be used in"),
        ("path,identity\nx.png,1\n", r"none that can be used in .* \(.*there is no file x.png"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(tmp_path, text)


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    (tmp_path / "crops.csv").write_bytes("path,identity\nä.png,1\n".encode("latin-1"))
    with pytest.raises(UsageError, match="a CSV file in UTF-8"):
        read_crops(tmp_path / "crops.csv")

import os
from pathlib import Path

from catalog_worlds import rows, write
from touchline.archive.catalog.indexing.crops import AddedCrops, CropRow, add_crops
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import crops, roots


def told(added: AddedCrops) -> tuple[int, int, int, int]:
    return added.added, added.changed, added.unchanged, added.gone


def test_crops_are_added_changed_and_gone(catalog: Catalog, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", one="1", two="2")
    said = [
        CropRow(folder / "one.jpg", "goal", "query", "7"),
        CropRow(folder / "two.jpg", "goal", "gallery"),
    ]
    assert told(add_crops(catalog, said)) == (2, 0, 0, 0)
    one, two = rows(catalog, crops)
    assert (one.path, one.action, one.role) == (
        str((folder / "one.jpg").resolve()),
        "goal",
        "query",
    )
    assert (one.identity, two.identity, two.state) == ("7", "", "present")
    assert [row.path for row in rows(catalog, roots)] == [str(folder.resolve())]
    assert told(add_crops(catalog, said)) == (0, 0, 2, 0)
    said[1] = CropRow(folder / "two.jpg", "goal", "gallery", "9")
    assert told(add_crops(catalog, said)) == (0, 1, 1, 0)
    assert [(row.id, row.identity) for row in rows(catalog, crops)] == [
        (one.id, "7"),
        (two.id, "9"),
    ]
    (folder / "two.jpg").unlink()
    assert told(add_crops(catalog, said)) == (0, 0, 1, 1)
    assert told(add_crops(catalog, said)) == (0, 0, 2, 0)
    write(folder, two="2")
    assert told(add_crops(catalog, said)) == (0, 1, 1, 0)


def test_crops_without_a_file_or_a_name_are_skipped(catalog: Catalog, tmp_path: Path) -> None:
    names = ["nothing.jpg", os.fsdecode(b"\xff.jpg")]
    added = add_crops(catalog, [CropRow(tmp_path / name) for name in names])
    assert [fault.reason for fault in added.skipped] == [
        "its name is not valid text", "there is no such file",
    ]  # fmt: skip
    assert rows(catalog, crops) == []
    assert told(add_crops(catalog, [])) == (0, 0, 0, 0)


def test_of_two_rows_for_one_crop_the_later_counts(catalog: Catalog, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", one="1")
    said = [CropRow(folder / "one.jpg", identity=name) for name in ("7", "9")]
    assert told(add_crops(catalog, said)) == (1, 0, 0, 0)
    assert rows(catalog, crops)[0].identity == "9"

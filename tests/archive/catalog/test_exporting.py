"""Exports: every column in every form, whole or not at all, and no formulas in spreadsheets."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from catalog_rows import add_photo, add_prediction, add_review, new_catalog
from touchline.archive.catalog import row_files
from touchline.archive.catalog.exporting import (
    PHOTO_COLUMNS,
    REVIEW_COLUMNS,
    export_photos,
    export_reviews,
)
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.row_files import write_rows
from touchline.errors import EnvironmentMissingError, UsageError

ENDINGS = [".csv", ".parquet", ".json"]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    made = new_catalog(tmp_path)
    kick = add_photo(made, "/a/1.jpg", player="=7", taken=86400.0, sha256="one")
    add_prediction(made, kick, "Kick-l", 0.25, run="r", decision="review", reason="unsure")
    undone = add_review(made, kick, "Golf", "bob", at=1.0)
    add_review(made, kick, "", "bob", at=2.0, action="undo", undoes=undone, label_before="Golf")
    add_review(made, kick, "Kick-r", "ann", at=3.5)
    add_photo(made, "/a/2.jpg", sha256="two")
    add_photo(made, "/a/gone.jpg", state="gone")
    yield made
    made.close()


def rows_of(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".json":
        found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    elif path.suffix == ".parquet":
        found = pyarrow.parquet.read_table(path).to_pylist()
    else:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            found = list(csv.DictReader(stream))
    return found


KICK = {
    "path": "/a/1.jpg", "label": "Kick-r", "predicted_label": "Kick-l", "confidence": 0.25,
    "decision": "review", "reason": "unsure", "run": "r", "reviewed_label": "Kick-r",
    "reviewer": "ann", "reviewed_at": "1970-01-01T00:00:03.500000+00:00", "player": "=7",
    "group": "", "burst": "", "taken": "1970-01-02T00:00:00", "width": 640, "height": 480,
    "size": 1000, "state": "present", "sha256": "one",
}  # fmt: skip


@pytest.mark.parametrize("ending", ENDINGS)
def test_photos_in_every_form(catalog: Catalog, tmp_path: Path, ending: str) -> None:
    out = tmp_path / "new" / f"photos{ending}"
    assert export_photos(catalog, "", out) == 2
    first, second = rows_of(out)
    assert tuple(first) == tuple(PHOTO_COLUMNS)
    if ending == ".csv":
        assert first == {name: str(value) for name, value in KICK.items()} | {"player": "'=7"}
        assert (second["confidence"], second["taken"]) == ("", "")
    else:
        assert first == KICK
        assert (second["confidence"], second["taken"]) == (None, "")
    assert list(out.parent.iterdir()) == [out]
    assert export_photos(catalog, "state:gone", out) == 1
    assert [row["path"] for row in rows_of(out)] == ["/a/gone.jpg"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_row_leaves_the_columns(catalog: Catalog, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"none{ending}"
    assert export_photos(catalog, "class:nothing", out) == 0
    assert rows_of(out) == []
    if ending == ".csv":
        assert out.read_text(encoding="utf-8-sig").strip() == ",".join(PHOTO_COLUMNS)
    if ending == ".parquet":
        assert pyarrow.parquet.read_schema(out).names == list(PHOTO_COLUMNS)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_whole_log_of_decisions(catalog: Catalog, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"reviews{ending}"
    assert export_reviews(catalog, out) == 3
    rows = rows_of(out)
    assert tuple(rows[0]) == tuple(REVIEW_COLUMNS)
    assert [row["action"] for row in rows] == ["change", "undo", "change"]
    assert [row["label_after"] for row in rows] == ["Golf", "", "Kick-r"]
    assert str(rows[1]["undoes"]) == str(rows[0]["number"])
    assert {(row["path"], row["predicted_label"], row["run"]) for row in rows} == {
        ("/a/1.jpg", "Kick-l", "r")
    }
    assert rows[2]["at"] == "1970-01-01T00:00:03.500000+00:00"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_is_no_formula(tmp_path: Path, start: str) -> None:
    rows = [{"text": f"{start}1+1", "number": -1.5}, {"text": "a=1", "number": None}]
    write_rows(rows, {"text": str, "number": float}, tmp_path / "a.csv")
    found = rows_of(tmp_path / "a.csv")
    assert found == [{"text": f"'{start}1+1", "number": "-1.5"}, {"text": "a=1", "number": ""}]
    write_rows(rows, {"text": str, "number": float}, tmp_path / "a.json")
    assert rows_of(tmp_path / "a.json") == rows


@pytest.mark.parametrize("ending", ENDINGS)
def test_many_rows_are_streamed(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_files, "ROWS_A_BLOCK", 3)
    out = tmp_path / f"a{ending}"
    assert write_rows(({"n": n} for n in range(10)), {"n": int}, out) == 10
    assert [int(row["n"]) for row in rows_of(out)] == list(range(10))


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_fails_half_way_leaves_the_old_file(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"a{ending}"
    out.write_text("old", encoding="utf-8")

    def failing() -> Iterator[dict[str, int]]:
        yield {"n": 1}
        raise OSError(28, "No space left on device")

    with pytest.raises(EnvironmentMissingError, match=r"room to write .*; found no space left on"):
        write_rows(failing(), {"n": int}, out)
    assert out.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [out]


def test_names_that_cannot_be_an_export(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ending in one of .csv, .parquet, .json; found .*a.xlsx"):
        export_photos(catalog, "", tmp_path / "a.xlsx")
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(UsageError, match=r"found the folder .*b\.csv"):
        export_reviews(catalog, tmp_path / "b.csv")
    (tmp_path / "file").touch()
    with pytest.raises(EnvironmentMissingError, match="room to write"):
        export_photos(catalog, "", tmp_path / "file" / "a.csv")

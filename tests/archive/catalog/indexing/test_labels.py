import json
from dataclasses import replace
from pathlib import Path

import pytest

from catalog_worlds import Reader, review, row_at, rows, write
from touchline.archive.catalog.indexing.labels import Added, add_predictions
from touchline.archive.catalog.indexing.photo_files import index_photos
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import predictions, runs
from touchline.archive.label_files import write_labels
from touchline.archive.labels import Label, LabelledPhoto
from touchline.errors import UsageError
from touchline.files import sha256_of_file


@pytest.fixture
def folder(catalog: Catalog, tmp_path: Path) -> Path:
    """Three photos in the catalog; the third has the content of the first."""
    folder = write(tmp_path / "in", one="1", two="2", copy="1")
    index_photos(catalog, folder, Reader())
    return folder


def labelled(path: Path | str, label: str = "a", run: str = "run", **more: object) -> LabelledPhoto:
    hashed = sha256_of_file(Path(path)) if Path(path).is_file() else ""
    labels = (Label(label, 0.75), Label("other", 0.25))
    photo = LabelledPhoto(str(path), hashed, labels, "accept", distance=0.5, run=run)
    return replace(photo, **more)  # type: ignore[arg-type]


def add(catalog: Catalog, folder: Path, *photos: LabelledPhoto, form: str = ".jsonl") -> Added:
    file = folder.parent / f"labels{form}"
    write_labels(photos, file)
    return add_predictions(catalog, file)


def told(added: Added) -> tuple[int, int, int]:
    return added.added, added.replaced, added.unchanged


@pytest.mark.parametrize("form", [".jsonl", ".csv", ".parquet"])
def test_predictions_are_added_to_their_photos(catalog: Catalog, folder: Path, form: str) -> None:
    photo = labelled(
        folder / "one.jpg", mirror_agrees=True, reason="so", out_of_scope=True, set_size=2
    )
    other = labelled(folder / "two.jpg", distance=float("nan"))
    added = add(catalog, folder, photo, other, form=form)
    assert (told(added), added.unreadable, added.skipped) == ((2, 0, 0), 0, ())
    one, two = rows(catalog, predictions)
    assert (one.label, one.confidence, one.labels) == ("a", 0.75, ["a", "other"])
    assert (one.confidences, one.decision, one.reason) == ([0.75, 0.25], "accept", "so")
    assert (one.distance, one.out_of_scope, one.mirror_agrees) == (0.5, True, True)
    assert (two.distance, two.mirror_agrees, two.queue_place) == (None, None, None)
    assert (one.set_size, two.set_size) == (2, 0)
    assert row_at(catalog, folder / "one.jpg").prediction_id == one.id
    (run,) = rows(catalog, runs)
    assert (run.task, run.name, run.folder, added.runs) == ("photos", "run", "", (run.id,))


def test_the_same_file_twice_changes_nothing(catalog: Catalog, folder: Path) -> None:
    photos = [labelled(folder / "one.jpg"), labelled(folder / "two.jpg", distance=float("nan"))]
    add(catalog, folder, *photos)
    with catalog.writing() as connection:
        connection.execute(predictions.update().values(queue_place=7))
    before = rows(catalog, predictions), rows(catalog)
    assert told(add(catalog, folder, *photos)) == (0, 0, 2)
    assert (rows(catalog, predictions), rows(catalog)) == before


def test_another_prediction_of_the_run_takes_the_row(catalog: Catalog, folder: Path) -> None:
    add(catalog, folder, labelled(folder / "one.jpg"))
    (old,) = rows(catalog, predictions)
    with catalog.writing() as connection:
        connection.execute(predictions.update().values(queue_place=7))
    decided = review(catalog, row_at(catalog, folder / "one.jpg"), "c")
    assert told(add(catalog, folder, labelled(folder / "one.jpg", "b"))) == (0, 1, 0)
    (new,) = rows(catalog, predictions)
    assert (new.id, new.label, new.queue_place) == (old.id, "b", None)
    assert new.added_at > old.added_at
    assert row_at(catalog, folder / "one.jpg").review_id == decided


def test_the_newest_run_is_what_a_photo_points_at(catalog: Catalog, folder: Path) -> None:
    for run, label in (("first", "a"), ("second", "b")):
        add(catalog, folder, labelled(folder / "one.jpg", label, run))
    assert [row.label for row in rows(catalog, predictions)] == ["a", "b"]
    second = rows(catalog, predictions)[1].id
    assert row_at(catalog, folder / "one.jpg").prediction_id == second
    add(catalog, folder, labelled(folder / "one.jpg", "a", "first"))  # again, so not newer
    assert row_at(catalog, folder / "one.jpg").prediction_id == second
    add(catalog, folder, labelled(folder / "one.jpg", "c", "first"))
    assert row_at(catalog, folder / "one.jpg").prediction_id == second - 1


def test_relative_paths_start_from_the_working_folder(
    catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    added = add(catalog, folder, labelled("two.jpg", sha256=""))
    assert told(added) == (1, 0, 0)
    assert rows(catalog, predictions)[0].sha256 == row_at(catalog, folder / "two.jpg").sha256


def test_photos_are_found_by_content_where_their_path_is_not_known(
    catalog: Catalog, folder: Path
) -> None:
    elsewhere = write(folder.parent / "elsewhere", uno="1")
    assert told(add(catalog, folder, labelled(elsewhere / "uno.jpg"))) == (2, 0, 0)
    ids = {row_at(catalog, folder / f"{name}.jpg").id for name in ("one", "copy")}
    assert {row.photo_id for row in rows(catalog, predictions)} == ids


def test_by_path_a_copy_gets_none_of_its_own(catalog: Catalog, folder: Path) -> None:
    assert told(add(catalog, folder, labelled(folder / "one.jpg"))) == (1, 0, 0)
    assert rows(catalog, predictions)[0].photo_id == row_at(catalog, folder / "one.jpg").id


def test_strangers_changed_and_unreadable_photos_are_told(catalog: Catalog, folder: Path) -> None:
    bad = LabelledPhoto(str(folder / "two.jpg"), "", (), "unreadable", "truncated", run="run")
    changed = labelled(folder / "one.jpg", sha256="ab" * 32)
    stranger = labelled("/nowhere/x.jpg", sha256="cd" * 32)
    odd = labelled("\udcff.jpg", sha256="ef" * 32)
    added = add(catalog, folder, bad, changed, stranger, odd)
    assert (told(added), added.unreadable, added.runs) == ((0, 0, 0), 1, ())
    assert [(fault.place, fault.reason) for fault in added.skipped] == [
        (str(folder / "one.jpg"), "its content changed since it was labelled"),
        ("/nowhere/x.jpg", "not in the catalog"),
        ("\udcff.jpg", "not in the catalog"),
    ]


def test_of_two_rows_for_one_photo_the_later_counts(catalog: Catalog, folder: Path) -> None:
    photos = [labelled(folder / "one.jpg", label) for label in ("a", "b")]
    assert told(add(catalog, folder, *photos)) == (1, 0, 0)
    assert [row.label for row in rows(catalog, predictions)] == ["b"]


def test_what_was_predicted_stands_again_with_the_old_bytes(catalog: Catalog, folder: Path) -> None:
    old = labelled(folder / "one.jpg")
    write(folder, one="edited", copy="edited")
    index_photos(catalog, folder, Reader())
    assert add(catalog, folder, old).skipped
    write(folder, one="1")
    index_photos(catalog, folder, Reader())
    assert told(add(catalog, folder, old)) == (1, 0, 0)
    write(folder, one="edited again")
    index_photos(catalog, folder, Reader())
    assert row_at(catalog, folder / "one.jpg").prediction_id is None
    write(folder, one="1")
    index_photos(catalog, folder, Reader())
    assert row_at(catalog, folder / "one.jpg").prediction_id == rows(catalog, predictions)[0].id


def test_the_folder_of_a_run_is_kept_where_there_is_one(catalog: Catalog, folder: Path) -> None:
    run = folder.parent / "runs/x"
    run.mkdir(parents=True)
    add(catalog, folder, labelled(folder / "one.jpg", run=str(run)))
    add(catalog, folder, labelled(folder / "two.jpg", run="named"))
    file = folder.parent / "labels.jsonl"
    assert [row.folder for row in rows(catalog, runs)] == [str(run.resolve()), ""]
    add_predictions(catalog, file, run)
    assert [row.folder for row in rows(catalog, runs)] == [str(run.resolve())] * 2
    add(catalog, folder, labelled(folder / "two.jpg", run=""))
    assert rows(catalog, runs)[2].name == "labels"


def test_a_file_with_a_row_that_cannot_be_meant_changes_nothing(
    catalog: Catalog, folder: Path
) -> None:
    file = folder.parent / "labels.csv"
    file.write_text(f"path,decision,label\n{folder}/one.jpg,accept,a\n{folder}/two.jpg,no,a\n")
    with pytest.raises(UsageError, match="a decision, one of accept, review, unreadable"):
        add_predictions(catalog, file)
    with pytest.raises(UsageError, match="a file of labels; found nothing at"):
        add_predictions(catalog, folder / "none.csv")
    assert rows(catalog, predictions) == rows(catalog, runs) == []


def test_an_empty_file_adds_nothing(catalog: Catalog, folder: Path) -> None:
    assert told(add(catalog, folder)) == (0, 0, 0)


@pytest.mark.parametrize(
    "values",
    [
        {"label": "\ud800"}, {"label": "a\0b"}, {"reason": ["x"]}, {"run": 5}, {"path": 5},
        {"distance": "far"}, {"mirror_agrees": "maybe"}, {"out_of_scope": [1]}, {"sha256": ["x"]},
    ],
)  # fmt: skip
def test_values_of_another_kind_are_refused_before_anything_is_written(
    catalog: Catalog, folder: Path, values: dict[str, object]
) -> None:
    good = {"path": f"{folder}/one.jpg", "decision": "accept", "label": "a", "confidence": 0.5}
    file = folder.parent / "labels.jsonl"
    file.write_text(f"{json.dumps(good)}\n{json.dumps(good | values)}\n")
    message = r"rows of valid text, of numbers, .*; found something else in the row of .*labels"
    with pytest.raises(UsageError, match=message):
        add_predictions(catalog, file)
    assert rows(catalog, predictions) == []


def test_a_run_may_have_the_longest_of_names(catalog: Catalog, folder: Path) -> None:
    added = add(catalog, folder, labelled(folder / "one.jpg", label="x" * 10_000, run="y" * 5000))
    assert told(added) == (1, 0, 0)
    assert rows(catalog, runs)[0].folder == ""

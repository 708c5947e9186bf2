"""What a model said of photos, from a file of labels into the catalog."""

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from touchline.archive.catalog.indexing.batches import batches
from touchline.archive.catalog.indexing.paths import catalog_path, is_holdable
from touchline.archive.catalog.indexing.photo_rows import PhotoRow, rows_of
from touchline.archive.catalog.indexing.runs import run_of
from touchline.archive.catalog.indexing.standing import point_at_newest_prediction
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import photos, predictions
from touchline.archive.faults import CHANGED
from touchline.archive.label_files import read_labels
from touchline.archive.labels import LabelledPhoto
from touchline.errors import UsageError
from touchline.faults import Fault
from touchline.reporting.progress import track


@dataclass(frozen=True)
class Added:
    """What a file of labels did, in predictions.

    Attributes:
        added: new ones.
        replaced: ones of the same photo and run that are others now.
        unchanged: ones that were there already.
        unreadable: rows of photos that the model could not read.
        skipped: rows whose photo is not in the catalog, or is another by now.
        runs: the ids of the runs that made them.
    """

    added: int
    replaced: int
    unchanged: int
    unreadable: int
    skipped: tuple[Fault, ...]
    runs: tuple[int, ...]


def add_predictions(catalog: Catalog, file: Path, run_folder: Path | None = None) -> Added:
    """Add the predictions of a file to the photos they speak of.

    A photo is found by its path, and where that is not in the catalog, or has other content, by
    its content; then every copy of it gets the prediction. A row without a hash is believed to
    speak of what its path holds now. A prediction that replaces one of the same run keeps that
    one's id, so that reviews still name it, but loses its place in the queue. Adding a file twice
    changes nothing. Nothing is written when any row of the file cannot be understood.

    Args:
        catalog: where the photos are indexed.
        file: see `touchline.archive.label_files.read_labels`; relative paths start from the
            working folder.
        run_folder: of the run that labelled them; None takes the folder that the rows name, if
            there is one.

    Raises:
        UsageError: the file is missing, or a row cannot be understood or held.
        EnvironmentMissingError: the catalog is locked or damaged.
    """
    count = 0
    for count, photo in enumerate(read_labels(file), start=1):  # noqa: B007 - the last is wanted
        _require_holdable(photo, file)
    adding = _Adding(file, run_folder, time.time())
    for batch in batches(track(read_labels(file), "Adding predictions", count)):
        with catalog.writing() as connection:
            adding.take(connection, batch)
    return adding.summary()


class _Adding:
    """One file on its way into the catalog."""

    def __init__(self, file: Path, run_folder: Path | None, now: float) -> None:
        self._file, self._run_folder, self._now = file, run_folder, now
        self._counts = dict.fromkeys(("added", "replaced", "unchanged", "unreadable"), 0)
        self._skipped: list[Fault] = []
        self._runs: dict[str, int] = {}

    def take(self, connection: Connection, batch: Sequence[LabelledPhoto]) -> None:
        """Write some hundred predictions; the later of two for one photo and run counts."""
        readable = [photo for photo in batch if photo.decision != "unreadable" and photo.labels]
        self._counts["unreadable"] += len(batch) - len(readable)
        wanted: dict[tuple[int, int], dict[str, Any]] = {}
        for photo, rows in _matched(connection, readable):
            speaks_of = [row for row in rows if photo.sha256 in ("", row.sha256) and row.sha256]
            if not speaks_of:
                reason = CHANGED if rows else "not in the catalog"
                self._skipped.append(Fault(self._file, photo.path, reason))
                continue
            run_id = self._run_id(connection, photo.run)
            for row in speaks_of:
                wanted[row.id, run_id] = _columns_of(photo, row.sha256)
        self._write(connection, wanted)

    def summary(self) -> Added:
        """What became of all rows."""
        runs = tuple(sorted(set(self._runs.values())))
        return Added(**self._counts, skipped=tuple(self._skipped), runs=runs)

    def _run_id(self, connection: Connection, name: str) -> int:
        if name not in self._runs:
            self._runs[name] = run_of(
                connection, "photos", name or self._file.stem, self._run_folder, self._now
            )
        return self._runs[name]

    def _write(
        self, connection: Connection, wanted: Mapping[tuple[int, int], dict[str, Any]]
    ) -> None:
        held = _held(connection, {photo_id for photo_id, _ in wanted})
        fresh, changes = [], []
        for (photo_id, run_id), values in wanted.items():
            row = held.get((photo_id, run_id))
            if row is None:
                key = {"photo_id": photo_id, "run_id": run_id}
                fresh.append({**key, "added_at": self._now, **values})
            elif any(row[name] != value for name, value in values.items()):
                place = {"queue_place": None, "added_at": self._now}
                changes.append({"row": row["id"], **place, **values})
        if fresh:
            connection.execute(insert(predictions), fresh)
        if changes:
            names = [name for name in changes[0] if name != "row"]
            change = update(predictions).where(predictions.c.id == bindparam("row"))
            connection.execute(change.values({n: bindparam(n) for n in names}), changes)
        if fresh or changes:
            point_at_newest_prediction(connection, {photo_id for photo_id, _ in wanted})
        self._counts["added"] += len(fresh)
        self._counts["replaced"] += len(changes)
        self._counts["unchanged"] += len(wanted) - len(fresh) - len(changes)


def _require_holdable(photo: LabelledPhoto, file: Path) -> None:
    """Raise where a row has values of other kinds than its columns, or text nobody can hold.

    Raises:
        UsageError: it does.
    """
    texts = [photo.sha256, photo.reason, photo.run, *(label.name for label in photo.labels)]
    are_kinds = all(isinstance(text, str) for text in (photo.path, *texts)) and all(
        mark in (True, False, None) for mark in (photo.out_of_scope, photo.mirror_agrees)
    )
    if not (are_kinds and isinstance(photo.distance, float | int) and all(map(is_holdable, texts))):
        raise UsageError(
            "rows of valid text, of numbers, and of true or false",
            f"something else in the row of {photo.path!r} in {file}",
            "Correct that row, or use a file written by `touchline photos predict`.",
        )  # fmt: skip


def _matched(
    connection: Connection, labelled: Iterable[LabelledPhoto]
) -> list[tuple[LabelledPhoto, list[PhotoRow]]]:
    """Each prediction with the rows it may speak of: that of its path, or all of its content."""
    paths = [catalog_path(Path(photo.path).absolute()) for photo in labelled]
    by_path = {
        row.path: row for row in rows_of(connection, photos.c.path, set(filter(None, paths)))
    }
    contents = {photo.sha256 for photo in labelled if photo.sha256}
    by_content: defaultdict[str, list[PhotoRow]] = defaultdict(list)
    for row in rows_of(connection, photos.c.sha256, contents):
        by_content[row.sha256].append(row)
    matched = []
    for photo, path in zip(labelled, paths, strict=True):
        here = [by_path[path]] if path in by_path else []
        is_same = bool(here) and photo.sha256 in ("", here[0].sha256)
        matched.append((photo, here if is_same else by_content[photo.sha256] or here))
    return matched


def _held(connection: Connection, photo_ids: Iterable[int]) -> dict[tuple[int, int], Any]:
    rows = connection.execute(select(predictions).where(predictions.c.photo_id.in_(photo_ids)))
    return {(row["photo_id"], row["run_id"]): row for row in rows.mappings()}


def _columns_of(photo: LabelledPhoto, sha256: str) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "label": photo.label,
        "confidence": photo.confidence,
        "labels": [label.name for label in photo.labels],
        "confidences": [label.confidence for label in photo.labels],
        "set_size": photo.set_size,
        "decision": photo.decision,
        "reason": photo.reason,
        "distance": None if math.isnan(photo.distance) else photo.distance,
        "out_of_scope": photo.out_of_scope,
        "mirror_agrees": photo.mirror_agrees,
    }

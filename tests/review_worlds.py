"""Catalogs under review: photos on the disk, what a model says of them, crops and a video."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import insert, select

from empty_catalogs import empty_catalog
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import (
    photos,
    predictions,
    roots,
    runs,
)
from touchline.archive.review.decisions import Action, Decided, Decision, decide
from touchline.archive.review.undoing import Undone, undo
from touchline.files import sha256_of_bytes

TOKENS = count(1)


def fresh_token() -> str:
    """A token that no other key press of the tests has."""
    return f"key-{next(TOKENS)}"


@dataclass(frozen=True)
class Seen:
    """A photo that a model has seen.

    Attributes:
        decision: the model's, accept or review.
    """

    name: str
    label: str = "kick"
    confidence: float = 0.5
    decision: str = "review"
    burst: str = ""
    labels: Sequence[str] = ("kick", "run", "save")
    set_size: int = 0


@dataclass
class ReviewedArchive:
    """A catalog and the folder of its photos.

    Attributes:
        ids: of the photos, by name.
    """

    catalog: Catalog
    folder: Path
    ids: dict[str, int] = field(default_factory=dict)

    def decide(
        self, reviewer: str, action: Action, *names: str, label: str = "", token: str = "",
        sha256s: tuple[str, ...] = (),
    ) -> Decided:  # fmt: skip
        """A key press on photos by name."""
        photo_ids = tuple(self.ids[name] for name in names)
        return decide(
            self.catalog,
            Decision(token or fresh_token(), photo_ids, action, label, reviewer, sha256s),
        )

    def undo(self, reviewer: str, token: str = "") -> Undone:
        """The undo key."""
        return undo(self.catalog, reviewer, token or fresh_token())

    def column(self, column) -> dict[str, object]:
        """A column of `photos` or of their newest predictions, by name of the photo."""
        joined = select(photos.c.path, column).outerjoin_from(
            photos, predictions, predictions.c.id == photos.c.prediction_id
        )
        with self.catalog.reading() as connection:
            return {Path(path).name: value for path, value in connection.execute(joined)}

    def path(self, name: str) -> Path:
        """A photo's file."""
        return self.folder / name

    def relabel(self, name: str, label: str) -> None:
        """A newer run sees a photo otherwise."""
        with self.catalog.writing() as connection:
            add = insert(runs).values(task="photos", name=f"r{next(TOKENS)}", added_at=time.time())
            (run_id,) = connection.execute(add).inserted_primary_key
            add_predictions(connection, self, run_id, [Seen(name, label)])


def archive_of(where: str | Path, folder: Path, seen: Sequence[Seen]) -> ReviewedArchive:
    """A catalog of photos that lie on the disk, all labelled by the run 1."""
    archive = ReviewedArchive(empty_catalog(where), folder)
    folder.mkdir(parents=True, exist_ok=True)
    with archive.catalog.writing() as connection:
        root = connection.execute(insert(roots).values(path=str(folder)))
        run = insert(runs).values(task="photos", name="poses", added_at=time.time())
        (run_id,) = connection.execute(run).inserted_primary_key
        for photo in seen:
            file = archive.path(photo.name)
            file.write_bytes(content := f"pixels of {photo.name}".encode())
            status = file.stat()
            row = insert(photos).values(
                root_id=root.inserted_primary_key[0], path=str(file), size=status.st_size,
                sha256=sha256_of_bytes(content), changed_ns=status.st_mtime_ns, width=8, height=6,
                burst=photo.burst, state="present", indexed_at=time.time(),
            )  # fmt: skip
            (archive.ids[photo.name],) = connection.execute(row).inserted_primary_key
        add_predictions(connection, archive, run_id, seen)
    return archive


def add_predictions(
    connection, archive: ReviewedArchive, run_id: int, seen: Sequence[Seen]
) -> None:
    """What a run says of photos; it is the newest then."""
    for photo in seen:
        photo_id = archive.ids[photo.name]
        rest = [each for each in photo.labels if each != photo.label]
        row = insert(predictions).values(
            photo_id=photo_id, run_id=run_id, label=photo.label, confidence=photo.confidence,
            sha256=sha256_of_bytes(archive.path(photo.name).read_bytes()),
            labels=[photo.label, *rest], confidences=[photo.confidence, *(0.1 for _ in rest)],
            set_size=photo.set_size,
            decision=photo.decision, reason="in doubt" if photo.decision == "review" else "",
            added_at=time.time(),
        )  # fmt: skip
        (prediction_id,) = connection.execute(row).inserted_primary_key
        newest = photos.update().where(photos.c.id == photo_id).values(prediction_id=prediction_id)
        connection.execute(newest)

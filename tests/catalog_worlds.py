"""Small catalogs and folders of made-up photos, whose content is only text."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, insert, select

from touchline.archive.catalog.indexing.photo_rows import Measured
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import photos, predictions, reviews, runs
from touchline.files import sha256_of_bytes


@dataclass
class Reader:
    """A measure that takes any bytes for a photo but those that begin with `bad`.

    Attributes:
        read: the names of the files that it was asked for, in order.
    """

    read: list[str] = field(default_factory=list)

    def __call__(self, paths: Sequence[Path]) -> Iterator[tuple[Path, Measured | str]]:
        for path in paths:
            self.read.append(path.name)
            try:
                state, content = path.stat(), path.read_bytes()
            except OSError as error:
                yield path, str(error.strerror)
                continue
            hashed = sha256_of_bytes(content)
            file = Measured(hashed, state.st_size, state.st_mtime_ns, 4, 3, None)
            yield path, "no image\n" if content.startswith(b"bad") else file


def write(folder: Path, **contents: str) -> Path:
    """Files `NAME.jpg` with these contents."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / f"{name}.jpg").write_text(content)
    return folder


def rows(catalog: Catalog, table: Table = photos) -> list[Any]:
    """All rows of a table, in order of their ids."""
    with catalog.reading() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def row_at(catalog: Catalog, path: Path) -> Any:
    """The photo at a path; the path is resolved."""
    with catalog.reading() as connection:
        return connection.execute(select(photos).where(photos.c.path == str(path.resolve()))).one()


def count(catalog: Catalog, table: Table) -> int:
    """How many rows a table has."""
    with catalog.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def predict(catalog: Catalog, photo: Any, label: str, at: float = 1.0, run: str = "run") -> int:
    """Add a prediction for a photo as it is, and let the photo point at it."""
    with catalog.writing() as connection:
        run_id = connection.execute(select(runs.c.id).where(runs.c.name == run)).scalar()
        if run_id is None:
            values = {"task": "photos", "name": run, "added_at": 0.0}
            made = connection.execute(insert(runs).values(values).returning(runs.c.id))
            run_id = made.scalar_one()
        values = {
            "photo_id": photo.id, "run_id": run_id, "sha256": photo.sha256, "label": label,
            "confidence": 0.5, "labels": [label], "confidences": [0.5], "decision": "review",
            "added_at": at,
        }  # fmt: skip
        made = connection.execute(insert(predictions).values(values).returning(predictions.c.id))
        prediction_id = int(made.scalar_one())
        change = photos.update().where(photos.c.id == photo.id)
        connection.execute(change.values(prediction_id=prediction_id))
        return prediction_id


def review(
    catalog: Catalog, photo: Any, label: str, action: str = "change", undoes: int | None = None
) -> int:
    """Add a review of a photo as it is, and let it stand unless it is a skip or an undo."""
    with catalog.writing() as connection:
        token = f"{connection.execute(select(func.count()).select_from(reviews)).scalar_one()}"
        values = {
            "token": token, "photo_id": photo.id, "reviewer": "me", "at": 1.0, "action": action,
            "label_before": "", "label_after": label, "undoes": undoes, "sha256": photo.sha256,
        }  # fmt: skip
        made = connection.execute(insert(reviews).values(values).returning(reviews.c.id))
        review_id = int(made.scalar_one())
        if action in ("accept", "change"):
            change = photos.update().where(photos.c.id == photo.id)
            connection.execute(change.values(review_id=review_id))
        return review_id


def program(code: str, *words: str) -> "subprocess.Popen[str]":
    """A Python process of its own that runs `code` with these words in `sys.argv`."""
    opening = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    return subprocess.Popen(
        [sys.executable, "-c", opening + code, *words],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip

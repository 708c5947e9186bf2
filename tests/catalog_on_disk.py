"""A small catalog of drawn photos with what a model said of them, for tests of pages."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import insert, update

from empty_catalogs import empty_catalog
from pictures import as_jpeg, picture, save
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import PRESENT, photos, predictions, roots, runs

CLASSES = ("Dribble-l", "Kick-l", "Kick-r", "Stand")


@dataclass(frozen=True)
class Doubtful:
    """A photo that the model asks a person about.

    Attributes:
        name: of its file.
        label: the model's.
        confidence: of that label.
        burst: it was taken in; empty for none.
    """

    name: str
    label: str = "Kick-l"
    confidence: float = 0.5
    burst: str = ""


def catalog_with(where: str | Path, folder: Path, doubtful: Sequence[Doubtful]) -> Catalog:
    """A new catalog of drawn photos in `folder`; they are looked at in the order given."""
    catalog = empty_catalog(where)
    now = time.time()
    with catalog.writing() as connection:
        (root,) = connection.execute(
            insert(roots).values(path=str(folder), indexed_at=now).returning(roots.c.id)
        ).scalars()
        (run,) = connection.execute(
            insert(runs)
            .values(task="photos", name="tiny", folder="", added_at=now)
            .returning(runs.c.id)
        ).scalars()
        for place, photo in enumerate(doubtful):
            file = save(as_jpeg(picture(place)), folder / photo.name)
            content, found = file.read_bytes(), file.stat()
            (photo_id,) = connection.execute(
                insert(photos)
                .values(
                    root_id=root, path=str(file), sha256=sha256(content).hexdigest(),
                    size=found.st_size, changed_ns=found.st_mtime_ns, width=200, height=150,
                    burst=photo.burst, state=PRESENT, indexed_at=now,
                )
                .returning(photos.c.id)
            ).scalars()  # fmt: skip
            labels = [photo.label, *(name for name in CLASSES if name != photo.label)][:3]
            (prediction,) = connection.execute(
                insert(predictions)
                .values(
                    photo_id=photo_id, run_id=run, sha256=sha256(content).hexdigest(),
                    label=photo.label, confidence=photo.confidence, labels=labels,
                    confidences=[photo.confidence, 0.2, 0.1], decision="review",
                    reason="two classes are near", queue_place=place, added_at=now,
                )
                .returning(predictions.c.id)
            ).scalars()  # fmt: skip
            connection.execute(
                update(photos).where(photos.c.id == photo_id).values(prediction_id=prediction)
            )
    return catalog

"""Catalogs made row by row, for tests of what reads them."""

import hashlib
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from empty_catalogs import empty_catalog
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import photos, predictions, reviews, roots, runs


def new_catalog(folder: Path) -> Catalog:
    """An empty catalog in a SQLite file."""
    return empty_catalog(folder / "touchline.catalog")


def add_photo(catalog: Catalog, path: str, **values: Any) -> int:
    """A photo of which nothing special is said; returns its id."""
    row = {
        "path": path, "sha256": hashlib.sha256(path.encode()).hexdigest(), "size": 1000,
        "changed_ns": 0, "width": 640, "height": 480, "state": "present", "indexed_at": 0.0,
        **values,
    }  # fmt: skip
    with catalog.writing() as connection:
        root = connection.scalar(select(roots.c.id).where(roots.c.path == "/"))
        if root is None:
            root = connection.execute(insert(roots).values(path="/")).inserted_primary_key[0]
        added = connection.execute(insert(photos).values(root_id=root, **row))
        return int(added.inserted_primary_key[0])


def add_prediction(
    catalog: Catalog, photo_id: int, label: str, confidence: float, run: str = "one", **values: Any
) -> int:
    """The newest prediction of a photo; returns its id."""
    row = {
        "sha256": "", "decision": "accept", "labels": [label], "confidences": [confidence],
        "added_at": 0.0, **values,
    }  # fmt: skip
    with catalog.writing() as connection:
        run_id = connection.scalar(select(runs.c.id).where(runs.c.name == run))
        if run_id is None:
            new = insert(runs).values(task="photos", name=run, added_at=0.0)
            run_id = connection.execute(new).inserted_primary_key[0]
        added = insert(predictions).values(
            photo_id=photo_id, run_id=run_id, label=label, confidence=confidence, **row
        )
        number = int(connection.execute(added).inserted_primary_key[0])
        here = photos.c.id == photo_id
        connection.execute(update(photos).where(here).values(prediction_id=number))
        return number


def add_review(
    catalog: Catalog, photo_id: int, label: str, reviewer: str = "ann", at: float = 0.0,
    action: str = "change", **values: Any,
) -> int:  # fmt: skip
    """The review of a photo that stands (an undo and a skip do not); returns its id."""
    with catalog.writing() as connection:
        here = photos.c.id == photo_id
        number = connection.scalar(select(photos.c.prediction_id).where(here))
        before = select(predictions.c.label).where(predictions.c.id == number)
        row = {
            "token": f"{reviewer}-{at}", "prediction_id": number, "sha256": "",
            "label_before": connection.scalar(before) or "", **values,
        }  # fmt: skip
        added = insert(reviews).values(
            photo_id=photo_id, reviewer=reviewer, at=at, action=action, label_after=label, **row
        )
        review = int(connection.execute(added).inserted_primary_key[0])
        if action in ("accept", "change"):
            connection.execute(update(photos).where(here).values(review_id=review))
        return review

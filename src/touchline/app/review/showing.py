"""The queue as the page's component is told of it: numbers and words, addresses for pictures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection, Row, func, select

from touchline.app.addresses import photo_url
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import PRESENT, photos, predictions, reviews
from touchline.archive.review.queueing import QueueItem

LONGEST_BURST = 40
"""Photos of a burst that are shown as a strip."""
EXAMPLES = 5
"""Photos of the same class that are shown beside an item."""


def shown_items(catalog: Catalog, items: Sequence[QueueItem]) -> list[dict[str, Any]]:
    """What the component shows of each item.

    Args:
        catalog: knows the bursts, the confidences and what else is of the class.
        items: as the queue gives them.

    Returns:
        For each item its numbers and words, the `shortlist` with the model's confidence of each
        label (None where it said none), the `burst` with the item's own photo first, and `alike`:
        photos that people have called by the same label.
    """
    if not items:
        return []
    with catalog.reading() as connection:
        rows = _rows(connection, [item.photo_id for item in items])
        bursts = _bursts(connection, {row.burst for row in rows.values()} - {""})
        examples = {label: _examples(connection, label) for label in {item.label for item in items}}
    return [
        _shown(item, rows[item.photo_id], bursts, examples[item.label])
        for item in items
        if item.photo_id in rows
    ]


def known_classes(catalog: Catalog) -> list[str]:
    """Every label that a model or a person has given, in the order of the alphabet."""
    predicted = select(predictions.c.label).where(predictions.c.label != "")
    reviewed = select(reviews.c.label_after).where(reviews.c.label_after != "")
    with catalog.reading() as connection:
        return sorted(connection.execute(predicted.union(reviewed)).scalars())


def _shown(
    item: QueueItem,
    row: Row[*tuple[Any, ...]],
    bursts: Mapping[str, Sequence[Row[*tuple[Any, ...]]]],
    examples: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    sure = dict(zip(row.labels, row.confidences, strict=False))
    own = [each for each in bursts.get(row.burst, []) if each.id != item.photo_id]
    mates = sorted(own, key=lambda each: (each.id not in item.photo_ids, each.path))
    return {
        "photo_id": item.photo_id, "photo_ids": list(item.photo_ids),
        "sha256s": list(item.sha256s), "name": PurePath(item.path).name, "label": item.label,
        "confidence": item.confidence, "reason": item.reason, "run": item.run,
        "shortlist": [
            {"label": label, "confidence": sure.get(label), "in_set": place < item.set_size}
            for place, label in enumerate(item.shortlist)
        ],
        "burst": [_picture(item.photo_id, item.path, item.label), *(
            _picture(each.id, each.path, each.label or "") for each in mates[: LONGEST_BURST - 1]
        )],
        "alike": [each for each in examples if each["photo_id"] != item.photo_id][:EXAMPLES],
    }  # fmt: skip


def _picture(photo_id: int, path: str, label: str) -> dict[str, Any]:
    return {
        "photo_id": photo_id, "name": PurePath(path).name, "label": label,
        "small": photo_url(photo_id, 320), "large": photo_url(photo_id, 1280),
    }  # fmt: skip


def _rows(connection: Connection, photo_ids: Sequence[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    query = (
        select(photos.c.id, photos.c.burst, predictions.c.labels, predictions.c.confidences)
        .join(predictions, predictions.c.id == photos.c.prediction_id)
        .where(photos.c.id.in_(photo_ids))
    )
    return {row.id: row for row in connection.execute(query)}


def _bursts(connection: Connection, names: set[str]) -> dict[str, list[Row[*tuple[Any, ...]]]]:
    """The photos of bursts, each with the label that stands for it."""
    standing = func.coalesce(func.nullif(reviews.c.label_after, ""), predictions.c.label)
    query = (
        select(photos.c.id, photos.c.path, photos.c.burst, standing.label("label"))
        .outerjoin(predictions, predictions.c.id == photos.c.prediction_id)
        .outerjoin(reviews, reviews.c.id == photos.c.review_id)
        .where(photos.c.burst.in_(names), photos.c.state == PRESENT)
        .order_by(photos.c.path)
    )
    bursts = defaultdict(list)
    for row in connection.execute(query):
        bursts[row.burst].append(row)
    return bursts


def _examples(connection: Connection, label: str) -> list[dict[str, Any]]:
    query = (
        select(photos.c.id, photos.c.path)
        .join(reviews, reviews.c.id == photos.c.review_id)
        .where(reviews.c.label_after == label, photos.c.state == PRESENT)
        .order_by(reviews.c.id.desc())
        .limit(EXAMPLES + 1)
    )
    return [_picture(row.id, row.path, label) for row in connection.execute(query)]

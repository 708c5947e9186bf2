"""What stands for a photo: the log of its reviews read in order, undone decisions left out.

The log only grows. `photos.review_id` holds what this module says, so that a page need not read it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from sqlalchemy import Connection, func, select

from touchline.archive.catalog.tables import photos, predictions, reviews
from touchline.errors import UsageError

ACCEPT, CHANGE, SKIP, UNDO = "accept", "change", "skip", "undo"
_IDS_A_QUERY = 500
Item = TypeVar("Item")


@dataclass(frozen=True)
class Review:
    """One line of the log, named as the columns of `reviews` are."""

    id: int
    token: str
    photo_id: int
    prediction_id: int | None
    reviewer: str
    at: float
    action: str
    label_before: str
    label_after: str
    undoes: int | None
    sha256: str


@dataclass(frozen=True)
class PhotoBefore:
    """A photo as a decision finds it.

    Attributes:
        predicted: the model's label; empty for none.
        stood: the label that stands, a person's or the model's; empty for none.
    """

    path: str
    sha256: str
    prediction_id: int | None
    predicted: str
    stood: str


_COLUMNS = [reviews.c[field.name] for field in fields(Review)]


def in_force(log: Sequence[Review]) -> list[Review]:
    """The decisions and skips of a photo that nobody has taken back, oldest first."""
    undone = {each.undoes for each in log}
    return [each for each in log if each.action != UNDO and each.id not in undone]


def standing(log: Sequence[Review], sha256: str) -> Review | None:
    """The latest decision in force that was made on this very content; None when there is none.

    Args:
        log: all reviews of one photo, oldest first.
        sha256: what the photo holds: a decision on what it held before does not stand.
    """
    decided = [
        each for each in in_force(log) if each.action in (ACCEPT, CHANGE) and each.sha256 == sha256
    ]
    return decided[-1] if decided else None


def logs_of(connection: Connection, photo_ids: Iterable[int]) -> Mapping[int, list[Review]]:
    """The log of each photo, oldest first; empty for one that nobody has looked at."""
    logs: dict[int, list[Review]] = defaultdict(list)
    for some in in_parts(list(photo_ids)):
        query = select(*_COLUMNS).where(reviews.c.photo_id.in_(some)).order_by(reviews.c.id)
        for row in connection.execute(query):
            logs[row.photo_id].append(Review(*row))
    return logs


def reviews_of(connection: Connection, token: str) -> list[Review]:
    """What was written down under a token, in the order in which it was."""
    query = select(*_COLUMNS).where(reviews.c.token == token).order_by(reviews.c.id)
    return [Review(*row) for row in connection.execute(query)]


def photos_before(connection: Connection, photo_ids: Sequence[int]) -> Mapping[int, PhotoBefore]:
    """The photos by id.

    Raises:
        UsageError: one of them is not in the catalog.
    """
    sources = photos.outerjoin(predictions, predictions.c.id == photos.c.prediction_id)
    sources = sources.outerjoin(reviews, reviews.c.id == photos.c.review_id)
    stood = func.coalesce(reviews.c.label_after, predictions.c.label, "")
    model = func.coalesce(predictions.c.label, "")
    query = select(
        photos.c.id, photos.c.path, photos.c.sha256, photos.c.prediction_id, model, stood
    ).select_from(sources)  # fmt: skip
    found = {
        row.id: PhotoBefore(*row[1:])
        for some in in_parts(photo_ids)
        for row in connection.execute(query.where(photos.c.id.in_(some)))
    }
    missing = [each for each in photo_ids if each not in found]
    if missing:
        raise UsageError(
            "photos of this catalog", f"no photo with the id {missing[0]}", "Load the page again."
        )
    return found


def in_parts(ids: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The ids, no more at once than any database takes in one query."""
    for start in range(0, len(ids), _IDS_A_QUERY):
        yield ids[start : start + _IDS_A_QUERY]

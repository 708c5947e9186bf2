"""The queue narrowed by a search: the same order and the same claims, photo by photo."""

import time
from collections.abc import Collection

from sqlalchemy import Connection, select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.search.columns import JOINED
from touchline.archive.catalog.search.conditions import condition_of
from touchline.archive.catalog.search.language import parse_query
from touchline.archive.catalog.tables import claims, photos, predictions
from touchline.archive.review.claims import claim
from touchline.archive.review.on_disk import is_as_indexed
from touchline.archive.review.placing import FIRST_SURE_PLACE, needs_a_look
from touchline.archive.review.provenance import checked_reviewer
from touchline.archive.review.queueing import KEYS, QueueItem
from touchline.archive.review.waiting import BEFORE_ALL, Asker, WaitingPhoto, waiting_photos

ROWS = 500


def next_matching(catalog: Catalog, reviewer: str, query: str, count: int) -> list[QueueItem]:
    """The next photos of the queue that match, claimed for a reviewer as `next_items` does.

    Each is decided alone: the rest of its burst may not match.

    Args:
        catalog: the catalog.
        reviewer: who asks.
        query: in the language of `touchline archive search`.
        count: how many, at least 1; fewer are given when no more wait.

    Returns:
        The items; `left` counts the waiting photos that match.

    Raises:
        UsageError: the query cannot be read, or the reviewer's name cannot be used.
        EnvironmentMissingError: the catalog cannot be read or written.
    """
    asker = Asker(checked_reviewer(reviewer), time.time())
    with catalog.reading() as connection:
        matching = _matching(connection, query)
    items: list[QueueItem] = []
    for skipped in (False, True):
        after = BEFORE_ALL
        while matching and len(items) < count:
            with catalog.reading() as connection:
                page = waiting_photos(connection, asker, after, ROWS, skipped=skipped)
            if not page:
                break
            wanted = [photo for photo in page if photo.photo_id in matching]
            items += _claimed(catalog, asker, wanted, count - len(items), len(matching))
            after = (page[-1].turn, page[-1].photo_id)
    return items


def _matching(connection: Connection, query: str) -> Collection[int]:
    wanted = (
        select(photos.c.id)
        .select_from(JOINED)
        .where(condition_of(parse_query(query)), needs_a_look)
        .where(predictions.c.queue_place.is_not(None))
    )
    return set(connection.execute(wanted).scalars())


def _claimed(
    catalog: Catalog, asker: Asker, wanted: list[WaitingPhoto], count: int, left: int
) -> list[QueueItem]:
    """The first that are on the disk as they were and that nobody was quicker to take."""
    chosen: list[WaitingPhoto] = []
    for photo in wanted:
        if len(chosen) == count:
            break
        if is_as_indexed(photo.path, photo.size, photo.changed_ns, photo.sha256):
            chosen.append(photo)
    ids = [photo.photo_id for photo in chosen]
    with catalog.writing() as connection:
        claim(connection, asker.reviewer, ids, asker.now)
        own = select(claims.c.photo_id).where(
            claims.c.photo_id.in_(ids), claims.c.reviewer == asker.reviewer
        )
        ours = set(connection.execute(own).scalars())
    return [_item(photo, left) for photo in chosen if photo.photo_id in ours]


def _item(photo: WaitingPhoto, left: int) -> QueueItem:
    is_doubtful = photo.queue_place < FIRST_SURE_PLACE
    place = photo.queue_place if is_doubtful else photo.queue_place - FIRST_SURE_PLACE
    return QueueItem(
        photo.photo_id, (photo.photo_id,), (photo.sha256,), photo.path, photo.label,
        tuple(photo.labels[:KEYS]), photo.confidence, photo.reason, photo.run, is_doubtful,
        max(place, 0), left,
    )  # fmt: skip

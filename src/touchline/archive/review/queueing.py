"""The photos that a reviewer looks at next, kept from all others for some minutes."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Select, select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import claims, photos, predictions
from touchline.archive.review.bursts import Member, bursts_of, decided_with
from touchline.archive.review.claims import claim, is_free, release_expired
from touchline.archive.review.on_disk import is_as_indexed
from touchline.archive.review.placing import FIRST_SURE_PLACE, needs_a_look
from touchline.archive.review.provenance import checked_reviewer
from touchline.archive.review.review_log import in_parts
from touchline.archive.review.waiting import (
    BEFORE_ALL,
    Asker,
    WaitingPhoto,
    count_waiting,
    waiting_photos,
)
from touchline.errors import UsageError

KEYS = 9
"""Labels offered: as many as there are number keys."""

MOST_ITEMS = 200
MOST_ROWS = 500
"""Rows read at once while photos are passed over that are gone from the disk."""


@dataclass(frozen=True)
class QueueItem:
    """What a person is shown, and decides with one key press.

    Attributes:
        photo_id: the photo on show.
        photo_ids: all that the decision is about: that photo first, then the rest of its burst by
            path, where one label stands for the whole burst.
        sha256s: what they hold, in that order; goes into the `Decision`.
        path: the photo on show.
        label: the model's.
        shortlist: the keys to press, best first, at most nine: the conformal set and then the next
            best labels, for on the most doubtful photos the set alone misses the class too often.
        confidence: of `label`, in [0, 1].
        reason: why the model is in doubt; empty when it is sure.
        run: whose prediction it is.
        is_doubtful: the model asks for a person, or a person took a decision back.
        place: among the doubtful, or the sure; 0 is looked at first.
        left: how many doubtful, or sure, photos have not been decided, these included.
        set_size: how many of `shortlist` are of the conformal set; 0 when the run knows none.
    """

    photo_id: int
    photo_ids: tuple[int, ...]
    sha256s: tuple[str, ...]
    path: str
    label: str
    shortlist: tuple[str, ...]
    confidence: float
    reason: str
    run: str
    is_doubtful: bool
    place: int
    left: int = 0
    set_size: int = 0


def next_items(
    catalog: Catalog, reviewer: str, count: int = 1, only: Select[tuple[int]] | None = None
) -> list[QueueItem]:
    """The next photos for a reviewer, claimed: nobody else is shown them for `CLAIM_SECONDS`.

    Asked again before they are decided, the reviewer gets the same ones. A photo that the reviewer
    skipped comes back when all others are through, the one skipped longest ago first; for
    everybody else it keeps its place. What is gone from the disk or changed there is passed over.

    Args:
        catalog: the catalog, with places given by `placing.place_queue`.
        reviewer: who asks.
        count: how many, 1 to 200; fewer are given when no more wait.
        only: the ids of the photos wanted; those of their bursts are decided with them all the
            same. None for the whole queue.

    Raises:
        UsageError: the reviewer or the count cannot be used.
        EnvironmentMissingError: the catalog cannot be read or written.
    """
    if not 1 <= count <= MOST_ITEMS:
        raise UsageError(f"a count from 1 to {MOST_ITEMS}", f"{count}", "Ask for fewer.")
    asker = Asker(checked_reviewer(reviewer), time.time(), only)
    items: list[QueueItem] = []
    for skipped in (False, True):
        after, rows = BEFORE_ALL, count + 2
        while len(items) < count:
            with catalog.reading() as connection:
                page = waiting_photos(connection, asker, after, rows, skipped=skipped)
                bursts = bursts_of(connection, [photo.burst for photo in page], asker)
                left = count_waiting(connection, only)
            if not page:
                break
            items += _claimed(catalog, asker, _items(page, bursts, items), count - len(items))
            after, rows = (page[-1].turn, page[-1].photo_id), min(2 * rows, MOST_ROWS)
    return [replace(item, left=left[item.is_doubtful]) for item in items]


def _items(
    page: Sequence[WaitingPhoto], bursts: Mapping[str, list[Member]], before: Sequence[QueueItem]
) -> list[QueueItem]:
    """What a page of photos shows: those in no earlier item that are on the disk as they were."""
    taken = {photo_id for item in before for photo_id in item.photo_ids}
    items = []
    for photo in page:
        if photo.photo_id in taken or not _is_as_indexed(photo):
            continue
        burst = decided_with(photo.photo_id, bursts.get(photo.burst, ()))
        others = [each for each in burst if each.photo_id not in taken and _is_as_indexed(each)]
        items.append(_item(photo, others))
        taken.update(items[-1].photo_ids)
    return items


def _item(photo: WaitingPhoto, others: Sequence[Member]) -> QueueItem:
    is_doubtful = photo.queue_place < FIRST_SURE_PLACE
    place = photo.queue_place if is_doubtful else photo.queue_place - FIRST_SURE_PLACE
    return QueueItem(
        photo.photo_id,
        (photo.photo_id, *(other.photo_id for other in others)),
        (photo.sha256, *(other.sha256 for other in others)),
        photo.path,
        photo.label,
        tuple(photo.labels[:KEYS]),
        photo.confidence,
        photo.reason,
        photo.run,
        is_doubtful,
        max(place, 0),
        set_size=min(photo.set_size, KEYS),
    )


def _is_as_indexed(photo: WaitingPhoto | Member) -> bool:
    return is_as_indexed(photo.path, photo.size, photo.changed_ns, photo.sha256)


def _claimed(
    catalog: Catalog, asker: Asker, items: Sequence[QueueItem], wanted: int
) -> list[QueueItem]:
    """The first items, at most `wanted`, that nobody was quicker to take, now the asker's."""
    chosen: list[QueueItem] = []
    with catalog.writing() as connection:
        release_expired(connection, asker.now)
        photo_ids = {photo_id for item in items for photo_id in item.photo_ids}
        free = _free(connection, asker, photo_ids)
        for item in items:
            if len(chosen) < wanted and free.issuperset(item.photo_ids):
                chosen.append(item)
        claim(connection, asker.reviewer, [i for item in chosen for i in item.photo_ids], asker.now)
    return chosen


def _free(connection: Connection, asker: Asker, photo_ids: Collection[int]) -> set[int]:
    query = (
        select(photos.c.id)
        .join(predictions, predictions.c.id == photos.c.prediction_id)
        .outerjoin(claims, claims.c.photo_id == photos.c.id)
        .where(needs_a_look, is_free(asker.reviewer, asker.now))
    )
    parts = in_parts(sorted(photo_ids))
    return {
        row.id for some in parts for row in connection.execute(query.where(photos.c.id.in_(some)))
    }

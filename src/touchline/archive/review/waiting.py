"""The photos that wait for one reviewer, a page at a time, straight from the indexes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select, tuple_

from touchline.archive.catalog.tables import claims, photos, predictions, reviews, runs
from touchline.archive.review.claims import is_free
from touchline.archive.review.placing import FIRST_SURE_PLACE, needs_a_look
from touchline.archive.review.review_log import SKIP

BEFORE_ALL = (-(2**31), 0)
"""Where the first page begins."""

_MOST_ROWS = 500
_skip, _undo = reviews.alias("skip"), reviews.alias("undo")


@dataclass(frozen=True)
class WaitingPhoto:
    """A photo in the queue, with what the model says.

    Attributes:
        turn: what pages are cut by: the place in the queue, or the id of the reviewer's skip.
        labels: the best classes, best first.
        set_size: how many of them are the conformal set; 0 when not known.
        queue_place: see `placing`.
    """

    turn: int
    photo_id: int
    path: str
    sha256: str
    size: int
    changed_ns: int
    burst: str
    label: str
    labels: list[str]
    set_size: int
    confidence: float
    reason: str
    run: str
    queue_place: int


@dataclass(frozen=True)
class Asker:
    """Who asks for photos, when (seconds since 1970), and for which.

    Attributes:
        only: the ids of the photos wanted; None for all.
    """

    reviewer: str
    now: float
    only: Select[tuple[int]] | None = None


def waiting_photos(
    connection: Connection, asker: Asker, after: tuple[int, int], limit: int, *, skipped: bool
) -> list[WaitingPhoto]:
    """Photos that wait and that nobody else has claimed, in their turn; none at the end.

    Args:
        connection: to the catalog.
        asker: for whom.
        after: turn and id of the last photo of the page before.
        limit: photos a page.
        skipped: whether to give those that this reviewer has skipped, the one skipped longest ago
            first, or the others, in the order of the queue.
    """
    found: list[WaitingPhoto] = []
    rows = limit
    while len(found) < limit:
        turns = _turns(connection, asker, after, rows, skipped)
        found += _free_among(connection, asker, turns, skipped)
        if len(turns) < rows:
            break
        after, rows = (turns[-1].turn, turns[-1].photo_id), min(2 * rows, _MOST_ROWS)
    return found[:limit]


def count_waiting(connection: Connection, only: Select[tuple[int]] | None) -> dict[bool, int]:
    """How many photos have a place in the queue: under True the doubtful ones, else the sure.

    Args:
        connection: to the catalog.
        only: the ids of the photos to count; None for all.
    """
    place = predictions.c.queue_place
    doubtful = func.count(place).filter(place < FIRST_SURE_PLACE)
    query = select(doubtful, func.count(place)).where(place.is_not(None))
    if only is not None:
        query = query.where(predictions.c.photo_id.in_(only))
    of_doubtful, of_all = connection.execute(query).one()
    return {True: of_doubtful, False: of_all - of_doubtful}


class _Turn(NamedTuple):
    turn: int
    photo_id: int
    prediction_id: int


def _turns(
    connection: Connection, asker: Asker, after: tuple[int, int], rows: int, skipped: bool
) -> list[_Turn]:
    """The next of the queue, or of the reviewer's skips, whoever has them by now.

    A query of its own: joined with all the conditions, PostgreSQL would sort the whole queue.
    """
    turn: ColumnElement[int]
    if skipped:
        skips = _skips_of(asker.reviewer).subquery()
        turn, photo_id = func.max(skips.c.id), skips.c.photo_id
        query = select(turn, photo_id, skips.c.prediction_id)
        query = query.group_by(photo_id, skips.c.prediction_id).having(turn > after[0])
    else:
        turn, photo_id = predictions.c.queue_place, predictions.c.photo_id
        query = select(turn, photo_id, predictions.c.id)
        query = query.where(turn >= after[0], tuple_(turn, photo_id) > after)
    if asker.only is not None:
        query = query.where(photo_id.in_(asker.only))
    return [_Turn(*row) for row in connection.execute(query.order_by(turn, photo_id).limit(rows))]


def _free_among(
    connection: Connection, asker: Asker, turns: Sequence[_Turn], skipped: bool
) -> list[WaitingPhoto]:
    """Those of the turns whose photos wait for the asker, in their order."""
    skips = _skips_of(asker.reviewer).where(
        _skip.c.photo_id == photos.c.id, _skip.c.prediction_id == photos.c.prediction_id
    )
    query: Select[Any] = (
        select(
            predictions.c.id, photos.c.id, photos.c.path, photos.c.sha256, photos.c.size,
            photos.c.changed_ns, photos.c.burst, predictions.c.label, predictions.c.labels,
            predictions.c.set_size, predictions.c.confidence, predictions.c.reason, runs.c.name,
            predictions.c.queue_place,
        )
        .select_from(predictions)
        .join(photos, photos.c.id == predictions.c.photo_id)
        .join(runs, runs.c.id == predictions.c.run_id)
        .outerjoin(claims, claims.c.photo_id == photos.c.id)
        .where(predictions.c.id.in_([turn.prediction_id for turn in turns]))
        .where(predictions.c.queue_place.is_not(None), needs_a_look)
        .where(is_free(asker.reviewer, asker.now))
    )  # fmt: skip
    if not skipped:
        query = query.where(~skips.exists())
    known = {row[0]: row[1:] for row in connection.execute(query)}
    return [
        WaitingPhoto(each.turn, *known[each.prediction_id])
        for each in turns
        if each.prediction_id in known
    ]


def _skips_of(reviewer: str) -> Select[Any]:
    """The reviewer's skips that were not taken back."""
    undone = exists().where(_undo.c.photo_id == _skip.c.photo_id, _undo.c.undoes == _skip.c.id)
    columns = (_skip.c.id, _skip.c.photo_id, _skip.c.prediction_id)
    return select(*columns).where(_skip.c.reviewer == reviewer, _skip.c.action == SKIP, ~undone)

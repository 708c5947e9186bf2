"""Take a decision back: the reviewer's own latest one, and what stood before stands again."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import photos, predictions, reviews
from touchline.archive.review.claims import claim
from touchline.archive.review.provenance import checked_reviewer, checked_token, foreign_token
from touchline.archive.review.review_log import (
    SKIP,
    UNDO,
    Review,
    in_force,
    logs_of,
    photos_before,
    reviews_of,
    standing,
)

TAKEN_BACK_PLACE = -1
"""Where the queue has a photo whose decision was taken back: before all others."""

_ROWS_A_LOOK = 200


@dataclass(frozen=True)
class Undone:
    """What was taken back.

    Attributes:
        token: of the undo.
        photo_ids: the photos whose decision or skip was taken back; none when there was nothing.
        action: what was taken back: accept, change or skip; empty when there was nothing.
        label: that decision's label; empty for a skip.
        kept: photos of the same decision that others have decided since, and which stay so.
        is_repeat: it had been taken back before, and nothing was done this time.
    """

    token: str
    photo_ids: tuple[int, ...] = ()
    action: str = ""
    label: str = ""
    kept: tuple[int, ...] = ()
    is_repeat: bool = False


def undo(catalog: Catalog, reviewer: str, token: str) -> Undone:
    """Take back the reviewer's latest decision or skip in force, a burst as one.

    What another person has decided since stays. The photos come back to the reviewer next.

    Args:
        catalog: the catalog.
        reviewer: whose decision.
        token: of this key press; sent twice it takes back one decision. One that found nothing to
            take back leaves no trace, so send key presses in their order.

    Raises:
        UsageError: the reviewer or token cannot be used, or the token is another decision's.
        EnvironmentMissingError: the catalog cannot be written; send the same again.
    """
    name, own = checked_reviewer(reviewer), checked_token(token)
    with catalog.writing() as connection:
        known = reviews_of(connection, own)
        if any((each.action, each.reviewer) != (UNDO, name) for each in known):
            raise foreign_token(own)
        if not known:
            _take_back(connection, _latest(connection, name), name, own)
        return _told(connection, own, is_repeat=bool(known))


def _latest(connection: Connection, reviewer: str) -> list[Review]:
    """The reviewer's latest decision in force: its lines that still are, in their order."""
    for some in _lines_of(connection, reviewer):
        logs = logs_of(connection, {photo_id for photo_id, _ in some})
        sha256s = _sha256s(connection, list(logs))
        for photo_id, review_id in some:
            line = next(each for each in logs[photo_id] if each.id == review_id)
            if _is_in_force(line, logs[photo_id], sha256s[photo_id]):
                return _in_force_of(connection, line.token)
    return []


def _lines_of(connection: Connection, reviewer: str) -> Iterator[list[tuple[int, int]]]:
    """Photo and id of the reviewer's decisions and skips, newest first, some at a time."""
    below: int | None = None
    while True:
        query = (
            select(reviews.c.photo_id, reviews.c.id)
            .where(reviews.c.reviewer == reviewer, reviews.c.action != UNDO)
            .order_by(reviews.c.id.desc())
            .limit(_ROWS_A_LOOK)
        )
        query = query if below is None else query.where(reviews.c.id < below)
        rows = [(row.photo_id, row.id) for row in connection.execute(query)]
        if not rows:
            return
        yield rows
        below = rows[-1][1]


def _in_force_of(connection: Connection, token: str) -> list[Review]:
    lines = reviews_of(connection, token)
    logs = logs_of(connection, [line.photo_id for line in lines])
    sha256s = _sha256s(connection, list(logs))
    return [
        line
        for line in lines
        if _is_in_force(line, logs[line.photo_id], sha256s[line.photo_id])
    ]  # fmt: skip


def _is_in_force(line: Review, log: Sequence[Review], sha256: str) -> bool:
    """Whether a decision is the one that stands, or a skip the last that was said of the photo."""
    if line.action == SKIP:
        return line in in_force(log)[-1:]
    return standing(log, sha256) == line


def _sha256s(connection: Connection, photo_ids: Sequence[int]) -> Mapping[int, str]:
    return {id: row.sha256 for id, row in photos_before(connection, photo_ids).items()}


def _take_back(
    connection: Connection, lines: Sequence[Review], reviewer: str, token: str
) -> None:  # fmt: skip
    if not lines:
        return
    now = time.time()
    photo_ids = [line.photo_id for line in lines]
    logs, before = logs_of(connection, photo_ids), photos_before(connection, photo_ids)
    rows = []
    for line in lines:
        photo = before[line.photo_id]
        left = standing([each for each in logs[line.photo_id] if each != line], photo.sha256)
        rows.append({
            "token": token, "photo_id": line.photo_id, "prediction_id": photo.prediction_id,
            "reviewer": reviewer, "at": now, "action": UNDO, "undoes": line.id,
            "label_before": photo.stood,
            "label_after": left.label_after if left else photo.predicted,
            "sha256": line.sha256,
        })  # fmt: skip
        if line.action != SKIP:
            _let_stand(connection, line.photo_id, left)
    connection.execute(insert(reviews), rows)
    claim(connection, reviewer, photo_ids, now)


def _let_stand(connection: Connection, photo_id: int, review: Review | None) -> None:
    """Make an earlier decision stand again, or put the photo back into the queue."""
    photo = photos.c.id == photo_id
    connection.execute(update(photos).where(photo).values(review_id=review and review.id))
    if review is None:
        newest = select(photos.c.prediction_id).where(photo).scalar_subquery()
        connection.execute(
            update(predictions)
            .where(predictions.c.id == newest)
            .values(queue_place=TAKEN_BACK_PLACE)
        )


def _told(connection: Connection, token: str, *, is_repeat: bool) -> Undone:
    """What the log says of an undo, whenever it is asked."""
    undos = reviews_of(connection, token)
    if not undos:
        return Undone(token)
    logs = logs_of(connection, [undos[0].photo_id])
    first = next(each for each in logs[undos[0].photo_id] if each.id == undos[0].undoes)
    whole = reviews_of(connection, first.token)
    undone_before = {
        each.undoes
        for log in logs_of(connection, [line.photo_id for line in whole]).values()
        for each in log
        if each.id <= undos[-1].id
    }
    return Undone(
        token,
        tuple(each.photo_id for each in undos),
        first.action,
        first.label_after,
        tuple(line.photo_id for line in whole if line.id not in undone_before),
        is_repeat,
    )

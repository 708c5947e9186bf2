"""Who is looking at a photo just now, so that nobody else is shown it.

A claim is a promise for some minutes, no lock: a decision is taken from anybody at any time.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, delete, or_

from touchline.archive.catalog.opening import insert_into
from touchline.archive.catalog.tables import claims
from touchline.archive.review.review_log import in_parts

CLAIM_SECONDS = 300.0
"""How long a photo on somebody's screen is kept from others."""


def is_free(reviewer: str, now: float) -> ColumnElement[bool]:
    """Whether the row of `claims`, outer joined, leaves the photo to this reviewer."""
    return or_(claims.c.photo_id.is_(None), claims.c.until_at <= now, claims.c.reviewer == reviewer)


def claim(connection: Connection, reviewer: str, photo_ids: Sequence[int], now: float) -> None:
    """Keep photos from others; those that another has claimed stay with that one."""
    for some in in_parts(photo_ids):
        rows = [
            {"photo_id": each, "reviewer": reviewer, "until_at": now + CLAIM_SECONDS}
            for each in some
        ]
        adding = insert_into(connection, claims).values(rows)
        taking = adding.on_conflict_do_update(
            index_elements=[claims.c.photo_id],
            set_={"reviewer": adding.excluded.reviewer, "until_at": adding.excluded.until_at},
            where=is_free(reviewer, now),
        )
        connection.execute(taking)


def release(connection: Connection, photo_ids: Sequence[int], reviewer: str | None = None) -> None:
    """End the claims on photos: this reviewer's, or everybody's."""
    for some in in_parts(photo_ids):
        ending = delete(claims).where(claims.c.photo_id.in_(some))
        connection.execute(ending if reviewer is None else ending.where(
            claims.c.reviewer == reviewer
        ))  # fmt: skip


def release_expired(connection: Connection, now: float) -> None:
    """End all claims whose time is over."""
    connection.execute(delete(claims).where(claims.c.until_at <= now))

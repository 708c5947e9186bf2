"""Which prediction and which review speak of a photo as it is now."""

from collections.abc import Collection

from sqlalchemy import Connection, ScalarSelect, exists, select, update

from touchline.archive.catalog.tables import photos, predictions, reviews

_ANSWERS = ("accept", "change")
"""The reviews that say what a photo shows; a skip does not."""


def point_at_what_stands(connection: Connection, photo_ids: Collection[int]) -> None:
    """Let photos name the newest prediction and review of their present content, or none.

    Called when the content of files changes: what was said of other bytes no longer stands, and
    stands again when they come back. A review that was undone does not stand.
    """
    connection.execute(
        update(photos)
        .where(photos.c.id.in_(photo_ids))
        .values(prediction_id=_newest_prediction(), review_id=_newest_review())
    )


def point_at_newest_prediction(connection: Connection, photo_ids: Collection[int]) -> None:
    """Let photos name the newest prediction of their present content, or none."""
    connection.execute(
        update(photos).where(photos.c.id.in_(photo_ids)).values(prediction_id=_newest_prediction())
    )


def _newest_prediction() -> ScalarSelect[int]:
    return (
        select(predictions.c.id)
        .where(predictions.c.photo_id == photos.c.id, predictions.c.sha256 == photos.c.sha256)
        .order_by(predictions.c.added_at.desc(), predictions.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _newest_review() -> ScalarSelect[int]:
    undo = reviews.alias("undo")
    return (
        select(reviews.c.id)
        .where(
            reviews.c.photo_id == photos.c.id,
            reviews.c.sha256 == photos.c.sha256,
            reviews.c.action.in_(_ANSWERS),
            ~exists().where(undo.c.undoes == reviews.c.id, undo.c.photo_id == reviews.c.photo_id),
        )
        .order_by(reviews.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )

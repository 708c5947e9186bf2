"""The catalog for other programs: photos that a query finds, and the log of all decisions."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.row_files import write_rows
from touchline.archive.catalog.search.conditions import condition_of
from touchline.archive.catalog.search.found import ROWS_A_FETCH, each_photo
from touchline.archive.catalog.search.language import parse_query
from touchline.archive.catalog.tables import photos, predictions, reviews, runs

PHOTO_COLUMNS: dict[str, type] = {
    "path": str,  # absolute
    "label": str,  # the class that stands: the person's, else the model's
    "predicted_label": str,  # what the model said
    "confidence": float,  # of that, in [0, 1]
    "decision": str,  # accept or review: whether the model was sure
    "reason": str,  # why it was not, or why the file cannot be read
    "run": str,  # the model
    "reviewed_label": str,  # what the person said
    "reviewer": str,
    "reviewed_at": str,  # ISO 8601, UTC
    "player": str,
    "group": str,  # photos that must stay together
    "burst": str,  # photos alike and taken together
    "taken": str,  # ISO 8601 by the camera's own clock
    "width": int,  # pixels
    "height": int,
    "size": int,  # bytes
    "state": str,  # present, gone or unreadable
    "sha256": str,  # of the content
}
"""The columns of exported photos. Text that is not known is empty, numbers are missing."""

REVIEW_COLUMNS: dict[str, type] = {
    "number": int,  # decisions count up
    "at": str,  # ISO 8601, UTC
    "reviewer": str,
    "action": str,  # accept, change, skip or undo
    "path": str,  # of the photo
    "label_before": str,  # what stood until then
    "label_after": str,  # what stands from then on; empty after a skip
    "predicted_label": str,  # of the prediction that was on show
    "confidence": float,  # of that
    "run": str,  # the model on show
    "undoes": int,  # the number of the decision that an undo takes back
    "token": str,  # decisions of one key press share it
    "sha256": str,  # of the content the person saw
}
"""The columns of exported decisions, oldest first; nothing is ever taken out of that log."""


def export_photos(catalog: Catalog, query: str, path: Path) -> int:
    """Write the photos that match, in the order of their paths.

    Args:
        catalog: where to look.
        query: in the language of `touchline.archive.catalog.search.language`.
        path: a `.csv`, `.parquet` or `.json` file, with `PHOTO_COLUMNS`.

    Returns:
        The number of photos.

    Raises:
        UsageError: the query cannot be read, or the file cannot be of that name.
        EnvironmentMissingError: the file cannot be written.
    """
    condition = condition_of(parse_query(query))
    with catalog.reading() as connection:
        rows = (
            {
                **asdict(photo),
                "taken": time_of_camera(photo.taken),
                "reviewed_at": time_of_day(photo.reviewed_at),
            }
            for photo in each_photo(connection, condition)
        )
        return write_rows(rows, PHOTO_COLUMNS, path)


def export_reviews(catalog: Catalog, path: Path) -> int:
    """Write every decision ever made, those since undone too, and return their number.

    Args:
        catalog: whose log.
        path: a `.csv`, `.parquet` or `.json` file, with `REVIEW_COLUMNS`.

    Raises:
        UsageError: the file cannot be of that name.
        EnvironmentMissingError: the file cannot be written.
    """
    with catalog.reading() as connection:
        return write_rows(_decisions(connection), REVIEW_COLUMNS, path)


def count_reviews(catalog: Catalog) -> int:
    """How many decisions `export_reviews` would write."""
    with catalog.reading() as connection:
        return connection.scalar(select(func.count()).select_from(reviews)) or 0


def time_of_day(seconds: float | None) -> str:
    """A time in UTC as ISO 8601; empty where there is none.

    >>> time_of_day(86400.5)
    '1970-01-02T00:00:00.500000+00:00'
    """
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def time_of_camera(seconds: float | None) -> str:
    """A time by a clock of which no zone is known; empty where there is none.

    >>> time_of_camera(86400.0)
    '1970-01-02T00:00:00'
    """
    return time_of_day(seconds).removesuffix("+00:00")


def _decisions(connection: Connection) -> Iterator[dict[str, Any]]:
    columns = {
        "number": reviews.c.id, "at": reviews.c.at, "reviewer": reviews.c.reviewer,
        "action": reviews.c.action, "path": photos.c.path,
        "label_before": reviews.c.label_before, "label_after": reviews.c.label_after,
        "predicted_label": func.coalesce(predictions.c.label, ""),
        "confidence": predictions.c.confidence, "run": func.coalesce(runs.c.name, ""),
        "undoes": reviews.c.undoes, "token": reviews.c.token, "sha256": reviews.c.sha256,
    }  # fmt: skip
    log = (
        reviews.join(photos, photos.c.id == reviews.c.photo_id)
        .outerjoin(predictions, predictions.c.id == reviews.c.prediction_id)
        .outerjoin(runs, runs.c.id == predictions.c.run_id)
    )
    wanted = select(*(column.label(name) for name, column in columns.items()))
    wanted = wanted.select_from(log).order_by(reviews.c.id)
    streaming = connection.execution_options(yield_per=ROWS_A_FETCH)
    with streaming.execute(wanted) as rows:
        for row in rows.mappings():
            yield {**row, "at": time_of_day(row["at"])}

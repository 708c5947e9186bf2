"""What people decided into XMP sidecars: their labels confirmed, the model's wrong ones rejected.

The tagging itself, its journal and the way back are those of `archive.tags`.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.search.found import stream_photos
from touchline.archive.catalog.tables import PRESENT, photos, predictions, reviews, runs
from touchline.archive.labels import Label, LabelledPhoto
from touchline.archive.review.review_log import in_parts
from touchline.archive.tags.history import tag_journal_path
from touchline.archive.tags.tag import Tagged, preview_tags, tag_photos
from touchline.archive.tags.targets import Judgement, Tagging
from touchline.errors import UsageError

Which = str | Sequence[int]
"""Photos: a query as `archive search` takes it, or ids."""


def write_sidecars(
    catalog: Catalog, which: Which, tagging: Tagging, journal: Path | None = None
) -> Tagged:
    """Write the reviewed labels of photos as confirmed tags, with the reviewer and the time.

    A label that the reviewer replaced is kept as rejected, so that no model writes it again. What
    was confirmed or rejected outside the catalog stands, and is counted as `judged`. Photos that
    nobody has decided on are left alone.

    Args:
        catalog: the catalog.
        which: the photos.
        tagging: how sidecars are named, and the keyword that tags stand under.
        journal: where to write down what each sidecar held; by default `sidecar_journal`.

    Raises:
        UsageError: the query cannot be read, or there is no place for the journal.
        EnvironmentMissingError: a folder cannot be written, before anything is touched.
        InterruptedRunError: on Ctrl-C; what was done is kept.
    """
    place = journal or sidecar_journal(catalog)
    return tag_photos(*_judged(catalog, which, tagging), place)


def preview_sidecars(catalog: Catalog, which: Which, tagging: Tagging) -> Tagged:
    """What `write_sidecars` would do; touches nothing.

    Raises:
        UsageError: the query cannot be read.
        EnvironmentMissingError: a folder could not be written.
    """
    return preview_tags(*_judged(catalog, which, tagging))


def sidecar_journal(catalog: Catalog) -> Path:
    """The journal beside a catalog's file: `touchline archive untag CATALOG` finds it there.

    Raises:
        UsageError: the catalog is in a database server.
    """
    if catalog.engine.dialect.name != "sqlite":
        raise UsageError(
            "a file for the journal of the sidecars", f"a database server at {catalog.shown}",
            "Name a file to keep it beside, with --beside.",
        )  # fmt: skip
    return tag_journal_path(Path(str(catalog.engine.url.database)))


def _judged(
    catalog: Catalog, which: Which, tagging: Tagging
) -> tuple[list[LabelledPhoto], Tagging]:
    """The photos with the labels that people gave, and a tagging that knows who gave them."""
    ids = [each.id for each in stream_photos(catalog, which)] if isinstance(which, str) else which
    with catalog.reading() as connection:
        rows = _rows(connection, ids)
    # The files were as the catalog has them when they were indexed; those touched since are hashed.
    indexed_at = min((row.indexed_at for row in rows), default=0.0)
    judgements = {row.path: _judgement(row) for row in rows}
    known = replace(tagging, judgements=judgements, labelled_at_ns=int(indexed_at * 1e9))
    return [_labelled(row) for row in rows], known


def _rows(connection: Connection, ids: Sequence[int]) -> list[Row[*tuple[Any, ...]]]:
    query = (
        select(
            photos.c.path, photos.c.sha256, photos.c.indexed_at, reviews.c.label_after,
            reviews.c.reviewer, reviews.c.at, predictions.c.labels, predictions.c.confidences,
            runs.c.name.label("run"),
        )
        .select_from(photos)
        .join(reviews, reviews.c.id == photos.c.review_id)
        .outerjoin(predictions, predictions.c.id == reviews.c.prediction_id)
        .outerjoin(runs, runs.c.id == predictions.c.run_id)
        .where(photos.c.state == PRESENT)
        .order_by(photos.c.path)
    )  # fmt: skip
    parts = in_parts(sorted(set(ids)))
    return [row for some in parts for row in connection.execute(query.where(photos.c.id.in_(some)))]


def _labelled(row: Row[*tuple[Any, ...]]) -> LabelledPhoto:
    scores = dict(zip(row.labels or (), row.confidences or (), strict=True))
    label = Label(row.label_after, scores.get(row.label_after, 0.0))
    return LabelledPhoto(row.path, row.sha256, (label,), "accept", run=row.run or "")


def _judgement(row: Row[*tuple[Any, ...]]) -> Judgement:
    wrong = row.labels and row.labels[0] != row.label_after
    rejected = Label(row.labels[0], row.confidences[0]) if wrong else None
    return Judgement(row.reviewer, row.at, rejected)

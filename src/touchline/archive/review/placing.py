"""The order of a run's photos into the catalog, so that the next one is found without sorting."""

from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, select, update

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import PRESENT, photos, predictions, runs
from touchline.archive.review.ordering import Candidate, review_order
from touchline.errors import UsageError

FIRST_SURE_PLACE = 1_000_000_000
"""Places below it are of doubtful photos, so that those left can be counted in the index alone."""

_ROWS_A_BATCH = 2000

needs_a_look: ColumnElement[bool] = and_(
    photos.c.prediction_id == predictions.c.id,
    photos.c.review_id.is_(None),
    photos.c.state == PRESENT,
    photos.c.sha256 == predictions.c.sha256,
)
"""Whether a prediction is the newest of its photo, which is there, unchanged and undecided."""


def place_queue(
    catalog: Catalog, run_id: int, vectors: Mapping[str, NDArray[np.floating]] | None = None
) -> int:
    """Give each photo that a run labelled, and that waits for a person, its place in the queue.

    Doubtful photos have the places from 0, sure ones those from `FIRST_SURE_PLACE`. Places are
    written some thousand at a time, so that reviewers go on meanwhile; killed, it is run again.

    Args:
        catalog: the catalog.
        run_id: the run, in `runs`. Photos that a newer run has labelled are left to that one.
        vectors: what photos look like, by SHA-256, to spread them (see `review_order`).

    Returns:
        How many photos have a place.

    Raises:
        UsageError: there is no such run, or the vectors are not of one length.
        EnvironmentMissingError: the catalog cannot be written.
    """
    with catalog.reading() as connection:
        if connection.execute(select(runs.c.id).where(runs.c.id == run_id)).first() is None:
            raise UsageError("a run of this catalog", f"no run with the id {run_id}", "Add one.")
        ids, candidates = _candidates(connection, run_id)
    order = review_order(candidates, vectors)
    doubtful = sum(candidate.is_doubtful for candidate in candidates)
    places = [
        {
            "row": ids[place],
            "queue_place": turn if turn < doubtful else turn - doubtful + FIRST_SURE_PLACE,
        }
        for turn, place in enumerate(order)
    ]
    _write(catalog, places)
    return len(places)


def _candidates(connection: Connection, run_id: int) -> tuple[list[int], list[Candidate]]:
    query = (
        select(
            predictions.c.id, photos.c.path, predictions.c.label, predictions.c.confidence,
            predictions.c.decision, predictions.c.out_of_scope, predictions.c.mirror_agrees,
            photos.c.burst, photos.c.sha256,
        )
        .join(photos, photos.c.id == predictions.c.photo_id)
        .where(predictions.c.run_id == run_id, needs_a_look)
    )  # fmt: skip
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    return ids, [
        Candidate(
            row.path, row.label, row.confidence, row.decision != "accept", row.out_of_scope,
            row.mirror_agrees, row.burst, row.sha256,
        )
        for row in rows
    ]  # fmt: skip


def _write(catalog: Catalog, places: Sequence[Mapping[str, int]]) -> None:
    """Write the places; whoever decides on a photo meanwhile has the last word."""
    waits = exists().where(photos.c.id == predictions.c.photo_id, needs_a_look)
    with catalog.writing() as connection:
        placed = predictions.c.queue_place.is_not(None)
        connection.execute(update(predictions).where(placed, ~waits).values(queue_place=None))
    place = (
        update(predictions)
        .where(predictions.c.id == bindparam("row"), waits)
        .values(queue_place=bindparam("queue_place"))
    )
    rest = iter(places)
    while batch := list(islice(rest, _ROWS_A_BATCH)):
        with catalog.writing() as connection:
            connection.execute(place, batch)

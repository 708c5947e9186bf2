"""Photos that were labelled since the queue was last put in order find their place in it."""

from sqlalchemy import select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import photos, predictions
from touchline.archive.review.placing import needs_a_look, place_queue


def place_new(catalog: Catalog) -> int:
    """Put the photos of runs with unplaced doubtful ones in order; gives how many were placed.

    Raises:
        EnvironmentMissingError: the catalog cannot be written.
    """
    unplaced = (
        select(predictions.c.run_id)
        .join(photos, photos.c.id == predictions.c.photo_id)
        .where(predictions.c.decision == "review", predictions.c.queue_place.is_(None))
        .where(needs_a_look)
        .distinct()
    )
    with catalog.reading() as connection:
        run_ids = list(connection.execute(unplaced).scalars())
    return sum(place_queue(catalog, run_id) for run_id in run_ids)

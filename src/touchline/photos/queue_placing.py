"""The review queue of a run, spread by what its network sees in the photos."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import photos, predictions, runs
from touchline.archive.review.placing import needs_a_look, place_queue
from touchline.errors import TouchlineError
from touchline.photos.run_vectors import run_vectors
from touchline.reporting.progress import say
from touchline.runs import open_run


def place_photos(catalog: Catalog, run_id: int, cache: Path | None = None) -> int:
    """Give the photos of a run their places in the review queue, diverse ones before twins.

    The network of the run looks at the doubtful photos. Where the run's folder is not known, or
    cannot be used, which is said, bursts alone keep twins apart.

    Args:
        catalog: the catalog.
        run_id: the run, in `runs`.
        cache: the folder of kept features; the user's own when None.

    Returns:
        How many photos have a place.

    Raises:
        UsageError: there is no such run.
        EnvironmentMissingError: the catalog cannot be written.
    """
    return place_queue(catalog, run_id, _vectors_of_doubtful(catalog, run_id, cache))


def _vectors_of_doubtful(
    catalog: Catalog, run_id: int, cache: Path | None
) -> dict[str, NDArray[np.float32]] | None:
    doubtful = (
        select(photos.c.sha256, photos.c.path)
        .join(predictions, predictions.c.photo_id == photos.c.id)
        .where(predictions.c.run_id == run_id, needs_a_look, predictions.c.decision == "review")
        .order_by(photos.c.path)
    )
    with catalog.reading() as connection:
        folder = connection.scalar(select(runs.c.folder).where(runs.c.id == run_id))
        files = {sha256: Path(path) for sha256, path in connection.execute(doubtful)}
    if not folder or not files:
        return None
    try:
        with run_vectors(open_run(Path(folder)), cache) as vectors:
            return vectors(files)
    except TouchlineError as error:
        say(f"The review queue is spread by bursts only: {error}")
        return None

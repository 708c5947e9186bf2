"""Each query's gallery, the likest first: what a taught re-identifier says of crops."""

from collections.abc import Iterator, Sequence

from touchline.reid.crops import Crop, Gallery
from touchline.reid.galleries import embed_gallery
from touchline.reid.model import load_reidentifier
from touchline.reid.ranking.rank import Ranking
from touchline.runs import Run
from touchline.training.devices import DeviceName, PrecisionName


def predict(
    run: Run, queries: Sequence[Crop], gallery: Sequence[Crop], top: int | None = None,
    device: DeviceName = "auto", precision: PrecisionName = "auto",
) -> Iterator[Ranking]:  # fmt: skip
    """Rank a gallery for each query, inside its action where the crops have actions.

    Args:
        run: a finished run.
        queries: what is searched for.
        gallery: what is searched in.
        top: keep only so many of each list; all when None.
        device: where the network runs.
        precision: how it computes.

    Raises:
        UsageError: when the run is unfinished or damaged.
    """
    found = load_reidentifier(run, device, precision)
    return embed_gallery(found.extractor, Gallery(tuple(queries), tuple(gallery))).ranked(top)

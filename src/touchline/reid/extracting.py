"""Crop files to unit vectors: decoded ahead in threads, run in batches, broken ones named."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from touchline.faults import Fault
from touchline.media.framing import as_pixels
from touchline.media.images import UnreadableImageError, read_image
from touchline.media.prefetch import prefetch
from touchline.reid.crops import Crop
from touchline.reid.distances import Features, unit
from touchline.reid.networks.extractor import Extractor
from touchline.reporting.progress import track

BATCH = 32


def show_crop(path: Path, height: int, width: int) -> Tensor:
    """A crop as networks see it: uint8 `(3, height, width)`, its own shape not kept.

    The picture is resized with antialiasing, bilinearly, as the published re-identifiers were
    taught; people are all about as tall and as wide as each other, so that little is squashed.

    Raises:
        touchline.media.images.UnreadableImageError: when it cannot be decoded.
    """
    picture = read_image(path, at_least=max(height, width))
    return as_pixels(picture.resize((width, height), Image.Resampling.BILINEAR))


def extract(
    extractor: Extractor, crops: Sequence[Crop], *, batch: int = BATCH,
    workers: int | None = None, quiet: bool = False,
) -> tuple[Features, tuple[Fault, ...]]:  # fmt: skip
    """The vectors of crops.

    The row of a picture that cannot be read is NaN, so that rows keep the numbers of their crops
    and nobody takes it for a vector; `readable` tells the rows that are vectors. What
    else is in a batch changes a vector by rounding at most.

    Args:
        extractor: turns pixels into vectors.
        crops: in any order.
        batch: crops that go through the network together, at least 1.
        workers: threads that decode; as many as there are cores when None.
        quiet: whether to show no progress.

    Returns:
        float32 `(crops, features)`, each row of length 1 or NaN; and what could not be read.

    Raises:
        UsageError: when the network makes vectors that are zero or not finite.
    """
    features = np.full((len(crops), extractor.features), np.nan, np.float32)
    seen = np.zeros(len(crops), bool)
    faults: list[Fault] = []
    height, width = extractor.size

    def show(crop: Crop) -> Tensor | Fault:
        try:
            return show_crop(crop.path, height, width)
        except UnreadableImageError as error:
            return Fault(crop.path, "", f"left out: {error}")

    def good() -> Iterator[tuple[int, Tensor]]:
        shown = prefetch(show, crops, workers)
        watched = shown if quiet else track(shown, "Computing features", len(crops))
        for place, pixels in enumerate(watched):
            if isinstance(pixels, Fault):
                faults.append(pixels)
            else:
                yield place, pixels

    rest = good()
    while together := list(islice(rest, batch)):
        places = [place for place, _ in together]
        features[places] = extractor(torch.stack([pixels for _, pixels in together]))
        seen[places] = True
    features[seen] = unit(features[seen])
    return features, tuple(faults)


def readable(features: Features) -> NDArray[np.bool_]:
    """Which rows of `extract` are vectors, `(crops,)`; the others could not be read.

    >>> readable(np.array([[0.6, 0.8], [np.nan, np.nan]], np.float32)).tolist()
    [True, False]
    """
    return ~np.isnan(features[:, 0])

"""A gallery as a network sees it: vectors of its queries and crops, and how well they rank."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np

from touchline.errors import UsageError
from touchline.faults import Fault, first_of
from touchline.reid.crops import Codes, Gallery, SplitName, codes_of
from touchline.reid.distances import Distances, FeatureDistances, Features
from touchline.reid.extracting import extract
from touchline.reid.matching.candidates import Match
from touchline.reid.matching.confidence import Confidence
from touchline.reid.matching.matching import match
from touchline.reid.metrics.scores import ReidScores
from touchline.reid.metrics.scoring import mean_average_precision, score_distances
from touchline.reid.networks.extractor import Extractor
from touchline.reid.protocol import Protocol, protocol_of
from touchline.reid.ranking.rank import Ranking, rank
from touchline.reid.reading.reading import read_crops
from touchline.reporting.telling import tell


@dataclass(frozen=True)
class EmbeddedGallery:
    """Queries and gallery with the vectors that a network gave them.

    Attributes:
        gallery: the crops.
        queries: vectors `(queries, features)` of length 1; NaN where a crop cannot be read.
        crops: likewise of the gallery.
        faults: what could not be read.
    """

    gallery: Gallery
    queries: Features
    crops: Features
    faults: tuple[Fault, ...] = ()

    @property
    def distances(self) -> FeatureDistances:
        """How far queries and gallery are apart."""
        return FeatureDistances(self.queries, self.crops)

    @property
    def protocol(self) -> Protocol:
        """What is compared with what, by the published rules for such data."""
        return protocol_of(self.gallery)

    def score(self, distances: Distances | None = None, seed: int = 0) -> ReidScores:
        """The scores of the vectors' distances, or of others between the same crops.

        Raises:
            UsageError: when no query has a positive.
        """
        return score_distances(distances or self.distances, *self._codes, self.protocol, seed=seed)

    def map_of(self, distances: Distances | None = None) -> float:
        """The mean average precision alone, which takes a fraction of the time."""
        return mean_average_precision(distances or self.distances, *self._codes, self.protocol)

    def ranked(self, top: int | None = None) -> Iterator[Ranking]:
        """Each query's gallery, the likest first."""
        return rank(self.distances, *self._codes, self.protocol, top)

    def matches(self, confidence: Confidence) -> Iterator[Match]:
        """Each query with the nearest of its gallery, and how sure the first is."""
        return match(
            self.distances, self.gallery.queries, self.gallery.gallery, self.protocol, confidence
        )

    @property
    def _codes(self) -> tuple[Codes, Codes]:
        queries, gallery = codes_of(self.gallery.queries, self.gallery.gallery)
        return queries, gallery


def embed_gallery(
    extractor: Extractor, gallery: Gallery, *, quiet: bool = False
) -> EmbeddedGallery:
    """Compute the vectors of a gallery; what cannot be read is named and ranked last.

    Raises:
        UsageError: when no crop can be read.
    """
    crops = (*gallery.queries, *gallery.gallery)
    features, faults = extract(extractor, crops, quiet=quiet)
    if crops and len(faults) == len(crops):
        raise UsageError(
            "crops that can be read", f"none of {len(crops)}{first_of(faults)}", "Check the files."
        )
    queries, gallery_features = np.split(features, [len(gallery.queries)])
    return EmbeddedGallery(gallery, queries, gallery_features, faults)


def gallery_of(data: Path, split: str) -> Gallery:
    """One split of a data set, to be ranked; what is broken in the data is told.

    Raises:
        UsageError: when there is no such split, or it has no queries or no gallery.
    """
    found = read_crops(data)
    named = [name for name in get_args(SplitName) if name == split]
    gallery = found.galleries.get(named[0]) if named else None
    if gallery is None or not gallery.queries or not gallery.gallery:
        there = ", ".join(found.galleries) or "no split with queries and a gallery"
        raise UsageError(
            f"queries and a gallery in the split {split!r}",
            f"{there} in {data}{first_of(found.faults)}", "Name another with --split.",
        )  # fmt: skip
    tell(found.faults)
    return gallery

"""Queries searched in an index: the same matches as `touchline.reid.matching.matching` gives."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from touchline.reid.crops import Crop
from touchline.reid.distances import FeatureDistances, Features
from touchline.reid.index.opened import Index
from touchline.reid.index.unit_vectors import require_unit
from touchline.reid.matching.candidates import Candidate, Match
from touchline.reid.matching.confidence import Confidence
from touchline.reid.matching.matching import best_match, kept_for, match, require_top
from touchline.reid.protocol import Protocol

QUERIES_A_STEP = 256
INSIDE_ACTIONS = Protocol("action", "kept")


def search(
    index: Index,
    queries: Sequence[Crop],
    features: Features,
    confidence: Confidence,
    top: int = 10,
    *,
    by_action: bool = False,
) -> Iterator[Match]:
    """Search for queries, in their order.

    Args:
        index: opened with the weights of the network that made `features`.
        queries: what is searched for.
        features: their vectors `(queries, features)`, of length 1.
        confidence: what distances are worth.
        top: candidates kept a query, at least 1.
        by_action: compare with crops of the query's own action only, all of them and exactly
            whatever the kind of the index, so that the ranks are those that are scored.

    Raises:
        UsageError: `top` below 1, or vectors that are not of length 1 or have other features
            than the index.
    """
    require_top(top)
    require_unit(queries, features, index.facts.dimensions)
    if by_action:
        yield from _inside_actions(index, queries, features, confidence, top)
        return
    for start in range(0, len(queries), QUERIES_A_STEP):
        part = slice(start, start + QUERIES_A_STEP)
        places, distances = index.nearest(features[part], kept_for(top))
        found = places >= 0
        crops = iter(index.crops(places[found]))
        for query, row, real in zip(queries[part], distances, found, strict=True):
            ranked = [Candidate(next(crops), distance) for distance in row[real].tolist()]
            yield best_match(query, ranked, confidence, top)


def _inside_actions(
    index: Index, queries: Sequence[Crop], features: Features, confidence: Confidence, top: int
) -> Iterator[Match]:
    start = 0
    for action, run in groupby(queries, key=lambda crop: crop.action):
        asking = list(run)
        crops, vectors = index.of_action(action)
        distances = FeatureDistances(features[start : start + len(asking)], vectors)
        yield from match(distances, asking, crops, INSIDE_ACTIONS, confidence, top)
        start += len(asking)

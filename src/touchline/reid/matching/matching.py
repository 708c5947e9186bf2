"""The nearest gallery crops of every query, and how sure it is that the first is right."""

from collections.abc import Iterator, Sequence

import numpy as np

from touchline.errors import UsageError
from touchline.reid.crops import Crop, codes_of
from touchline.reid.distances import Distances
from touchline.reid.matching.candidates import Candidate, Match
from touchline.reid.matching.confidence import Confidence
from touchline.reid.protocol import Protocol
from touchline.reid.ranking.rank import rank


def match(
    distances: Distances,
    queries: Sequence[Crop],
    gallery: Sequence[Crop],
    protocol: Protocol,
    confidence: Confidence,
    top: int = 10,
) -> Iterator[Match]:
    """Rank for each query what the protocol compares it with: just the ranks that are scored.

    But a picture is never its own candidate, so that a folder can be matched with itself.

    Args:
        distances: of all queries to all the gallery.
        queries: what is searched for.
        gallery: what is searched in.
        protocol: what is compared.
        confidence: what distances are worth.
        top: candidates kept a query, at least 1.

    Yields:
        One match a query, in the order of `touchline.reid.ranking.rank.rank`.

    Raises:
        UsageError: `top` below 1, or distances that do not belong to these crops.
    """
    require_top(top)
    asking, searched = codes_of(queries, gallery)
    for ranking in rank(distances, asking, searched, protocol, kept_for(top)):
        ranked = zip(ranking.gallery.tolist(), ranking.distances.tolist(), strict=True)
        candidates = [Candidate(gallery[place], distance) for place, distance in ranked]
        yield best_match(queries[ranking.query], candidates, confidence, top)


def require_top(top: int) -> None:
    """Refuse to keep no candidate.

    Raises:
        UsageError: `top` below 1.
    """
    if top < 1:
        raise UsageError("at least one candidate a query", f"top {top}", "Ask for 1 or more.")


def kept_for(top: int) -> int:
    """How many must be ranked to keep `top`: the query itself goes, and the margin needs a second.

    >>> kept_for(1), kept_for(10)
    (3, 11)
    """
    return max(top, 2) + 1


def best_match(query: Crop, ranked: Sequence[Candidate], confidence: Confidence, top: int) -> Match:
    """A query with its first `top` candidates, itself left out.

    Args:
        query: the crop searched for.
        ranked: the nearest, `kept_for(top)` of them where there are as many.
        confidence: what distances are worth.
        top: candidates kept.
    """
    others = [each for each in ranked if each.crop.path != query.path]
    if not others:
        return Match(query, (), 0.0)
    second = others[1].distance if len(others) > 1 else np.nan
    (sure,) = confidence.of(np.array([others[0].distance]), np.array([second]))
    return Match(query, tuple(others[:top]), float(sure))

"""One crop searched for among others, and how well all queries are answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from touchline.app.players.vectors import KeptVectors
from touchline.faults import Fault
from touchline.reid.crops import Crop
from touchline.reid.distances import FeatureDistances
from touchline.reid.matching.candidates import Match
from touchline.reid.matching.choosing import Chosen, choose
from touchline.reid.matching.confidence import Confidence
from touchline.reid.matching.matching import match
from touchline.reid.protocol import Protocol

Within = Literal["action", "everything"]
SHOWN = 48
"""Hits and misses that are shown together."""


@dataclass(frozen=True)
class Ranked:
    """A query with its candidates, and the crops that could not be compared."""

    match: Match
    faults: tuple[Fault, ...]


def rank_crop(
    kept: KeptVectors, confidence: Confidence, query: Crop, searched: Sequence[Crop],
    within: Within, top: int = 12,
) -> Ranked:  # fmt: skip
    """The crops most like one, the most alike first; the crop itself is not among them.

    Args:
        kept: vectors, of the run's network.
        confidence: of the run.
        query: what is searched for.
        searched: what is searched in.
        within: `action` compares with the crops of the query's own action only.
        top: candidates kept, at least 1.
    """
    if within == "action":
        searched = [crop for crop in searched if crop.action == query.action]
    vectors, faults = kept.of([query, *searched])
    distances = FeatureDistances(vectors[:1], vectors[1:])
    protocol = Protocol(within, "kept")
    found = next(match(distances, [query], searched, protocol, confidence, top), None)
    return Ranked(found or Match(query, (), 0.0), faults)


def hits_and_misses(
    kept: KeptVectors, confidence: Confidence, queries: Sequence[Crop], searched: Sequence[Crop],
    within: Within,
) -> Chosen:  # fmt: skip
    """All queries answered: those that are right and those that are wrong, and how many."""
    asked, _ = kept.of(queries)
    there, _ = kept.of(searched)
    distances = FeatureDistances(asked, there)
    matches = match(distances, queries, searched, Protocol(within, "kept"), confidence, 1)
    return choose(matches, SHOWN, known=True)

"""A query and its ranked candidates: all that files, pages and commands know of a match."""

from collections.abc import Sequence
from dataclasses import dataclass

from touchline.reid.crops import NOBODY, Crop


@dataclass(frozen=True)
class Candidate:
    """A gallery crop at its rank.

    Attributes:
        crop: of the gallery.
        distance: from the query; the smaller, the more alike.
    """

    crop: Crop
    distance: float


@dataclass(frozen=True)
class Match:
    """What a query was found to look like.

    Attributes:
        query: the crop that was searched for.
        ranked: the candidates, the most alike first; empty where there was nothing to compare with.
        confidence: that the first candidate is the same person, in [0, 1]; 0 without candidates.
    """

    query: Crop
    ranked: tuple[Candidate, ...]
    confidence: float

    @property
    def hit(self) -> bool:
        """Whether the first candidate bears the query's identity, where identities are known."""
        return bool(self.ranked) and same_person(self.query, self.ranked[0].crop)

    @property
    def first_hit(self) -> int | None:
        """The rank, from 1, of the first candidate kept that is the same person; None without."""
        ranks = enumerate(self.ranked, start=1)
        return next((rank for rank, each in ranks if same_person(self.query, each.crop)), None)


def same_person(query: Crop, other: Crop) -> bool:
    """Whether both bear one name; whom nobody has named is the same as no other.

    >>> from pathlib import Path
    >>> left, right = Crop(Path("a.png"), 0, "7"), Crop(Path("b.png"), 0, "7")
    >>> same_person(left, right), same_person(Crop(Path("a.png"), 0), Crop(Path("b.png"), 0))
    (True, False)
    """
    return query.identity == other.identity != NOBODY


def identities_known(queries: Sequence[Crop], gallery: Sequence[Crop]) -> bool:
    """Whether candidates can be told right from wrong: some people are named on both sides."""
    return all(any(crop.identity != NOBODY for crop in side) for side in (queries, gallery))

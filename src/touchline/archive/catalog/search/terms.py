"""A query as values: what is asked of each photo, free of how it was typed and of SQL."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Pattern:
    """Text to match, cut where a `*` stood: `("IMG_", ".jpg")` is `IMG_*.jpg`.

    One piece alone is matched as a whole. Capital letters make no difference.
    """

    pieces: tuple[str, ...]


@dataclass(frozen=True)
class Interval:
    """Numbers between two ends; an end that is None is open.

    Times are seconds since 1970, sizes bytes. A photo without the number is in no interval.
    """

    low: float | None = None
    high: float | None = None
    low_is_in: bool = True
    high_is_in: bool = True


Value = Pattern | Interval


@dataclass(frozen=True)
class Term:
    """One condition: the field has any of the values; with `negated`, none of them."""

    field: str
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True)
class Query:
    """Conditions that must all hold; none holds for every photo that is present."""

    terms: tuple[Term, ...] = ()

    @property
    def names_state(self) -> bool:
        """Whether the query says itself which states it wants; else only present photos count."""
        return any(term.field == "state" for term in self.terms)

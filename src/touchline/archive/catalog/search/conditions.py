"""A query as conditions of SQL; every value is a bound parameter, never part of the text."""

from typing import Any

from sqlalchemy import ColumnElement, Float, and_, false, literal, not_, or_, true

from touchline.archive.catalog.search.columns import ASKED, DISAGREES, FILE_NAME, IS_REVIEWED
from touchline.archive.catalog.search.terms import Interval, Pattern, Query, Term, Value
from touchline.archive.catalog.tables import PRESENT, photos

_ESCAPE = "!"
_YES = Pattern(("yes",))


def condition_of(query: Query) -> ColumnElement[bool]:
    """What a row of `JOINED` must fulfil; only present photos do, unless the query names states."""
    present = true() if query.names_state else photos.c.state == PRESENT
    return and_(present, *(_holds(term) for term in query.terms))


def _holds(term: Term) -> ColumnElement[bool]:
    any_of = or_(false(), *(_matches(term.field, value) for value in term.values))
    return not_(any_of) if term.negated else any_of


def _matches(field: str, value: Value) -> ColumnElement[bool]:
    if isinstance(value, Interval):
        return _lies_in(ASKED[field], value)
    if field == "folder":
        return _lies_beneath(value)
    if field in ("reviewed", "disagrees"):
        holds = IS_REVIEWED if field == "reviewed" else DISAGREES
        return holds if value == _YES else not_(holds)
    if field == "file":  # paths first: most end otherwise, and names must be cut out of them
        return and_(_alike(photos.c.path, f"%{_like(value)}"), _alike(FILE_NAME, _like(value)))
    return _alike(ASKED[field], _like(value))


def _lies_in(column: ColumnElement[Any], interval: Interval) -> ColumnElement[bool]:
    # As fractions, for a database would round 0.5 to fit a column of whole numbers.
    low = literal(interval.low, Float)
    high = literal(interval.high, Float)
    # Without a number there is no match, rather than an unknown one that `-` could not turn.
    ends: list[ColumnElement[bool]] = [column.is_not(None)]
    if interval.low is not None:
        ends.append(column >= low if interval.low_is_in else column > low)
    if interval.high is not None:
        ends.append(column <= high if interval.high_is_in else column < high)
    return and_(*ends)


def _lies_beneath(value: Pattern) -> ColumnElement[bool]:
    """Folders by name at any depth, or, where the value begins with a slash, from the top."""
    folder = _like(value)
    start = "" if folder.startswith("/") else "%/"
    return _alike(photos.c.path, f"{start}{folder.rstrip('/')}/%")


def _alike(column: ColumnElement[Any], like: str) -> ColumnElement[bool]:
    return column.ilike(like, escape=_ESCAPE)


def _like(value: Pattern) -> str:
    """The pattern as LIKE has it, with what LIKE would take for a sign of its own escaped."""
    signs = str.maketrans({sign: _ESCAPE + sign for sign in ("%", "_", _ESCAPE)})
    return "%".join(piece.translate(signs) for piece in value.pieces)

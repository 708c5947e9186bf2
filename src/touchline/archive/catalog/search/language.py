"""The query language: text in, a frozen `Query` out. No database is needed to read a query.

    class:HoldingBall-45deg-l confidence<0.7 player:7,8 -reviewer:"Ann Lee" file:IMG_*

`FIELDS` says what can be asked. Words without a field are looked for in file names. A comma means
any of, a leading `-` means not, `*` stands for any text, quotes keep spaces together, and a
backslash takes the next character as it is.
"""

import difflib
import re
from dataclasses import dataclass

from touchline.archive.catalog.search.fields import FIELDS, RANGED, Field
from touchline.archive.catalog.search.intervals import interval_of
from touchline.archive.catalog.search.terms import Pattern, Query, Term, Value
from touchline.errors import UsageError

LONGEST = 2000
"""Characters; a longer query is a mistake, and databases refuse conditions nested too deep."""

MOST_CONDITIONS = 500
"""More of them nest too deep for SQLite, too."""

_HEAD = re.compile(r"(-?)(?:([A-Za-z_]+)(:|<=|>=|=|<|>))?")
_PIECE = re.compile(r'"((?:[^"\\]|\\.)*)"|((?:[^\s",\\]|\\.)+)', re.DOTALL)
_MARK = re.compile(r"\\(.)|(\*)", re.DOTALL)
_SPECIAL = re.compile(r'([\\"*])')


@dataclass(frozen=True)
class _Written:
    """A value as written: its pieces between stars, and where it begins, counted from 0."""

    pieces: tuple[str, ...]
    place: int

    @property
    def text(self) -> str:
        return "*".join(self.pieces)


def parse_query(text: str) -> Query:
    r"""Read a query; the empty one asks for every present photo.

    Raises:
        UsageError: an unknown field, a value that cannot be meant, a quote that is not closed;
            the error says at which character, counted from 1.

    >>> parse_query("player:7 img")  # doctest: +NORMALIZE_WHITESPACE
    Query(terms=(Term(field='player', values=(Pattern(pieces=('7',)),), negated=False),
                 Term(field='file', values=(Pattern(pieces=('', 'img', '')),), negated=False)))
    """
    _refuse_unreadable(text)
    terms: list[Term] = []
    place = _after_spaces(text, 0)
    while place < len(text):
        term, place = _term(text, place)
        terms.append(term)
        if len(terms) > MOST_CONDITIONS:
            raise UsageError(
                f"a query of at most {MOST_CONDITIONS} conditions", "more",
                "Ask for less at a time; a comma, without a space, means any of several values.",
            )  # fmt: skip
        place = _after_spaces(text, place)
    return Query(tuple(terms))


def quoted(value: str) -> str:
    r"""The value so that a query takes it for exactly that text, whatever is in it.

    >>> print(quoted('the "7" *'))
    "the \"7\" \*"
    """
    return '"' + _SPECIAL.sub(r"\\\1", value) + '"'


def _term(text: str, start: int) -> tuple[Term, int]:
    head = _HEAD.match(text, start)
    assert head is not None  # every part of it may be missing
    minus, name, sign = head.groups()
    name = name.lower() if name else None
    if name is not None and name not in FIELDS:
        raise _unknown(name, head.start(2))
    written, end = _values(text, head.end(), f"{name}{sign}" if name else minus)
    negated = minus == "-"
    if name is None:
        words = tuple(_word(one) for one in written)
        return Term("file", words, negated), end
    field = FIELDS[name]
    if sign not in (":", "=") and field.kind not in RANGED:
        raise _malformed(f"{name}: with a colon", f"{name}{sign}", head.start(2))
    return Term(name, tuple(_value(field, name, sign, one) for one in written), negated), end


def _values(text: str, place: int, before: str) -> tuple[list[_Written], int]:
    """The values from `place` on, parted by commas, and where they end."""
    values: list[_Written] = []
    while True:
        start, pieces = place, [""]
        while found := _PIECE.match(text, place):
            more = _between_stars(found[2] if found[1] is None else found[1])
            pieces[-1:] = [pieces[-1] + more[0], *more[1:]]
            place = found.end()
        if text[place : place + 1] == '"':
            raise _malformed("a quote that is closed", "one that is not", place)
        if text[place : place + 1] == "\\":
            raise _malformed("a character after the backslash", "the end", place)
        if place == start:
            raise _malformed(f"a value after {before}" if before else "a word", "none", place)
        values.append(_Written(tuple(pieces), start))
        if text[place : place + 1] != ",":
            return values, place
        place, before = place + 1, "the comma, without a space"


def _between_stars(raw: str) -> list[str]:
    """The text cut at its stars, with what backslashes protect as it is."""
    pieces, end = [""], 0
    for mark in _MARK.finditer(raw):
        pieces[-1] += raw[end : mark.start()] + (mark[1] or "")
        if mark[2]:
            pieces.append("")
        end = mark.end()
    pieces[-1] += raw[end:]
    return pieces


def _word(written: _Written) -> Pattern:
    if not any(written.pieces):
        raise _malformed("a word to look for", repr(written.text), written.place)
    return Pattern(("", *written.pieces, ""))


def _value(field: Field, name: str, sign: str, written: _Written) -> Value:
    if field.kind == "text":
        return Pattern(written.pieces)
    if field.kind == "words":
        return Pattern(("", *written.pieces, ""))
    if field.kind == "choice":
        if written.text.lower() not in field.choices:
            wanted = f"{name}: followed by {' or '.join(field.choices)}"
            raise _malformed(wanted, repr(written.text), written.place)
        return Pattern((written.text.lower(),))
    try:
        return interval_of(field, sign, written.text)
    except ValueError as error:
        raise _malformed(f"{error} for {name}", repr(written.text), written.place) from error


def _after_spaces(text: str, place: int) -> int:
    while place < len(text) and text[place].isspace():
        place += 1
    return place


def _refuse_unreadable(text: str) -> None:
    if len(text) > LONGEST:
        raise UsageError(
            f"a query of at most {LONGEST} characters", f"{len(text)}", "Ask for less at a time."
        )
    for place, mark in enumerate(text):
        if mark == "\0" or "\ud800" <= mark <= "\udfff":
            raise _malformed("text in UTF-8", "a byte that is none", place)


def _unknown(name: str, place: int) -> UsageError:
    near = difflib.get_close_matches(name, FIELDS, n=1)
    hint = f"Did you mean `{near[0]}:`?" if near else "Put a word that holds such a sign in quotes."
    return _malformed(f"a field, one of {', '.join(FIELDS)}", repr(name), place, hint)


def _malformed(
    wanted: str, found: str, place: int, next_step: str = "Correct the query there."
) -> UsageError:
    return UsageError(wanted, f"{found} at character {place + 1} of the query", next_step)

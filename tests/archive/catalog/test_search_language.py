"""What a person types, as values; and what cannot be meant, said with its place."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.archive.catalog.search.fields import FIELDS
from touchline.archive.catalog.search.language import LONGEST, parse_query, quoted
from touchline.archive.catalog.search.terms import Interval, Pattern, Query, Term
from touchline.errors import UsageError


def only(text: str) -> Term:
    (term,) = parse_query(text).terms
    return term


def second(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()


@pytest.mark.parametrize("text", ["", " ", " \t\n "])
def test_nothing_asks_for_nothing(text: str) -> None:
    assert parse_query(text) == Query()
    assert not parse_query(text).names_state
    assert parse_query("-state:gone").names_state


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("class:Kick-l", Term("class", (Pattern(("Kick-l",)),))),
        ("CLASS=Kick-l", Term("class", (Pattern(("Kick-l",)),))),
        ("-class:Kick-l", Term("class", (Pattern(("Kick-l",)),), negated=True)),
        ("player:7,10", Term("player", (Pattern(("7",)), Pattern(("10",))))),
        ('reviewer:"Ann Lee"', Term("reviewer", (Pattern(("Ann Lee",)),))),
        ('reviewer:"a,b",c', Term("reviewer", (Pattern(("a,b",)), Pattern(("c",))))),
        ('class:""', Term("class", (Pattern(("",)),))),
        ("file:IMG_*.jpg", Term("file", (Pattern(("IMG_", ".jpg")),))),
        ('file:"day one"*', Term("file", (Pattern(("day one", "")),))),
        ('file:"day*"', Term("file", (Pattern(("day", "")),))),
        (r"file:5\*", Term("file", (Pattern(("5*",)),))),
        (r'file:"a\"b\\c"', Term("file", (Pattern(('a"b\\c',)),))),
        (r"file:a\,b\ c", Term("file", (Pattern(("a,b c",)),))),
        ("folder:/a/b:c", Term("folder", (Pattern(("/a/b:c",)),))),
        ("kick", Term("file", (Pattern(("", "kick", "")),))),
        ("-kick", Term("file", (Pattern(("", "kick", "")),), negated=True)),
        ('"-kick class:x"', Term("file", (Pattern(("", "-kick class:x", "")),))),
        ("a,b", Term("file", (Pattern(("", "a", "")), Pattern(("", "b", ""))))),
        ("12:30", Term("file", (Pattern(("", "12:30", "")),))),
        ("reason:unlike", Term("reason", (Pattern(("", "unlike", "")),))),
        ("decision:REVIEW", Term("decision", (Pattern(("review",)),))),
        ("state:gone,unreadable", Term("state", (Pattern(("gone",)), Pattern(("unreadable",))))),
        ("reviewed:no", Term("reviewed", (Pattern(("no",)),))),
        ("confidence<0.7", Term("confidence", (Interval(None, 0.7, high_is_in=False),))),
        ("confidence<=.7", Term("confidence", (Interval(None, 0.7),))),
        ("confidence>0.7", Term("confidence", (Interval(0.7, None, low_is_in=False),))),
        ("confidence>=1", Term("confidence", (Interval(1.0, None),))),
        ("confidence:0.5..0.7", Term("confidence", (Interval(0.5, 0.7),))),
        ("width:800..", Term("width", (Interval(800.0, None),))),
        ("width=800,1024", Term("width", (Interval(800.0, 800.0), Interval(1024.0, 1024.0)))),
        ("size>=2.5MB", Term("size", (Interval(2.5e6, None),))),
        ("size<3kb", Term("size", (Interval(None, 3e3, high_is_in=False),))),
    ],
)  # fmt: skip
def test_what_is_typed_is_what_is_meant(text: str, term: Term) -> None:
    assert only(text) == term


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("taken:2024-05-31", Interval(second(2024, 5, 31), second(2024, 6, 1), True, False)),
        ("taken:2024-02", Interval(second(2024, 2, 1), second(2024, 3, 1), True, False)),
        ("taken:2023-12", Interval(second(2023, 12, 1), second(2024, 1, 1), True, False)),
        ("taken:2024", Interval(second(2024, 1, 1), second(2025, 1, 1), True, False)),
        ("taken:2024-05-01T23:59", Interval(
            second(2024, 5, 1, 23, 59), second(2024, 5, 2), True, False)),
        ("taken:2024-05-01..2024-05-03", Interval(
            second(2024, 5, 1), second(2024, 5, 4), True, False)),
        ("taken:2024-05-01..", Interval(second(2024, 5, 1), None)),
        ("taken:..2024-05-03", Interval(None, second(2024, 5, 4), True, False)),
        ("taken:2024-05..2024-05-03", Interval(
            second(2024, 5, 1), second(2024, 5, 4), True, False)),
        ("taken<2024-05", Interval(None, second(2024, 5, 1), True, False)),
        ("taken<=2024-05", Interval(None, second(2024, 6, 1), True, False)),
        ("taken>2024-05", Interval(second(2024, 6, 1), None, True)),
        ("taken>=2024-05", Interval(second(2024, 5, 1), None)),
        ("taken:2024-05-01T10:00:07", Interval(
            second(2024, 5, 1, 10, 0, 7), second(2024, 5, 1, 10, 0, 8), True, False)),
    ],
)  # fmt: skip
def test_a_date_is_all_of_its_day(text: str, interval: Interval) -> None:
    assert only(text).values == (interval,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("player:7 clas:x", "'clas' at character 10 of the query. Did you mean `class:`?"),
        ("http://x", "'http' at character 1 of the query. Put a word that holds such a sign in"),
        ("class:", "Wanted a value after class:; found none at character 7"),
        ("class: x", "a value after class:; found none at character 7"),
        ("player:7, 8", "a value after the comma, without a space; found none at character 10"),
        ("a -", "Wanted a value after -; found none at character 4"),
        (",a", "Wanted a word; found none at character 1"),
        ('""', "Wanted a word to look for; found '' at character 1"),
        ("x *", "Wanted a word to look for; found '\\*' at character 3"),
        ('file:"a b', "Wanted a quote that is closed; found one that is not at character 6"),
        ("file:a\\", "Wanted a character after the backslash; found the end at character 7"),
        ("class<3", "Wanted class: with a colon; found class< at character 1"),
        ("confidence<70", "a number from 0 to 1 for confidence; found '70' at character 12"),
        ("confidence<0,7", "a number from 0 to 1 for confidence; found '7' at character 14"),
        ("confidence<high", "a number for confidence; found 'high' at character 12"),
        ("confidence:nan", "a number for confidence; found 'nan'"),
        ("width>-1", "a number for width; found '-1'"),
        ("width>3MB", "a number for width; found '3MB'"),
        ("width>99999999999999999999", "a number that a photo can have for width"),
        ("size>3XB", "a size such as 800 or 2.5MB for size; found '3XB' at character 6"),
        ("width:9..3", "a range that begins at its smaller end for width; found '9..3'"),
        ("width:..", "a range with an end after a colon for width; found '..'"),
        ("width<3..9", "one value after a comparison, .* for width; found '3..9'"),
        ("taken:2024-13", "a date such as 2024-05-31, .* for taken; found '2024-13'"),
        ("taken:2024-02-30", "a date such as 2024-05-31, .* found '2024-02-30'"),
        ("taken:0000", "a date such as 2024-05-31, .* found '0000'"),
        ("taken:yesterday", "a date such as 2024-05-31, .* found 'yesterday' at character 7"),
        ("state:lost", "state: followed by present or gone or unreadable; found 'lost'"),
        ("decision:acc*", "decision: followed by accept or review; found 'acc\\*'"),
        ("a\0", "text in UTF-8; found a byte that is none at character 2"),
        ("a\udcff", "text in UTF-8; found a byte that is none at character 2"),
        ("a " * LONGEST, "a query of at most 2000 characters; found 4000"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_query(text)


@given(
    st.text(max_size=40).filter(lambda text: "\0" not in text), st.sampled_from(["class", "run"])
)
def test_a_quoted_value_is_itself(value: str, field: str) -> None:
    assert only(f"{field}:{quoted(value)}") == Term(field, (Pattern((value,)),))


@given(st.text(alphabet='ab:,*"\\-<>=. \nclass', max_size=30))
def test_any_text_is_read_or_refused_never_more(text: str) -> None:
    try:
        query = parse_query(text)
    except UsageError:
        return
    assert all(term.field in FIELDS and term.values for term in query.terms)

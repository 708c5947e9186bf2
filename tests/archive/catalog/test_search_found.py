"""Pages of photos, held to a slow and obvious filter over random tiny catalogs."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from catalog_rows import add_photo, add_prediction, add_review, new_catalog
from touchline.archive.catalog.opening import Catalog, open_catalog
from touchline.archive.catalog.search.fields import FIELDS
from touchline.archive.catalog.search.found import ORDERS, count_photos, find_photos
from touchline.archive.catalog.search.language import quoted
from touchline.archive.catalog.tables import photos, predictions, reviews


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    catalog = new_catalog(tmp_path_factory.mktemp("catalog"))
    yield catalog
    catalog.close()


# Texts that meet: signs of LIKE and of the query language, and letters of both sizes.
TEXTS = st.sampled_from(["", "7", "a", "A", "ab", "aab", "a%b", "a_b", "a!b", "a*b", 'a"b', "a b",
                         "-a", "é", "a,b", "\\", "x:y"])  # fmt: skip
NAMES = TEXTS.filter(bool)
NUMBERS = st.sampled_from([0, 1, 2, 3])
SHARES = st.sampled_from([0.0, 0.25, 0.5, 1.0])
DAY = 86400.0
TIMES = st.sampled_from([None, 0.0, DAY - 1, DAY, DAY + 1, 3 * DAY])

PHOTOS = st.fixed_dictionaries({
    "folders": st.lists(NAMES, max_size=2), "name": NAMES,
    "player": TEXTS, "group": TEXTS, "burst": TEXTS,
    "width": NUMBERS, "height": NUMBERS, "size": NUMBERS, "taken": TIMES,
    "state": st.sampled_from(["present", "present", "gone", "unreadable"]),
    "fault": TEXTS,
    "prediction": st.none() | st.fixed_dictionaries({
        "label": NAMES, "confidence": SHARES, "run": NAMES, "reason": TEXTS,
        "decision": st.sampled_from(["accept", "review"]),
        "queue_place": st.none() | NUMBERS,
    }),
    "review": st.none() | st.tuples(NAMES, NAMES),
})  # fmt: skip


@st.composite
def terms(draw: st.DrawFn) -> tuple[str, str, list[Any], bool]:
    """A field, a sign, values, and whether they are negated."""
    field = draw(st.sampled_from([*FIELDS, "word"]))
    kind = "words" if field == "word" else FIELDS[field].kind
    sign = ":"
    if kind in ("text", "words"):
        value: st.SearchStrategy[Any] = st.lists(TEXTS, min_size=1, max_size=3)
        if field in ("word", "folder"):
            value = value.filter(any)
    elif kind == "choice":
        value = st.sampled_from(FIELDS[field].choices)
    elif kind == "time":
        sign = draw(st.sampled_from([":", "<", "<=", ">", ">="]))
        value = st.sampled_from(["1970-01-01", "1970-01-02", "1970-01-04"])
    else:
        sign = draw(st.sampled_from([":", "=", "<", "<=", ">", ">="]))
        value = SHARES if field == "confidence" else NUMBERS | st.just(0.5)
    return field, sign, draw(st.lists(value, min_size=1, max_size=2)), draw(st.booleans())


def typed(term: tuple[str, str, list[Any], bool]) -> str:
    """The term as a person types it."""
    field, sign, values, negated = term
    written = ["*".join(map(quoted, value)) if isinstance(value, list) else str(value)
               for value in values]  # fmt: skip
    head = "" if field == "word" else field + sign
    return ("-" if negated else "") + head + ",".join(written)


def alike(text: str, pieces: list[str]) -> bool:
    """Whether the text is the pieces with anything between them; slow and obvious."""
    text, first = text.lower(), pieces[0].lower()
    if len(pieces) == 1:
        return text == first
    starts = range(len(first), len(text) + 1)
    return text.startswith(first) and any(alike(text[place:], pieces[1:]) for place in starts)


def holds(photo: dict[str, Any], term: tuple[str, str, list[Any], bool]) -> bool:
    field, sign, values, negated = term
    return any(matches(photo, field, sign, value) for value in values) != negated


def matches(photo: dict[str, Any], field: str, sign: str, value: Any) -> bool:
    said = photo["prediction"] or {}
    label, reviewer = photo["review"] or ("", "")
    texts = {
        "class": label or said.get("label", ""), "predicted": said.get("label", ""),
        "run": said.get("run", ""), "reviewer": reviewer, "file": photo["name"],
        "decision": said.get("decision", ""), "state": photo["state"],
        "reviewed": "yes" if photo["review"] else "no",
        "disagrees": "yes" if photo["review"] and said and label != said["label"] else "no",
        **{name: photo[name] for name in ("player", "group", "burst")},
    }  # fmt: skip
    if field == "word":
        return alike(photo["name"], ["", *value, ""])
    if field == "reason":
        return alike(photo["fault"] or said.get("reason", ""), ["", *value, ""])
    if field == "folder":
        around = "/".join(["", *photo["folders"], ""])
        return alike(around, ["", "/" + value[0], *value[1:-1], value[-1] + "/", ""]
                     if len(value) > 1 else ["", f"/{value[0]}/", ""])  # fmt: skip
    if field in texts:
        return alike(texts[field], value if isinstance(value, list) else [value])
    number = said.get("confidence") if field == "confidence" else photo[field]
    return number is not None and compared(number, sign, value, field == "taken")


def compared(number: float, sign: str, value: Any, is_time: bool) -> bool:
    low = {"1970-01-01": 0.0, "1970-01-02": DAY, "1970-01-04": 3 * DAY}[value] if is_time else value
    high = low + DAY if is_time else math.nextafter(low, math.inf)  # the first number beyond
    return {":": low <= number < high, "=": low <= number < high, "<": number < low,
            "<=": number < high, ">": number >= high, ">=": number >= low}[sign]  # fmt: skip


def emptied(catalog: Catalog) -> None:
    with catalog.writing() as connection:
        for table in (reviews, predictions, photos):
            connection.execute(delete(table))


def filled(catalog: Catalog, made: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The photos by the ids that they got; of two at one path the first."""
    emptied(catalog)
    by_path = {"/".join(["", *p["folders"], p["name"]]): p for p in reversed(made)}
    found = {}
    for path, photo in by_path.items():
        columns = {name: photo[name] for name in (
            "player", "group", "burst", "width", "height", "size", "taken", "state")}  # fmt: skip
        number = add_photo(catalog, path, reason=photo["fault"], **columns)
        if photo["prediction"]:
            add_prediction(catalog, number, **photo["prediction"])
        if photo["review"]:
            add_review(catalog, number, *photo["review"])
        found[number] = {**photo, "path": path, "id": number}
    return found


def key_of(photo: dict[str, Any], order: str) -> tuple[Any, ...]:
    said = photo["prediction"] or {}
    if order == "path":
        return (photo["path"],)
    key = photo["taken"] if order == "taken" else said.get(
        "confidence" if order == "confidence" else "queue_place")  # fmt: skip
    return (key is None, key or 0, photo["id"])


def check(catalog: Catalog, made: list[dict[str, Any]], asked: list[Any], order: Any) -> None:
    by_id = filled(catalog, made)
    query = " ".join(map(typed, asked))
    names_state = any(term[0] == "state" for term in asked)
    wanted = [
        photo for photo in by_id.values()
        if (names_state or photo["state"] == "present") and all(holds(photo, t) for t in asked)
    ]  # fmt: skip
    wanted.sort(key=lambda photo: key_of(photo, order))
    ids = [photo["id"] for photo in wanted]
    found = [photo.id for photo in find_photos(catalog, query, order=order)]
    if order == "path" and catalog.engine.dialect.name == "postgresql":
        assert sorted(found) == sorted(ids), query  # the server's language has its own order
        ids = found
    assert found == ids, query
    assert count_photos(catalog, query) == len(ids)
    paged: list[int] = []
    while page := find_photos(
        catalog, query, order=order, limit=2, after=next(iter(paged[::-1]), None)
    ):
        paged += [photo.id for photo in page]
    assert paged == ids, query


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(PHOTOS, min_size=2, max_size=6),
    st.lists(terms(), min_size=1, max_size=2),
    st.sampled_from(ORDERS),
)
def test_the_same_photos_as_a_slow_filter_finds(
    sqlite: Catalog, made: list[dict[str, Any]], asked: list[Any], order: Any
) -> None:
    check(sqlite, made, asked, order)


def test_the_same_on_postgresql(postgresql_catalog_url: str) -> None:
    catalog = open_catalog(postgresql_catalog_url)

    @settings(max_examples=40, deadline=None)
    @given(st.lists(PHOTOS, max_size=5), st.lists(terms(), max_size=3), st.sampled_from(ORDERS))
    def examples(made: list[dict[str, Any]], asked: list[Any], order: Any) -> None:
        check(catalog, made, asked, order)

    examples()
    catalog.close()

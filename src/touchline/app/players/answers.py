"""Answers to "is this the same person": as a browser sends them, and as a table."""

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import crops, identity_reviews
from touchline.archive.review.identity_reviews import IdentityAnswer, answer
from touchline.errors import UsageError

COLUMNS = ("query", "candidate", "same", "reviewer", "at", "run", "distance")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def apply_answer(catalog: Catalog, sent: Mapping[str, Any]) -> str:
    """Write down an answer, once however often it is sent.

    Args:
        catalog: where it is written.
        sent: `token`, `query_id`, `gallery_id`, `same` (None takes an answer back), `reviewer`,
            `run` and `distance`; anything at all, since a browser sends it.

    Returns:
        Nothing out of the ordinary, so an empty text.

    Raises:
        UsageError: it is no answer, or cannot be written down.
        EnvironmentMissingError: the catalog cannot be written now.
    """
    answer(catalog, IdentityAnswer(
        token=_required(sent, "token", str), query_id=_required(sent, "query_id", int),
        gallery_id=_required(sent, "gallery_id", int), same=_required(sent, "same", bool, None),
        reviewer=_required(sent, "reviewer", str), run=_required(sent, "run", str),
        distance=_required(sent, "distance", float, int, None),
    ))  # fmt: skip
    return ""


def answers_as_csv(catalog: Catalog) -> str:
    """Every answer ever given, oldest first, `same` empty where one was taken back.

    A cell that a spreadsheet would compute begins with an apostrophe.
    """
    query, candidate = crops.alias("query"), crops.alias("candidate")
    said = identity_reviews.c
    rows = (
        select(query.c.path, candidate.c.path, said.same, said.reviewer, said.at, said.run,
               said.distance)
        .select_from(identity_reviews)
        .join(query, query.c.id == said.query_id)
        .join(candidate, candidate.c.id == said.gallery_id)
        .order_by(said.id)
    )  # fmt: skip
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    with catalog.reading() as connection:
        for asked, offered, same, reviewer, at, run, distance in connection.execute(rows):
            when = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
            verdict = "" if same is None else "yes" if same else "no"
            cells = (asked, offered, verdict, reviewer, when, run)
            table.writerow([*map(_harmless, cells), "" if distance is None else distance])
    return text.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _required(sent: Mapping[str, Any], name: str, *kinds: type[Any] | None) -> Any:
    value = sent.get(name)
    if not any(value is None if kind is None else type(value) is kind for kind in kinds):
        raise UsageError("an answer of this page", f"something else as its {name}", "Reload it.")
    return value

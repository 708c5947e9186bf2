"""The photos that a query finds, in pages that cost the same wherever they lie."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.search.columns import FOUND, JOINED
from touchline.archive.catalog.search.conditions import condition_of
from touchline.archive.catalog.search.language import parse_query
from touchline.archive.catalog.tables import photos, predictions
from touchline.errors import UsageError

Order = Literal["path", "confidence", "taken", "doubt"]
ORDERS: tuple[Order, ...] = get_args(Order)
ROWS_A_FETCH = 1000


@dataclass(frozen=True)
class FoundPhoto:
    """A photo of the catalog with what stands for it. Text that is not known is empty.

    Attributes:
        id: its number in the catalog.
        path: absolute.
        label: the class that stands: a person's decision, else the model's.
        confidence: the model's of its own label, in [0, 1]; None without a prediction.
        decision: the model's, `accept` or `review`.
        reason: why it is in doubt, or why the file is unreadable.
        run: the run whose prediction is the newest.
        player, group, burst: what it belongs to.
        taken: seconds since 1970 of the camera's own clock.
        width, height: pixels.
        size: bytes.
        state: `present`, `gone` or `unreadable`.
        predicted_label: the model's label.
        reviewed_label: the person's label.
        reviewer: the person whose decision stands.
        reviewed_at: when, seconds since 1970 in UTC.
        sha256: of the file's content.
    """

    id: int
    path: str
    label: str
    confidence: float | None
    decision: str
    reason: str
    run: str
    player: str
    group: str
    burst: str
    taken: float | None
    width: int
    height: int
    size: int
    state: str
    predicted_label: str
    reviewed_label: str
    reviewer: str
    reviewed_at: float | None
    sha256: str


_KEYS: dict[Order, ColumnElement[Any]] = {
    "path": photos.c.path,
    "confidence": predictions.c.confidence,
    "taken": photos.c.taken,
    "doubt": predictions.c.queue_place,
}


def find_photos(
    catalog: Catalog,
    query: str,
    *,
    order: Order = "path",
    limit: int = 100,
    after: int | None = None,
) -> list[FoundPhoto]:
    """One page of the photos that match.

    Args:
        catalog: where to look.
        query: in the language of `touchline.archive.catalog.search.language`.
        order: by `path`, by `confidence` (least sure first), by when it was `taken` (oldest
            first), or by `doubt` (as the review queue has them). Photos without that number come
            last; equals come in the order of their ids.
        limit: photos a page.
        after: the id of the last photo of the page before; None for the first page.

    Raises:
        UsageError: the query cannot be read, or there is no photo `after`.
    """
    wanted = _select(condition_of(parse_query(query)), order).limit(limit)
    with catalog.reading() as connection:
        if after is not None:
            wanted = wanted.where(_comes_after(connection, order, after))
        return [FoundPhoto(*row) for row in connection.execute(wanted)]


def count_photos(catalog: Catalog, query: str) -> int:
    """How many photos match.

    Raises:
        UsageError: the query cannot be read.
    """
    counted = select(func.count()).select_from(JOINED).where(condition_of(parse_query(query)))
    with catalog.reading() as connection:
        return connection.scalar(counted) or 0


def stream_photos(
    catalog: Catalog, query: str, *, order: Order = "path", limit: int | None = None
) -> Iterator[FoundPhoto]:
    """All photos that match, or the first `limit`, one after the other; memory does not grow.

    Raises:
        UsageError: the query cannot be read.
    """
    condition = condition_of(parse_query(query))
    with catalog.reading() as connection:
        yield from islice(each_photo(connection, condition, order), limit)


def each_photo(
    connection: Connection, condition: ColumnElement[bool], order: Order = "path"
) -> Iterator[FoundPhoto]:
    """Every photo that fulfils a condition on `JOINED`, streamed; memory does not grow."""
    streaming = connection.execution_options(yield_per=ROWS_A_FETCH)
    with streaming.execute(_select(condition, order)) as rows:
        for row in rows:
            yield FoundPhoto(*row)


def _select(condition: ColumnElement[bool], order: Order) -> Select[Any]:
    columns = [column.label(name) for name, column in FOUND.items()]
    return select(*columns).select_from(JOINED).where(condition).order_by(*_order_by(order))


def _order_by(order: Order) -> tuple[ColumnElement[Any], ...]:
    key = _KEYS[order]
    if order == "path":
        return (key,)  # no two are the same, and an index keeps them in order
    return (key.is_(None), key, photos.c.id)


def _comes_after(connection: Connection, order: Order, after: int) -> ColumnElement[bool]:
    key = _KEYS[order]
    last = connection.execute(select(key).select_from(JOINED).where(photos.c.id == after)).first()
    if last is None:
        raise UsageError(
            "the id of a photo to go on after", f"{after}, which no photo has",
            "Begin again at the first page.",
        )  # fmt: skip
    place = last[0]
    if order == "path":
        return and_(photos.c.path > place)
    if place is None:
        return and_(key.is_(None), photos.c.id > after)
    return or_(key > place, and_(key == place, photos.c.id > after), key.is_(None))

"""The review queue narrowed by a search."""

from sqlalchemy import Select, select

from touchline.archive.catalog.search.columns import JOINED
from touchline.archive.catalog.search.conditions import condition_of
from touchline.archive.catalog.search.language import parse_query
from touchline.archive.catalog.tables import photos


def photos_matching(query: str) -> Select[tuple[int]] | None:
    """The ids of the photos that a search finds, as `next_items` takes them; None for all.

    Raises:
        UsageError: the query cannot be read.
    """
    if not query:
        return None
    return select(photos.c.id).select_from(JOINED).where(condition_of(parse_query(query)))

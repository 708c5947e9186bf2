"""The crops of the catalog, as re-identification knows crops; their number is the catalog's id."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, Select, func, select

from touchline.app.roots import Roots
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import PRESENT, crops
from touchline.errors import UsageError
from touchline.reid.crops import Crop

_COLUMNS = (crops.c.id, crops.c.path, crops.c.identity, crops.c.action)


@dataclass(frozen=True)
class CropPage:
    """Some crops of many.

    Attributes:
        crops: of this page, in the order of their paths.
        total: how many there are on all pages.
    """

    crops: tuple[Crop, ...]
    total: int


def crop_page(catalog: Catalog, action: str, role: str, page: int, size: int) -> CropPage:
    """A page of the present crops.

    Args:
        catalog: the catalog.
        action: only of that action; of all when empty.
        role: only queries, or only the gallery; all when empty.
        page: from 0.
        size: crops a page.
    """
    query = _present()
    if action:
        query = query.where(crops.c.action == action)
    if role:
        query = query.where(crops.c.role == role)
    with catalog.reading() as connection:
        total = connection.scalar(select(func.count()).select_from(query.subquery())) or 0
        some = query.order_by(crops.c.path).offset(page * size).limit(size)
        return CropPage(_crops(connection.execute(some)), total)


def crops_with_role(catalog: Catalog, *, queries: bool) -> tuple[Crop, ...]:
    """All present crops that are queries, or all that are searched in.

    Crops whose role nobody has said are searched in. Where no crop is, the queries are: then each
    is looked for among the others.
    """
    is_query = crops.c.role == "query"
    query = _present().where(is_query if queries else ~is_query).order_by(crops.c.path)
    with catalog.reading() as connection:
        found = _crops(connection.execute(query))
        if found or queries:
            return found
        return _crops(connection.execute(_present().order_by(crops.c.path)))


def actions(catalog: Catalog) -> list[str]:
    """The actions that crops are from, shortest first, so that 9 stands before 10."""
    query = select(crops.c.action).where(crops.c.state == PRESENT, crops.c.action != "").distinct()
    with catalog.reading() as connection:
        return sorted(connection.execute(query).scalars(), key=lambda name: (len(name), name))


def crop_of_id(catalog: Catalog, crop_id: int) -> Crop:
    """One crop.

    Raises:
        UsageError: the catalog has none of that number.
    """
    with catalog.reading() as connection:
        found = _crops(connection.execute(_present().where(crops.c.id == crop_id)))
    if not found:
        raise UsageError("a crop of the catalog", f"none with number {crop_id}", "Choose another.")
    return found[0]


def crops_beneath(roots: Roots, found: Sequence[Crop]) -> tuple[Crop, ...]:
    """The crops that the app may read."""
    return tuple(crop for crop in found if _is_beneath(roots, crop.path))


def _is_beneath(roots: Roots, path: Path) -> bool:
    try:
        roots.inside(path)
    except UsageError:
        return False
    return True


def _present() -> Select[Any]:
    return select(*_COLUMNS).where(crops.c.state == PRESENT)


def _crops(rows: Iterable[Row[*tuple[Any, ...]]]) -> tuple[Crop, ...]:
    return tuple(Crop(Path(row.path), row.id, row.identity, row.action) for row in rows)

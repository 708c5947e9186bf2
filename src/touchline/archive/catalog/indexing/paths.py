"""Paths as the catalog holds them: absolute, their folders' links resolved, and in UTF-8."""

import os
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Table, func, select

from touchline.archive.catalog.opening import insert_into
from touchline.archive.catalog.tables import roots


def catalog_path(path: Path) -> str | None:
    """The path under which the catalog would hold a file; None for a name that it cannot hold.

    The links of the folders above are resolved, not one that the file itself is.
    """
    try:
        str(path).encode()
        return str(path.parent.resolve() / path.name)
    except (ValueError, OSError, RuntimeError):  # no UTF-8, a zero byte, links in a circle
        return None


def is_holdable(text: str) -> bool:
    r"""Whether every database can hold a text: no zero byte, and valid Unicode.

    >>> is_holdable("Kick-l"), is_holdable("\0"), is_holdable("\ud800")
    (True, False, False)
    """
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def lies_below(column: ColumnElement[str], folder: str) -> ColumnElement[bool]:
    """The condition that a path lies somewhere below a folder, whatever marks its name holds."""
    prefix = folder.rstrip(os.sep) + os.sep
    return func.substr(column, 1, len(prefix)) == prefix


def root_of(connection: Connection, folder: str) -> int:
    """The id of the row of an indexed folder; made when there is none."""
    connection.execute(insert_into(connection, roots).values(path=folder).on_conflict_do_nothing())
    return int(connection.execute(select(roots.c.id).where(roots.c.path == folder)).scalar_one())


def ids_by_path(connection: Connection, table: Table, paths: list[str]) -> dict[str, int]:
    """The ids of those of some hundred paths that a table holds."""
    query = select(table.c.path, table.c.id).where(table.c.path.in_(paths))
    return {row.path: row.id for row in connection.execute(query)}

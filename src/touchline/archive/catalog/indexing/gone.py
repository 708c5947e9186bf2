"""Rows whose files are no longer there."""

import os
import stat
from collections.abc import Mapping, Sized
from pathlib import Path

from sqlalchemy import Table, update

from touchline.archive.catalog.indexing.batches import batches
from touchline.archive.catalog.indexing.walking import Walk
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import GONE
from touchline.errors import UsageError


def refuse_emptied(walk: Walk, missing: Sized, emptied: bool) -> None:
    """Raise where a folder holds nothing any more: its disk is hardly mounted.

    Raises:
        UsageError: no file was found, some are missing, and the person did not say `emptied`.
    """
    if missing and not walk.files and not emptied:
        raise UsageError(
            f"files in {walk.folder}", f"none, where the catalog knows {len(missing)}",
            "Mount the disk they lie on; if they were removed on purpose, add --emptied.",
        )  # fmt: skip


def mark_gone(catalog: Catalog, table: Table, missing: Mapping[str, int], now: float) -> list[str]:
    """Mark the rows of missing files; returns the paths of those marked.

    Args:
        catalog: where to.
        table: of photos, videos or crops.
        missing: ids of rows by the path that was not found; a row that has moved on stays.
        now: seconds since 1970.
    """
    marked: list[str] = []
    for some in batches(path for path in missing if not _is_file(path)):
        with catalog.writing() as connection:
            row_ids = [missing[path] for path in some]
            still = (table.c.id.in_(row_ids), table.c.path.in_(some), table.c.state != GONE)
            change = update(table).where(*still).values(state=GONE, indexed_at=now)
            marked += connection.execute(change.returning(table.c.path)).scalars()
    return marked


def is_gone(path: str, root: str) -> bool:
    """Whether a file that lies in another folder than the one walked is certainly gone.

    It is not where that folder itself is missing or empty, as that of a disk not mounted.
    """
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        try:
            return any(Path(root).iterdir())
        except OSError:
            return False
    except OSError:
        return False
    return False


def _is_file(path: str) -> bool:
    """Whether a file appeared since the folder was walked."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False

"""Files whose content was replaced, written once all are read and it is known who moved where."""

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection

from touchline.archive.catalog.indexing.photo_rows import (
    IsFree,
    Measured,
    Taken,
    moved_row,
    row_values,
    rows_of,
    write_rows,
)
from touchline.archive.catalog.indexing.renames import Replaced, renamed_among
from touchline.archive.catalog.tables import photos

_ON_THE_WAY = "on the way: {}"
"""A path that no file has, for the moment in which rows change places."""


def move_rows(
    connection: Connection, root_id: int, waiting: Mapping[str, Measured], now: float,
    is_free: IsFree, taken: Taken,
) -> None:  # fmt: skip
    """Let rows follow their content among paths whose content was replaced; all in one go.

    Args:
        connection: that writes.
        root_id: the folder that was indexed.
        waiting: what each path holds now.
        now: seconds since 1970.
        is_free: which rows may move besides those of `waiting`.
        taken: where the moves are noted.
    """
    known = {row.path: row for row in rows_of(connection, photos.c.path, waiting)}
    files = []
    for path, file in waiting.items():
        row = known.get(path)
        if row is None or (row.sha256 and row.sha256 != file.sha256):
            row_id, before = (row.id, row.sha256) if row else (None, "")
            files.append(Replaced(path, row_id, before, file.sha256))
    free = defaultdict(list)
    rows = {row.id: row for row in known.values()}
    for row in rows_of(connection, photos.c.sha256, {file.after for file in files}):
        if row.id not in rows and is_free(row):
            free[row.sha256].append(row.id)
            rows[row.id] = row
    moves = renamed_among(files, free)
    write_rows(connection, [{"row": row_id, "path": _ON_THE_WAY.format(row_id)}
                            for row_id in moves if rows[row_id].path in known])  # fmt: skip
    write_rows(connection, [
        moved_row(rows[row_id], path, root_id, row_values(waiting[path], now), taken)
        for row_id, path in moves.items()
    ])  # fmt: skip

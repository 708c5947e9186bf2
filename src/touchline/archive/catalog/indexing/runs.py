"""The runs whose predictions the catalog holds."""

import os
from pathlib import Path

from sqlalchemy import Connection, select, update

from touchline.archive.catalog.opening import insert_into
from touchline.archive.catalog.tables import runs


def run_of(connection: Connection, task: str, name: str, folder: Path | None, now: float) -> int:
    """The id of a run's row; made when there is none.

    Args:
        connection: that writes.
        task: `photos`, `spotting` or `reid`.
        name: as the predictions name the run.
        folder: where the run lies; None takes the name for its folder, if there is such a one.
        now: seconds since 1970.
    """
    found = folder if folder is not None else Path(name)
    # Not `Path.is_dir`, which raises for a name that is too long for a file.
    where = str(found.resolve()) if os.path.isdir(found) else ""  # noqa: PTH112
    row = {"task": task, "name": name, "folder": where, "added_at": now}
    connection.execute(insert_into(connection, runs).values(row).on_conflict_do_nothing())
    here = (runs.c.task == task, runs.c.name == name)
    if where:
        connection.execute(update(runs).where(*here, runs.c.folder != where).values(folder=where))
    return int(connection.execute(select(runs.c.id).where(*here)).scalar_one())

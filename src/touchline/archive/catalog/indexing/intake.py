"""One run over a folder of photos: what it has read, written a batch at a time."""

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlalchemy import case, select, update

from touchline.archive.catalog.indexing.batches import batches
from touchline.archive.catalog.indexing.gone import is_gone
from touchline.archive.catalog.indexing.paths import root_of
from touchline.archive.catalog.indexing.photo_rows import (
    Measured,
    PhotoRow,
    Taken,
    Unreadable,
    take_in,
)
from touchline.archive.catalog.indexing.settling import move_rows
from touchline.archive.catalog.indexing.walking import Walk
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import GONE, PRESENT, UNREADABLE, photos, roots
from touchline.reporting.plain_text import printable

_UNOPENED = (0, 0)
"""The state of a file that could not even be opened: no file has it, so it is tried each time."""


class Intake:
    """The files of one walk on their way into the catalog.

    Attributes:
        walk: what was found in the folder.
        root_id: the folder's row.
        now: when the run began, in seconds since 1970; every row written bears it.
        taken: what became of the files so far.
    """

    def __init__(self, catalog: Catalog, walk: Walk) -> None:
        self._catalog, self.walk = catalog, walk
        self.now, self.taken = time.time(), Taken()
        with catalog.reading() as connection:
            known = connection.scalar(select(roots.c.id).where(roots.c.path == walk.folder))
        if known is None:
            with catalog.writing() as connection:
                known = root_of(connection, walk.folder)
        self.root_id = known

    def bring_back(self, row_ids: Iterable[int]) -> None:
        """Mark as there the rows whose files went, and came back as they were."""
        state = case((photos.c.sha256 == "", UNREADABLE), else_=PRESENT)
        for some in batches(row_ids):
            with self._catalog.writing() as connection:
                change = update(photos).where(photos.c.id.in_(some), photos.c.state == GONE)
                change = change.values(state=state, indexed_at=self.now)
                back = connection.execute(change.returning(photos.c.path))
                self.taken.returned += back.scalars()

    def take(self, files: Mapping[str, Measured | str]) -> None:
        """Write a batch, but for files whose content was replaced: those wait for `settle`."""
        found: dict[str, Measured | Unreadable] = {}
        for path, file in files.items():
            if isinstance(file, Measured):
                found[path] = file
            elif os.path.lexists(path):
                found[path] = self._unreadable(path, file)
            else:  # removed since it was found: the next index will tell
                del self.walk.files[path]
        self._write(found)

    def settle(self) -> None:
        """Write what waits: first the rows that changed places, all at once; then the others."""
        waiting = self.taken.waiting
        if not waiting:
            return
        with self._catalog.writing() as connection:
            move_rows(connection, self.root_id, waiting, self.now, self._is_free, self.taken)
        for paths in batches(waiting):
            self._write({path: waiting[path] for path in paths}, in_place=True)

    def _write(self, found: Mapping[str, Measured | Unreadable], in_place: bool = False) -> None:
        with self._catalog.writing() as connection:
            take_in(
                connection, self.root_id, found, self.now, self._is_free, self.taken,
                in_place=in_place,
            )  # fmt: skip

    def _unreadable(self, path: str, reason: str) -> Unreadable:
        try:
            with Path(path).open("rb") as stream:
                stream.read(1)
            state = self.walk.files[path]
        except OSError:
            state = _UNOPENED
        return Unreadable(*state, printable(reason))

    def _is_free(self, row: PhotoRow) -> bool:
        if Path(row.path).is_relative_to(self.walk.folder):
            return self.walk.is_missing(row.path)
        return is_gone(row.path, row.root)

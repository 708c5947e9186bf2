"""Measured photos into rows: new, changed in place, or the row of a file that has moved here."""

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from touchline.archive.catalog.indexing.standing import point_at_what_stands
from touchline.archive.catalog.tables import GONE, PRESENT, UNREADABLE, photos, roots


@dataclass(frozen=True)
class Measured:
    """What indexing wants to know of a photo.

    Attributes:
        sha256: hash of the file's bytes.
        size: bytes.
        changed_ns: the file's time of change, in nanoseconds, taken before it was read.
        width, height: pixels of the upright photo.
        taken: by EXIF, in seconds since 1970 of the camera's own clock; None when not said.
    """

    sha256: str
    size: int
    changed_ns: int
    width: int
    height: int
    taken: float | None


@dataclass(frozen=True)
class Unreadable:
    """A file that cannot be shown as a photo: its state, and why not."""

    size: int
    changed_ns: int
    reason: str


class PhotoRow(NamedTuple):
    """What of a row tells whether it is the one of a file; `root` is the folder indexed."""

    id: int
    path: str
    sha256: str
    state: str
    root: str


IsFree = Callable[[PhotoRow], bool]
"""Whether the file of a row has gone, so that the row may follow its content to another path."""


@dataclass
class Taken:
    """What became of files: their paths, by how they came into the catalog.

    Attributes:
        left: the paths that moved photos have left.
        waiting: files whose content was another, or was another's: not written yet.
        replaced: SHA-256 of what they held.
    """

    new: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    waiting: dict[str, Measured] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)


def take_in(
    connection: Connection, root_id: int, found: Mapping[str, Measured | Unreadable], now: float,
    is_free: IsFree, taken: Taken, *, in_place: bool = False,
) -> None:  # fmt: skip
    """Write some hundred files into the rows that are theirs, and note it in `taken`.

    Args:
        connection: that writes, so that what is read here is what is written upon.
        root_id: the folder that was indexed.
        found: the files by path.
        now: seconds since 1970.
        is_free: which rows may move.
        taken: what became of the files so far.
        in_place: write files whose content was replaced where they are; else they wait.
    """
    known = {row.path: row for row in rows_of(connection, photos.c.path, found)}
    strangers = {path: file.sha256 for path, file in found.items()
                 if isinstance(file, Measured) and path not in known}  # fmt: skip
    owners = _owners(connection, strangers, is_free)
    rows, fresh, other_content = [], [], []
    for path, file in found.items():
        values, row = row_values(file, now), known.get(path)
        content = values["sha256"]
        if row is None and path in owners:
            rows.append(moved_row(owners[path], path, root_id, values, taken))
        elif not in_place and isinstance(file, Measured) and _must_wait(row, file, taken):
            taken.waiting[path] = file
        elif row is None:
            taken.new.append(path)
            fresh.append({**values, "path": path, "root_id": root_id})
        else:
            rows.append({"row": row.id, **values})
            if row.state == GONE:
                taken.returned.append(path)
            elif row.sha256 != content:
                taken.changed.append(path)
            if row.sha256 != content:
                other_content.append(row.id)
    if fresh:
        connection.execute(insert(photos), fresh)
    write_rows(connection, rows)
    point_at_what_stands(connection, other_content)


def _must_wait(row: PhotoRow | None, file: Measured, taken: Taken) -> bool:
    """Whether a file has, or may have got, what another path held; notes what its own held."""
    if row is None:
        return file.sha256 in taken.replaced
    if not row.sha256 or row.sha256 == file.sha256:
        return False
    taken.replaced.add(row.sha256)
    return True


def moved_row(
    row: PhotoRow, path: str, root_id: int, values: Mapping[str, Any], taken: Taken
) -> dict[str, Any]:
    """The columns of a row that follows its content to `path`; noted in `taken`."""
    taken.moved.append(path)
    taken.left.append(row.path)
    return {"row": row.id, **values, "path": path, "root_id": root_id}


def row_values(file: Measured | Unreadable, now: float) -> dict[str, Any]:
    """The columns of a photo that come from its file, without the path."""
    if isinstance(file, Measured):
        return {**asdict(file), "state": PRESENT, "reason": "", "indexed_at": now}
    nothing = {"sha256": "", "width": 0, "height": 0, "taken": None}
    return {**nothing, **asdict(file), "state": UNREADABLE, "indexed_at": now}


def write_rows(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the columns given of some rows, each named by its id under `row`."""
    by_columns = defaultdict(list)
    for row in rows:
        by_columns[tuple(row)].append(row)
    change = update(photos).where(photos.c.id == bindparam("row"))
    for columns, alike in by_columns.items():
        names = [name for name in columns if name != "row"]
        connection.execute(change.values({name: bindparam(name) for name in names}), alike)


def rows_of(connection: Connection, column: Any, values: Collection[str]) -> list[PhotoRow]:
    """The photos with one of these values in a column, the oldest row first."""
    columns = (photos.c.id, photos.c.path, photos.c.sha256, photos.c.state, roots.c.path)
    rest, rows = iter(values), []
    while some := list(islice(rest, 500)):
        query = select(*columns).join(roots).where(column.in_(some))
        rows += [PhotoRow(*row) for row in connection.execute(query)]
    return sorted(rows)


def _owners(
    connection: Connection, contents: Mapping[str, str], is_free: IsFree
) -> dict[str, PhotoRow]:
    """For each new path the free row of its content, if there is one; of several that of its name.

    Every row is given once.
    """
    free: defaultdict[str, list[PhotoRow]] = defaultdict(list)
    for row in rows_of(connection, photos.c.sha256, set(contents.values())):
        if is_free(row):
            free[row.sha256].append(row)
    owners: dict[str, PhotoRow] = {}
    for path, content in contents.items():
        if fitting := _of_name(free[content], path):
            owners[path] = fitting[0]
            free[content].remove(fitting[0])
    for path, content in contents.items():
        if path not in owners and free[content]:
            owners[path] = free[content].pop(0)
    return owners


def _of_name(rows: Sequence[PhotoRow], path: str) -> list[PhotoRow]:
    name = os.path.basename(path)  # noqa: PTH119
    return [row for row in rows if os.path.basename(row.path) == name]  # noqa: PTH119

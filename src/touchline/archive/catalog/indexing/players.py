"""Who is on a photo, and which photos must stay together, from a table a person keeps."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from touchline.archive.catalog.indexing.batches import batches
from touchline.archive.catalog.indexing.paths import catalog_path, ids_by_path, is_holdable
from touchline.archive.catalog.indexing.photo_rows import write_rows
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import photos
from touchline.archive.faults import reason_of
from touchline.errors import UsageError
from touchline.faults import Fault

COLUMNS = ("file", "player", "group")


@dataclass(frozen=True)
class AddedPlayers:
    """What a table of players did.

    Attributes:
        named: photos whose player or group is another now.
        unchanged: photos that had them already.
        skipped: rows that name no photo of the catalog, or one that has a row already.
    """

    named: int
    unchanged: int
    skipped: tuple[Fault, ...]


def add_players(catalog: Catalog, table: Path) -> AddedPlayers:
    """Write players, and groups where there is such a column, to the photos a CSV names.

    Args:
        catalog: where the photos are indexed.
        table: a CSV in UTF-8 with the columns `file`, `player` and, if wanted, `group`; files are
            named relative to its folder, or by their whole path. An empty cell takes a name away.

    Raises:
        UsageError: the file cannot be read, or has other columns.
    """
    rows, skipped = _rows(table)
    changed = unchanged = 0
    for some in batches(rows.items()):
        with catalog.writing() as connection:
            ids = ids_by_path(connection, photos, [path for path, _ in some])
            query = select(photos.c.id, photos.c.player, photos.c.group)
            query = query.where(photos.c.id.in_(ids.values()))
            held = {row["id"]: row for row in connection.execute(query).mappings()}
            changes = []
            for path, row in some:
                if path not in ids:
                    skipped.append(Fault(table, f"line {row.line}", f"not in the catalog: {path}"))
                elif any(held[ids[path]][name] != value for name, value in row.names.items()):
                    changes.append({"row": ids[path], **row.names})
                else:
                    unchanged += 1
            write_rows(connection, changes)
            changed += len(changes)
    return AddedPlayers(changed, unchanged, tuple(skipped))


@dataclass(frozen=True)
class _Row:
    """A line of the table: the columns that it sets."""

    line: int
    names: dict[str, str]


def _rows(table: Path) -> tuple[dict[str, _Row], list[Fault]]:
    rows: dict[str, _Row] = {}
    skipped = []
    for line, cells in _lines(table):
        file = (cells["file"] or "").strip()
        path = catalog_path(table.parent / file) if file else None
        if path is None:
            skipped.append(Fault(table, f"line {line}", f"no file name: {file!r}"))
        elif not all(is_holdable(cells.get(name) or "") for name in COLUMNS[1:]):
            skipped.append(Fault(table, f"line {line}", "a name with a zero byte in it"))
        elif path in rows:
            first = rows[path].line
            skipped.append(Fault(table, f"line {line}", f"{file} stands in line {first} already"))
        else:
            rows[path] = _Row(line, {name: (cells[name] or "").strip()
                                     for name in COLUMNS[1:] if name in cells})  # fmt: skip
    return rows, skipped


def _lines(table: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, restkey="")
            found = tuple(reader.fieldnames or ())
            if found not in (COLUMNS, COLUMNS[:2]):
                raise UsageError(
                    f"the columns {','.join(COLUMNS[:2])} and, if wanted, {COLUMNS[2]}",
                    f"{','.join(found) or 'none'} in {table}", "Name the columns so in its head.",
                )  # fmt: skip
            for cells in reader:
                yield reader.line_num, cells
    except OSError as error:
        raise UsageError(
            "a table of players", f"{reason_of(error)}: {table}", "Check the path."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            "a CSV file in UTF-8", f"{error} in {table}", "Save it again as CSV, UTF-8."
        ) from error

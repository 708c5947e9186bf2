"""What an index would find in a folder; nothing is written."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Table, literal, select

from touchline.archive.catalog.indexing.gone import refuse_emptied
from touchline.archive.catalog.indexing.paths import lies_below
from touchline.archive.catalog.indexing.walking import FileState, Walk, walk_folder
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import GONE
from touchline.faults import Fault
from touchline.files import sha256_of_file


@dataclass(frozen=True)
class Preview:
    """What an index would find in a folder.

    Attributes:
        new: files unknown below the folder, or there again; moved here from elsewhere too.
        changed: files whose content is another now.
        moved: files that are at another place below the folder.
        gone: files that are no longer there.
        unchanged: files that are as the catalog knows them.
        refused: files and folders that would be left out, each with the reason.
    """

    new: int = 0
    changed: int = 0
    moved: int = 0
    gone: int = 0
    unchanged: int = 0
    refused: tuple[Fault, ...] = ()


class _Row(NamedTuple):
    """A file as the catalog knows it; `content` is its hash, None where none is kept."""

    path: str
    at: FileState
    state: str
    content: str | None


def preview_index(
    catalog: Catalog | None, folder: Path, table: Table, endings: Collection[str],
    *, emptied: bool = False,
) -> Preview:  # fmt: skip
    """Say what an index of a folder would find.

    Files are told by size and time. Only those are read that may hold, at a new place or time,
    what the catalog knows; videos never are.

    Args:
        catalog: the catalog; None where there is none yet.
        folder: the folder.
        table: `photos` or `videos`.
        endings: of the files that the table holds.
        emptied: the person says that the folder was emptied on purpose.

    Raises:
        UsageError: the folder is missing, cannot be listed, or is empty although it should not be.
    """
    walk = walk_folder(folder, endings)
    rows = _rows_below(catalog, table, walk.folder)
    here = {row.path: row for row in rows if row.state != GONE}
    counts = Counter(
        "unchanged" if _is_same(path, walk.files[path], here[path]) else "changed"
        for path in walk.files.keys() & here.keys()
    )
    fresh = sorted(walk.files.keys() - here.keys())
    missing = [row for path, row in here.items() if walk.is_missing(path)]
    refuse_emptied(walk, missing, emptied)
    moved = _count_moved(walk, fresh, missing)
    return Preview(
        new=len(fresh) - moved, moved=moved, gone=len(missing) - moved,
        refused=tuple(walk.faults), **counts,
    )  # fmt: skip


def _rows_below(catalog: Catalog | None, table: Table, folder: str) -> list[_Row]:
    if catalog is None:
        return []
    columns = table.c
    content = columns.sha256 if "sha256" in columns else literal(None)
    wanted = select(columns.path, columns.size, columns.changed_ns, columns.state, content)
    with catalog.reading() as connection:
        rows = connection.execute(wanted.where(lies_below(columns.path, folder)))
        return [_Row(path, (size, changed), *others) for path, size, changed, *others in rows]


def _is_same(path: str, at: FileState, row: _Row) -> bool:
    """Whether a file holds what a row says, wherever and whenever it was written."""
    if row.at == at:
        return True
    if not row.content or row.at[0] != at[0]:
        return False
    try:
        return sha256_of_file(Path(path)) == row.content
    except OSError:
        return False


def _count_moved(walk: Walk, fresh: Iterable[str], missing: Sequence[_Row]) -> int:
    """How many of the fresh files are missing ones at another place; each is so once."""
    by_size: defaultdict[int, list[_Row]] = defaultdict(list)
    for row in missing:
        by_size[row.at[0]].append(row)
    moved = 0
    for path in fresh:
        at = walk.files[path]
        may_be = by_size.get(at[0], [])
        found = next((row for row in may_be if _is_same(path, at, row)), None)
        if found is not None:
            may_be.remove(found)
            moved += 1
    return moved

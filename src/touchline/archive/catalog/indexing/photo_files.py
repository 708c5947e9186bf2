"""A folder of photos into the catalog; only what is new, changed, moved or gone is touched.

Rows are written some hundred at a time, each time in one transaction: other writers get their
turn, and an index that is killed goes on from there when the same command is run again.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Row, or_, select, update

from touchline.archive.catalog.indexing.batches import batches
from touchline.archive.catalog.indexing.gone import mark_gone, refuse_emptied
from touchline.archive.catalog.indexing.intake import Intake
from touchline.archive.catalog.indexing.paths import lies_below
from touchline.archive.catalog.indexing.photo_rows import Measured
from touchline.archive.catalog.indexing.walking import walk_folder
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import GONE, UNREADABLE, photos, roots
from touchline.archive.interruption import resumable
from touchline.faults import Fault
from touchline.media.images import IMAGE_ENDINGS
from touchline.reporting.progress import track

__all__ = ["Indexed", "Measure", "Measured", "finish_index", "index_photos"]

Measure = Callable[[Sequence[Path]], Iterator[tuple[Path, Measured | str]]]
"""Gives each path once with what it holds, or with the reason why that cannot be said."""


@dataclass(frozen=True)
class Indexed:
    """What an index found, in photos.

    Attributes:
        folder: the folder, absolute, with links resolved.
        new, changed, moved, returned, gone: photos whose rows were written.
        unchanged: photos that are as the catalog knew them.
        unreadable: files that cannot be shown, old ones too, each with the reason.
        refused: files and folders that were left out, each with the reason.
        others: how many files of other kinds lie there, by ending.
        touched: folders in which something is not as it was when `finish_index` was last called,
            by an index that was killed since too.
    """

    folder: Path
    new: int
    changed: int
    moved: int
    returned: int
    gone: int
    unchanged: int
    unreadable: tuple[Fault, ...]
    refused: tuple[Fault, ...]
    others: Mapping[str, int]
    touched: tuple[Path, ...]


def index_photos(
    catalog: Catalog, folder: Path, measure: Measure, *, emptied: bool = False
) -> Indexed:
    """Bring the catalog's photos of a folder, and of all below it, up to date.

    A file is measured when its path, size or time of change is new. One that is gone at one path
    and new at another with the same content has moved: its row keeps its id, predictions and
    reviews. Where the content of a file changed, what was said of the old one no longer stands,
    until that comes back. The rows of files that are gone stay, marked so. Nothing below a folder
    that cannot be listed is taken for gone.

    Args:
        catalog: where to.
        folder: the photos. Hidden files, and links that lead outside, are left out.
        measure: reads files, see `touchline.photos.cataloguing.measure_photos`.
        emptied: the person says that the folder was emptied on purpose.

    Raises:
        UsageError: the folder is missing or cannot be listed, or holds no photo any more although
            the catalog knows some: its disk is hardly mounted.
        EnvironmentMissingError: the catalog is locked or damaged.
        InterruptedRunError: on Ctrl-C; what was done is kept.
    """
    walk = walk_folder(folder, IMAGE_ENDINGS)
    known = _known(catalog, walk.folder)
    missing = {path: known[path].id for path in sorted(known.keys() - walk.files.keys())
               if known[path].state != GONE and walk.is_missing(path)}  # fmt: skip
    refuse_emptied(walk, missing, emptied)
    same = {
        path for path, (size, changed_ns) in walk.files.items()
        if (row := known.get(path)) and row.changed_ns == changed_ns and row.size == size
    }  # fmt: skip
    # The changed come first: the new may be what they held before.
    waiting = sorted(walk.files.keys() - same, key=lambda path: (path not in known, path))
    intake = Intake(catalog, walk)
    with resumable("the index"):
        intake.bring_back([known[path].id for path in same if known[path].state == GONE])
        found = track(measure([Path(path) for path in waiting]), "Indexing photos", len(waiting))
        for batch in batches(found):
            intake.take({str(path): file for path, file in batch})
        intake.settle()
        left = mark_gone(catalog, photos, missing, intake.now)
    return _summary(catalog, intake, left)


def finish_index(catalog: Catalog, folder: Path) -> None:
    """Note that a folder is wholly indexed: only later changes are `Indexed.touched` from now."""
    with catalog.writing() as connection:
        change = update(roots).where(roots.c.path == str(folder.resolve()))
        connection.execute(change.values(indexed_at=time.time()))


def _known(catalog: Catalog, folder: str) -> dict[str, Row[str, int, int, int, str]]:
    """What the catalog knows of each file; rows as they come, for there may be many."""
    columns = (photos.c.path, photos.c.id, photos.c.size, photos.c.changed_ns, photos.c.state)
    with catalog.reading() as connection:
        found = connection.execute(select(*columns).where(lies_below(photos.c.path, folder)))
        return {row.path: row for row in found.all()}


def _summary(catalog: Catalog, intake: Intake, left: Sequence[str]) -> Indexed:
    walk, taken = intake.walk, intake.taken
    with catalog.reading() as connection:
        here = lies_below(photos.c.path, walk.folder)
        bad = select(photos.c.path, photos.c.reason).where(here, photos.c.state == UNREADABLE)
        rows = connection.execute(bad.order_by(photos.c.path))
        unreadable = {path: Fault(Path(path), "", reason) for path, reason in rows}
        finished = select(roots.c.indexed_at).where(roots.c.id == intake.root_id).scalar_subquery()
        is_later = or_(finished.is_(None), photos.c.indexed_at >= finished)
        later = connection.execute(select(photos.c.path).where(here, is_later)).scalars()
        touched = {Path(path).parent for path in (*later, *taken.left)}
    written = {name: len(set(getattr(taken, name)) - unreadable.keys())
               for name in ("new", "changed", "moved", "returned")}  # fmt: skip
    return Indexed(
        folder=Path(walk.folder), **written, gone=len(left),
        unchanged=len(walk.files.keys() - unreadable.keys()) - sum(written.values()),
        unreadable=tuple(unreadable.values()), refused=tuple(walk.faults),
        others=dict(sorted(walk.others.items())), touched=tuple(sorted(touched)),
    )  # fmt: skip

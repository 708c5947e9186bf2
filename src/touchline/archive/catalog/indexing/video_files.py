"""A folder of videos into the catalog; only what is new, changed, moved or gone is touched."""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from touchline.archive.catalog.indexing.gone import mark_gone, refuse_emptied
from touchline.archive.catalog.indexing.paths import lies_below, root_of
from touchline.archive.catalog.indexing.walking import FileState, Walk, walk_folder
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import GONE, PRESENT, UNREADABLE, videos
from touchline.archive.interruption import resumable
from touchline.errors import UsageError
from touchline.faults import Fault
from touchline.media.folder_contents import VIDEO_ENDINGS
from touchline.reporting.plain_text import printable
from touchline.reporting.progress import track


@dataclass(frozen=True)
class IndexedVideos:
    """What an index of videos found.

    Attributes:
        written: videos that are new, changed, or there again.
        moved: videos whose rows, and so events, followed them to another path.
        gone: videos that are no longer there.
        unchanged: videos that are as the catalog knew them.
        unreadable: files that cannot be played, each with the reason.
        refused: files and folders that were left out, each with the reason.
    """

    written: int
    moved: int
    gone: int
    unchanged: int
    unreadable: tuple[Fault, ...]
    refused: tuple[Fault, ...]


def index_videos(catalog: Catalog, folder: Path, *, emptied: bool = False) -> IndexedVideos:
    """Bring the catalog's videos of a folder, and of all below it, up to date.

    A video is opened when its path, size or time of change is new. Contents are not hashed: a
    video has moved when it is gone at one path and new at another with the same size and time.

    Args:
        catalog: where to.
        folder: the videos, by the endings of their names.
        emptied: the person says that the folder was emptied on purpose.

    Raises:
        UsageError: the folder is missing, cannot be listed, or is empty although it should not be.
        EnvironmentMissingError: the catalog is locked or damaged.
        InterruptedRunError: on Ctrl-C; what was done is kept.
    """
    walk, now = walk_folder(folder, VIDEO_ENDINGS), time.time()
    known = _known(catalog, walk)
    missing = {path: row["id"] for path, row in known.items()
               if row["state"] != GONE and walk.is_missing(path)}  # fmt: skip
    refuse_emptied(walk, missing, emptied)
    waiting = [path for path, state in walk.files.items() if _is_other(known.get(path), state)]
    moved, unreadable = 0, []
    with resumable("the index"):
        for path, facts in track(_probed(walk, waiting), "Indexing videos", len(waiting)):
            with catalog.writing() as connection:
                moved += _write(connection, walk, path, {**facts, "indexed_at": now})
        gone = mark_gone(catalog, videos, missing, now)
    for path, row in _known(catalog, walk).items():
        if row["state"] == UNREADABLE:
            unreadable.append(Fault(Path(path), "", row["reason"]))
    return IndexedVideos(
        written=len(waiting) - moved, moved=moved, gone=len(gone),
        unchanged=len(walk.files) - len(waiting), unreadable=tuple(unreadable),
        refused=tuple(walk.faults),
    )  # fmt: skip


def _is_other(row: Mapping[str, Any] | None, state: FileState) -> bool:
    return row is None or row["state"] == GONE or (row["size"], row["changed_ns"]) != state


def _known(catalog: Catalog, walk: Walk) -> dict[str, Mapping[str, Any]]:
    query = select(videos).where(lies_below(videos.c.path, walk.folder)).order_by(videos.c.path)
    with catalog.reading() as connection:
        return {row["path"]: dict(row) for row in connection.execute(query).mappings()}


def _probed(walk: Walk, paths: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The columns that come from each file; its length is null where the file does not say it."""
    from touchline.media.video.facts import probe

    for path in paths:
        size, changed_ns = walk.files[path]
        facts: dict[str, Any] = {"size": size, "changed_ns": changed_ns, "seconds": None}
        try:
            facts |= {"seconds": probe(Path(path)).seconds, "state": PRESENT, "reason": ""}
        except UsageError as error:
            facts |= {"state": UNREADABLE, "reason": printable(error.found)}
        yield path, facts


def _write(connection: Connection, walk: Walk, path: str, columns: Mapping[str, Any]) -> bool:
    """Write one video's row; whether it is one that moved here."""
    here = connection.execute(select(videos.c.id).where(videos.c.path == path)).scalar()
    if here is not None:
        connection.execute(update(videos).where(videos.c.id == here).values(**columns))
        return False
    alike = select(videos.c.id, videos.c.path).where(
        videos.c.size == columns["size"], videos.c.changed_ns == columns["changed_ns"],
        lies_below(videos.c.path, walk.folder),
    )  # fmt: skip
    free = [row for row in connection.execute(alike.order_by(videos.c.id)).all()
            if walk.is_missing(row.path)]  # fmt: skip
    place = {"path": path, "root_id": root_of(connection, walk.folder)}
    if not free:
        connection.execute(insert(videos).values(**place, **columns))
        return False
    name = os.path.basename(path)  # noqa: PTH119
    row = next((row for row in free if os.path.basename(row.path) == name), free[0])  # noqa: PTH119
    connection.execute(update(videos).where(videos.c.id == row.id).values(**place, **columns))
    return True

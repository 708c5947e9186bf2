"""Photos for the catalog: what is measured of each, and which were taken in one burst."""

import os
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice, pairwise
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from touchline.archive.catalog.indexing.batches import batches
from touchline.archive.catalog.indexing.paths import lies_below
from touchline.archive.catalog.indexing.photo_files import (
    Indexed,
    Measure,
    Measured,
    finish_index,
    index_photos,
)
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.tables import PRESENT, photos
from touchline.errors import EnvironmentMissingError
from touchline.photos.duplicates import BURST_SECONDS, find_duplicates
from touchline.photos.fingerprint import Fingerprint
from touchline.photos.fingerprint_cache import FingerprintCache, file_state
from touchline.photos.fingerprint_files import stream_fingerprints
from touchline.reporting.progress import track

_FILES_AT_ONCE = 256
_NEVER = (0, 0)

LARGEST_BYTES = 1 << 30
"""A file that claims more is no photo, and would fill the memory."""


def catalog_photos(
    catalog: Catalog, folder: Path, cache: Path | None, *, emptied: bool = False
) -> Indexed:
    """Index a folder of photos and find the bursts in it; see `index_photos`.

    Args:
        catalog: where to.
        folder: the photos.
        cache: the folder where fingerprints are kept between runs; None keeps none.
        emptied: the person says that the folder was emptied on purpose.

    Raises:
        UsageError: the folder cannot be listed, or is empty although it should not be.
        EnvironmentMissingError: the catalog or the cache is locked or damaged.
        InterruptedRunError: on Ctrl-C; what was done is kept.
    """
    indexed = index_photos(catalog, folder, measure_photos(cache), emptied=emptied)
    group_bursts(catalog, indexed.touched, cache)
    finish_index(catalog, folder)
    return indexed


def measure_photos(cache: Path | None) -> Measure:
    """The measure of `index_photos`: by fingerprints, read in threads and kept in the cache.

    Raises:
        EnvironmentMissingError: while it measures, when the cache cannot be opened or written.
    """

    def measure(paths: Sequence[Path]) -> Iterator[tuple[Path, Measured | str]]:
        if not paths:
            return
        rest = iter(paths)
        with _fingerprints(cache) as kept:
            while some := list(islice(rest, _FILES_AT_ONCE)):
                # Before reading: a file that changes meanwhile is measured again later.
                states = {path: (file_state(path) or _NEVER)[-2:] for path in some}
                readable = [path for path in some if states[path][0] <= LARGEST_BYTES]
                for path, found in stream_fingerprints(readable, kept):
                    yield path, found if isinstance(found, str) else _measured(found, states[path])
                for path in some:
                    if states[path][0] > LARGEST_BYTES:
                        yield path, f"larger than any photo: more than {LARGEST_BYTES >> 30} GiB"

    return measure


def group_bursts(catalog: Catalog, folders: Collection[Path], cache: Path | None) -> int:
    """Name the burst of each photo in some folders: by the path of its first photo, or nothing.

    Copies alone are no burst: they may be mirrored, and then show another class.

    Args:
        catalog: where the photos are indexed.
        folders: the folders in which something changed; those below them are others.
        cache: the folder of the fingerprints; None reads the photos that may be in a burst again.

    Returns:
        The number of photos whose burst is another now.

    Raises:
        EnvironmentMissingError: the catalog or the cache is locked or damaged.
    """
    if not folders:
        return 0
    changes: dict[int, str] = {}
    with _fingerprints(cache) as kept:
        for shots in track(_shots_by_folder(catalog, folders), "Finding bursts"):
            bursts = _bursts_of(shots, kept)
            changes |= {shot.id: bursts.get(shot.path, "") for shot in shots
                        if shot.burst != bursts.get(shot.path, "")}  # fmt: skip
    change = update(photos).where(photos.c.id == bindparam("row"))
    for some in batches(changes.items()):
        with catalog.writing() as connection:
            connection.execute(
                change.values(burst=bindparam("name")),
                [{"row": row_id, "name": name} for row_id, name in some],
            )
    return len(changes)


@contextmanager
def _fingerprints(cache: Path | None) -> Iterator[FingerprintCache]:
    """The fingerprints kept in a folder; a full disk is said as such.

    Raises:
        EnvironmentMissingError: the cache cannot be opened or written.
    """
    try:
        with closing(FingerprintCache(cache)) as kept:
            yield kept
    except sqlite3.Error as error:
        raise EnvironmentMissingError(
            "to keep the fingerprints of photos", f"{error}, in the folder {cache}",
            "Make room there, or name another folder by the variable TOUCHLINE_CACHE; then run the"
            " same command again: what is done is kept.",
        ) from error  # fmt: skip


class _Shot(NamedTuple):
    """A photo that is, or was, in a burst, or may come to be; without a time unless it is there."""

    id: int
    path: str
    taken: float | None
    burst: str


def _shots_by_folder(catalog: Catalog, folders: Collection[Path]) -> list[list[_Shot]]:
    names = {str(folder) for folder in folders}
    columns = (photos.c.id, photos.c.path, photos.c.taken, photos.c.burst, photos.c.state)
    query = select(*columns).where(
        lies_below(photos.c.path, os.path.commonpath(names)),
        photos.c.taken.is_not(None) | (photos.c.burst != ""),
    )
    found: defaultdict[str, list[_Shot]] = defaultdict(list)
    with catalog.reading() as connection:
        for row_id, path, taken, burst, state in connection.execute(query):
            if (folder := path.rpartition("/")[0]) in names:
                time = taken if state == PRESENT else None
                found[folder].append(_Shot(row_id, path, time, burst))
    return list(found.values())


def _bursts_of(shots: Sequence[_Shot], cache: FingerprintCache) -> dict[str, str]:
    """The name of the burst of each photo of a folder that is in one, by path."""
    names: dict[str, str] = {}
    for some in _compared_at_once(shots):
        streamed = stream_fingerprints([Path(path) for path in some], cache)
        read = [(str(path), print_) for path, print_ in streamed
                if isinstance(print_, Fingerprint)]  # fmt: skip
        for burst in find_duplicates([print_ for _, print_ in read]).bursts:
            paths = sorted(read[place][0] for place in burst.photos)
            names |= dict.fromkeys(paths, paths[0])
    return names


def _compared_at_once(shots: Sequence[_Shot]) -> Iterator[list[str]]:
    """The paths of photos that may be in bursts, in order of time, some hundred at once.

    No burst is torn: photos of two turns are too far apart in time.
    """
    timed = sorted((shot.taken, shot.path) for shot in shots if shot.taken is not None)
    breaks = [place for place, ((before, _), (taken, _)) in enumerate(pairwise(timed), start=1)
              if taken - before > BURST_SECONDS]  # fmt: skip
    waiting: list[str] = []
    for start, end in pairwise([0, *breaks, len(timed)]):
        waiting += [path for _, path in timed[start:end]] if end - start > 1 else []
        if len(waiting) >= _FILES_AT_ONCE:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _measured(found: Fingerprint, state: tuple[int, ...]) -> Measured:
    size, changed_ns = state
    return Measured(found.sha256, size, changed_ns, found.width, found.height, found.time)

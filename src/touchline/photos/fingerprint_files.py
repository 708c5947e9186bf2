"""Fingerprints of many files, read in threads; those of unchanged files are found again on disk.

One SQLite file keeps them: several processes may share it, and a killed one leaves it whole.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple
from itertools import islice
from pathlib import Path

from touchline.errors import EnvironmentMissingError
from touchline.media.images import UnreadableImageError, read_bytes
from touchline.media.prefetch import prefetch
from touchline.photos.data import Rejected
from touchline.photos.fingerprint import Fingerprint, fingerprint
from touchline.reporting.progress import track

CACHE_FILE = "fingerprints.sqlite"

_FILES_AT_ONCE = 256
_TABLE = "fingerprints_1"  # another number when fingerprints are made another way
_COLUMNS = "path, size, changed, sha256, hash, luma, chroma, width, height, time"

FileState = tuple[bytes, int, int]
"""Absolute path, size in bytes, time of the last change in nanoseconds."""


def fingerprint_photos(
    paths: Iterable[Path], cache: Path | None = None
) -> tuple[dict[Path, Fingerprint], tuple[Rejected, ...]]:
    """Fingerprint photos; those that cannot be decoded are named with the reason.

    Args:
        paths: the files; each is read once.
        cache: the folder of the file that keeps fingerprints between runs; None keeps none. A file
            whose size or time of change is another is read anew.

    Returns:
        The fingerprints by path, in the order of `paths`, and the files without one.

    Raises:
        EnvironmentMissingError: when the cache cannot be opened or written.
    """
    unique = list(dict.fromkeys(paths))
    prints: dict[Path, Fingerprint] = {}
    broken: list[Rejected] = []
    with closing(_open(cache)) as database:
        found = track(_each(unique, database), "Reading photos", len(unique))
        for path, result in found:
            if isinstance(result, Fingerprint):
                prints[path] = result
            else:
                broken.append(Rejected(path, result))
    return prints, tuple(broken)


def _each(
    paths: Sequence[Path], database: sqlite3.Connection
) -> Iterator[tuple[Path, Fingerprint | str]]:
    """Each path with its fingerprint, or with the reason why it has none."""
    rest = iter(paths)
    while some := list(islice(rest, _FILES_AT_ONCE)):
        states = {path: _state(path) for path in some}
        known = _get(database, [state for state in states.values() if state])
        missing = [path for path in some if states[path] not in known]
        made = dict(zip(missing, prefetch(_make, missing), strict=True))
        new = [(states[p], f) for p, f in made.items() if isinstance(f, Fingerprint)]
        _put(database, [(state, print_) for state, print_ in new if state])
        for path in some:
            state = states[path]
            yield path, known[state] if state in known else made[path]


def _make(path: Path) -> Fingerprint | str:
    try:
        return fingerprint(read_bytes(path))
    except UnreadableImageError as error:
        return str(error)


def _state(path: Path) -> FileState | None:
    """What identifies an unchanged file; None when it cannot be looked at."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return os.fsencode(path.absolute()), found.st_size, found.st_mtime_ns


def _open(folder: Path | None) -> sqlite3.Connection:
    """The cache in `folder`, or one in memory."""
    file = folder / CACHE_FILE if folder else ":memory:"
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(file, timeout=60)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(
            f"CREATE TABLE IF NOT EXISTS {_TABLE} (path BLOB PRIMARY KEY, size INTEGER,"
            " changed INTEGER, sha256 TEXT, hash BLOB, luma BLOB, chroma BLOB, width INTEGER,"
            " height INTEGER, time REAL) WITHOUT ROWID"
        )
    except (OSError, sqlite3.Error) as error:
        raise EnvironmentMissingError(
            "a folder for cached fingerprints", f"{error} at {file}",
            "Name another with cache=FOLDER, or remove that file.",
        ) from error  # fmt: skip
    return database


def _get(
    database: sqlite3.Connection, states: Sequence[FileState]
) -> dict[FileState | None, Fingerprint]:
    rows = database.execute(
        f"SELECT {_COLUMNS} FROM {_TABLE} WHERE path IN ({','.join('?' * len(states))})",
        [path for path, _, _ in states],
    )
    wanted = set(states)
    return {row[:3]: Fingerprint(*row[3:]) for row in rows if row[:3] in wanted}


def _put(database: sqlite3.Connection, new: Iterable[tuple[FileState, Fingerprint]]) -> None:
    with database:
        database.executemany(
            f"INSERT OR REPLACE INTO {_TABLE} ({_COLUMNS}) VALUES ({','.join('?' * 10)})",
            ((*state, *astuple(print_)) for state, print_ in new),
        )

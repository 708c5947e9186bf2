"""Fingerprints on disk, found again while their files are unchanged.

One SQLite file: several processes may share it, and a killed one leaves it whole.
"""

import os
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from pathlib import Path
from typing import TypeAlias

from touchline.errors import EnvironmentMissingError
from touchline.photos.fingerprint import Fingerprint

CACHE_FILE = "fingerprints.sqlite"

_TABLE = "fingerprints_2"  # another number when fingerprints are made another way
_COLUMNS = "path, size, changed, sha256, hash, luma, chroma, width, height, time, made_by"
_PATHS_A_QUERY = 500

FileState: TypeAlias = tuple[bytes, int, int]
"""Absolute path, size in bytes, time of the last change in nanoseconds."""


class FingerprintCache:
    """Fingerprints keyed by path, size and time of change of their files.

    Args:
        folder: where the file lies; made when missing. None keeps nothing beyond this object.

    Raises:
        EnvironmentMissingError: when the file cannot be opened or written.
    """

    def __init__(self, folder: Path | None) -> None:
        file = folder / CACHE_FILE if folder else ":memory:"
        try:
            if folder:
                folder.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(file, timeout=60)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute(
                f"CREATE TABLE IF NOT EXISTS {_TABLE} (path BLOB PRIMARY KEY, size INTEGER,"
                " changed INTEGER, sha256 TEXT, hash BLOB, luma BLOB, chroma BLOB, width INTEGER,"
                " height INTEGER, time REAL, made_by TEXT) WITHOUT ROWID"
            )
        except (OSError, sqlite3.Error) as error:
            raise EnvironmentMissingError(
                "a folder for cached fingerprints", f"{error} at {file}",
                "Name another with cache=FOLDER, or remove that file.",
            ) from error  # fmt: skip

    def get(self, paths: Iterable[Path]) -> dict[Path, Fingerprint]:
        """The fingerprints at hand of files that have not changed; the others are absent."""
        wanted = {state: path for path in paths if (state := file_state(path))}
        names, found = [name for name, _, _ in wanted], dict[Path, Fingerprint]()
        for start in range(0, len(names), _PATHS_A_QUERY):
            some = names[start : start + _PATHS_A_QUERY]
            rows = self._database.execute(
                f"SELECT {_COLUMNS} FROM {_TABLE} WHERE path IN ({','.join('?' * len(some))})", some
            )
            found |= {wanted[row[:3]]: Fingerprint(*row[3:]) for row in rows if row[:3] in wanted}
        return found

    def put(self, fingerprints: Mapping[FileState, Fingerprint]) -> None:
        """Keep fingerprints by the state in which their files were read; all of them or none."""
        with self._database:
            self._database.executemany(
                f"INSERT OR REPLACE INTO {_TABLE} ({_COLUMNS}) VALUES ({','.join('?' * 11)})",
                ((*state, *astuple(print_)) for state, print_ in fingerprints.items()),
            )

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def file_state(path: Path) -> FileState | None:
    """What identifies an unchanged file; None when it cannot be looked at."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return os.fsencode(path.absolute()), found.st_size, found.st_mtime_ns

"""Feature vectors on disk, found again by what they were made from: photo content, view, network.

One SQLite file: several processes may share it, and a killed one leaves it whole.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from touchline.errors import EnvironmentMissingError

KEYS_A_QUERY = 500


class FeatureCache:
    """Vectors of float16 keyed by (network, view, photo hash).

    Args:
        file: the SQLite file; made when missing.
        network: names the network, its weights and its precision.

    Raises:
        EnvironmentMissingError: when the file cannot be opened or written.
    """

    def __init__(self, file: Path, network: str) -> None:
        self.network = network
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(file, timeout=60)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS features (network TEXT, view TEXT, photo TEXT,"
                " vector BLOB, PRIMARY KEY (network, view, photo)) WITHOUT ROWID"
            )
        except (OSError, sqlite3.Error) as error:
            raise EnvironmentMissingError(
                "a folder for cached features", f"{error} at {file}",
                "Name another with cache=FOLDER, or remove that file.",
            ) from error  # fmt: skip

    def get(self, view: str, photos: Sequence[str]) -> dict[str, np.ndarray]:
        """The vectors at hand for these photo hashes; the others are simply absent."""
        found: dict[str, np.ndarray] = {}
        for start in range(0, len(photos), KEYS_A_QUERY):
            some = photos[start : start + KEYS_A_QUERY]
            rows = self._database.execute(
                "SELECT photo, vector FROM features WHERE network = ? AND view = ?"
                f" AND photo IN ({','.join('?' * len(some))})",
                (self.network, view, *some),
            )
            found |= {photo: np.frombuffer(vector, np.float16) for photo, vector in rows}
        return found

    def put(self, vectors: Iterable[tuple[str, str, np.ndarray]]) -> None:
        """Keep (view, photo hash, vector) triples; all of them or, after a crash, none.

        Raises:
            EnvironmentMissingError: when they cannot be written.
        """
        rows = (
            (self.network, view, photo, np.asarray(vector, np.float16).tobytes())
            for view, photo, vector in vectors
        )
        try:
            with self._database:
                self._database.executemany(
                    "INSERT OR REPLACE INTO features VALUES (?, ?, ?, ?)", rows
                )
        except sqlite3.Error as error:
            raise EnvironmentMissingError(
                "room to keep features", str(error),
                "Free disk space, or name another folder with cache=FOLDER.",
            ) from error  # fmt: skip

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def stack(
    found: Mapping[str, Mapping[str, np.ndarray]], photos: Sequence[str], views: Sequence[str]
) -> np.ndarray:
    """Vectors by view and photo as one array `(photos, views, features)` of float32."""
    return np.stack([np.stack([found[view][photo] for view in views]) for photo in photos]).astype(
        np.float32
    )

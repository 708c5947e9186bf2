"""The vectors of crops, kept in one file for each network so that a page computes them once."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from touchline.faults import Fault
from touchline.files import write_atomically
from touchline.reid.crops import Crop
from touchline.reid.distances import Features

if TYPE_CHECKING:
    from touchline.reid.model import Reidentifier  # the page is there before torch is

AT_ONCE = 3000
"""Crops that a page looks at itself, in about half a minute; more are left to a job."""


class KeptVectors:
    """Vectors that are known, by the state of the crop's file.

    Args:
        folder: where the files of all networks lie; they may be deleted at any time.
        found: the network.
    """

    def __init__(self, folder: Path, found: "Reidentifier") -> None:
        self._found = found
        self._file = folder / f"{found.fingerprint}.npz"
        self._known = _read(self._file)

    def missing(self, crops: Sequence[Crop]) -> int:
        """How many of the crops have no vector yet."""
        return sum(_key(crop.path) not in self._known for crop in crops)

    def of(self, crops: Sequence[Crop]) -> tuple[Features, tuple[Fault, ...]]:
        """The vectors of crops, computed where they are missing.

        Returns:
            float32 `(crops, features)`, each row of length 1, or NaN where the crop cannot be
            read; and why it cannot.
        """
        from touchline.reid.extracting import extract, readable

        keys = [_key(crop.path) for crop in crops]
        fresh = {key: crop for key, crop in zip(keys, crops, strict=True) if key not in self._known}
        faults: tuple[Fault, ...] = ()
        if fresh:
            vectors, faults = extract(self._found.extractor, list(fresh.values()), quiet=True)
            good = readable(vectors)
            self._keep(
                [key for key, fine in zip(fresh, good, strict=True) if fine], vectors[good]
            )  # fmt: skip
        nothing = np.full(self._found.extractor.features, np.nan, np.float32)
        rows = [self._known.get(key, nothing) for key in keys]
        return np.stack(rows) if rows else np.empty((0, nothing.size), np.float32), faults

    def take_index(self, folder: Path) -> int:
        """Take over the vectors of an index that the same network has made; gives their number.

        Raises:
            UsageError: there is no index, it is broken, or another network made it.
            EnvironmentMissingError: faiss is not installed.
        """
        from touchline.reid.index.opened import open_index

        index = open_index(folder, self._found.fingerprint)
        count = index.facts.count
        keys = [_key(crop.path) for crop in index.crops(range(count))]
        self._keep(keys, index.vectors.reconstruct_n(0, count))
        return count

    def _keep(self, keys: Sequence[str], vectors: Features) -> None:
        # What another page has kept in the meantime stays kept.
        self._known = _read(self._file) | self._known | dict(zip(keys, vectors, strict=True))
        if not self._known:
            return
        stream = io.BytesIO()
        np.savez(
            stream, keys=np.array(list(self._known)), vectors=np.stack([*self._known.values()])
        )
        write_atomically(self._file, stream.getvalue())


def _key(path: Path) -> str:
    """Names a file as it is now; one that is gone has no size."""
    try:
        found = path.stat()
    except OSError:
        return f"gone {path}"
    return f"{found.st_size} {found.st_mtime_ns} {path}"


def _read(file: Path) -> dict[str, Features]:
    """What the file holds; nothing when it is missing or damaged: then all is computed again."""
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            keys, vectors = held["keys"], held["vectors"]
            return dict(zip(keys.tolist(), vectors, strict=True))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return {}

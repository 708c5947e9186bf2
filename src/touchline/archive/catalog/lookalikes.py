"""Photos that look like one photo, by the vectors of a network; every photo is compared."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from touchline.archive.catalog.indexing.paths import catalog_path
from touchline.archive.catalog.opening import Catalog
from touchline.archive.catalog.search.found import FoundPhoto, each_photo
from touchline.archive.catalog.tables import PRESENT, photos
from touchline.errors import UsageError
from touchline.files import sha256_of_file

Vector: TypeAlias = NDArray[np.floating[Any]]
VectorsOf: TypeAlias = Callable[[Mapping[str, Path]], Mapping[str, Vector]]
"""From content hashes, each with a file of that content, to the vectors that can be had, each of
shape (features,); a hash whose vector cannot be had is left out."""

CONTENTS_AT_ONCE = 2048


@dataclass(frozen=True)
class Alike:
    """A photo and its likeness to the one asked for, the cosine of their vectors in [-1, 1]."""

    photo: FoundPhoto
    likeness: float


@dataclass(frozen=True)
class Lookalikes:
    """What looks like a photo.

    Attributes:
        found: most alike first; equals in the order of their paths.
        without_vector: paths of present photos that could not be compared, in order.
    """

    found: tuple[Alike, ...]
    without_vector: tuple[str, ...]

    @property
    def likeness(self) -> list[float]:
        """Of each photo found."""
        return [each.likeness for each in self.found]


def find_alike(catalog: Catalog, vectors: VectorsOf, photo: Path, count: int = 12) -> Lookalikes:
    """The present photos of the catalog most like `photo`, which need not be one of them.

    Copies of the photo elsewhere are found; it is not itself. The search is exact.

    Args:
        catalog: where to look.
        vectors: of one network; asked for a few thousand photos at a time.
        photo: the file to compare with.
        count: photos wanted, at least 1.

    Raises:
        UsageError: there is no such file, it has no vector, or its vector is nothing but zeros.
        OSError: the file cannot be read.
    """
    itself = _unit_vector(vectors, photo)
    paths = _present_paths(catalog)
    # The photo's own content may hold one more place, that of the photo itself.
    index, hashes = _index(paths, vectors, itself.size)
    likeness, places = index.search(itself[None], min(count + 1, max(1, len(hashes))))
    near = {
        hashes[place]: float(score)
        for place, score in zip(places[0], likeness[0], strict=True)
        if place >= 0
    }
    with catalog.reading() as connection:
        condition = (photos.c.state == PRESENT) & photos.c.sha256.in_(near)
        rows = list(each_photo(connection, condition))
    own = catalog_path(photo)
    found = [Alike(row, near[row.sha256]) for row in rows if row.path != own]
    found.sort(key=lambda each: (-each.likeness, each.photo.path))
    known = set(hashes)
    missing = sorted(path for digest in paths.keys() - known for path in paths[digest])
    return Lookalikes(tuple(found[:count]), tuple(missing))


def _unit_vector(vectors: VectorsOf, photo: Path) -> NDArray[np.float32]:
    """The photo's vector at length 1."""
    if not photo.is_file():
        raise UsageError("a photo to compare with", f"no file at {photo}", "Name a photo.")
    digest = sha256_of_file(photo)
    vector = vectors({digest: photo}).get(digest)
    if vector is None or not np.linalg.norm(vector):
        raise UsageError(
            "a photo that the network can compare", f"no vector for {photo}",
            "Name a photo that can be opened.",
        )  # fmt: skip
    scaled: NDArray[np.float32] = _scaled(vector[None])[0]
    return scaled


def _present_paths(catalog: Catalog) -> dict[str, list[str]]:
    """The present photos by their content, in the order of their paths."""
    wanted = select(photos.c.sha256, photos.c.path).where(photos.c.state == PRESENT)
    found: dict[str, list[str]] = {}
    with catalog.reading() as connection:
        for digest, path in connection.execute(wanted.order_by(photos.c.path)):
            found.setdefault(digest, []).append(path)
    return found


def _index(
    paths: Mapping[str, list[str]], vectors: VectorsOf, features: int
) -> tuple[Any, list[str]]:
    """An exact index of the vectors that can be had, and the content hash of each place in it."""
    import faiss

    index, hashes = faiss.IndexFlatIP(features), list[str]()
    for block in _blocks(paths):
        had = vectors(block)
        usable = [digest for digest in block if digest in had and np.linalg.norm(had[digest])]
        if usable:
            index.add(_scaled(np.stack([had[digest] for digest in usable])))
            hashes += usable
    return index, hashes


def _blocks(paths: Mapping[str, list[str]]) -> Iterator[dict[str, Path]]:
    rest = iter(paths.items())
    while block := list(islice(rest, CONTENTS_AT_ONCE)):
        yield {digest: Path(files[0]) for digest, files in block}


def _scaled(vectors: Vector) -> NDArray[np.float32]:
    """Vectors `(n, features)` at length 1, in the form that faiss reads."""
    wide = vectors.astype(np.float32)
    scaled = wide / np.linalg.norm(wide, axis=1, keepdims=True)
    return np.ascontiguousarray(scaled, np.float32)

"""Index 50,000 small photos, again when nothing changed, and again with 100 new ones.

    python benchmarks/catalog.py [--photos 50000] [--new 100] [--folder DIR] [--catalog URL]

The photos are drawn: real JPEGs of 160 x 120 pixels with distinct bytes, in folders of 500, in
pairs that were taken in the same second. Prints the seconds of each index and how many times faster
the last is than the first; the memory is the most that this process held while it indexed.
"""

import argparse
import io
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

from touchline.archive.catalog.indexing.photo_files import Indexed
from touchline.archive.catalog.opening import Catalog, open_catalog
from touchline.photos.cataloguing import catalog_photos

PHOTOS_A_FOLDER = 500
SIZE = (160, 120)
START = datetime(2026, 5, 1, 10)
TAKEN = 0x0132
WANTED_RATIO = 50


@dataclass(frozen=True)
class Timed:
    """An index: what it found, and how long it took."""

    name: str
    indexed: Indexed
    seconds: float


def draw(folder: Path, first: int, count: int) -> None:
    """Write the photos `first ... first + count - 1`, each always the same."""
    for number in range(first, first + count):
        rng = np.random.default_rng(number)
        cells = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        exif = Image.Exif()
        # In pairs, so that every photo may be in a burst and has to be compared.
        taken = START + timedelta(seconds=20 * (number // 2))
        exif[TAKEN] = f"{taken:%Y:%m:%d %H:%M:%S}"
        stream = io.BytesIO()
        picture = Image.fromarray(cells).resize(SIZE, Image.Resampling.BICUBIC)
        picture.save(stream, "JPEG", quality=80, exif=exif)
        place = folder / f"{number // PHOTOS_A_FOLDER:04}" / f"{number:06}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(stream.getvalue())


def timed(name: str, work: Callable[[], Indexed]) -> Timed:
    """Do the work and print how long it took."""
    start = time.perf_counter()
    indexed = work()
    done = Timed(name, indexed, time.perf_counter() - start)
    counts = f"{indexed.new} new, {indexed.unchanged} unchanged"
    print(f"{name:<28} {done.seconds:8.2f} s   {counts}", flush=True)
    return done


def measure(catalog: Catalog, photos: Path, cache: Path, count: int, new: int) -> float:
    """Index three times; returns how many times faster the incremental index is."""

    def index() -> Indexed:
        return catalog_photos(catalog, photos, cache)

    full = timed("full", index)
    timed("nothing changed", index)
    draw(photos, count, new)
    incremental = timed(f"{new} new", index)
    assert full.indexed.new == count, "not all photos were indexed"
    assert incremental.indexed.new == new, "the new photos were not found"
    return full.seconds / incremental.seconds


def main() -> None:
    """Draw, index, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photos", type=int, default=50_000)
    parser.add_argument("--new", type=int, default=100)
    parser.add_argument("--folder", type=Path, help="where the photos are drawn; else a new one")
    parser.add_argument("--catalog", help="a PostgreSQL URL; else a new file")
    words = parser.parse_args()
    folder = words.folder or Path(tempfile.mkdtemp(prefix="touchline-catalog-"))
    try:
        start = time.perf_counter()
        draw(folder / "photos", 0, words.photos)
        seconds = time.perf_counter() - start
        print(f"{words.photos} photos drawn in {seconds:.0f} s", flush=True)
        where = words.catalog or str(folder / "touchline.catalog")
        with closing(open_catalog(where, create=True)) as catalog:
            ratio = measure(catalog, folder / "photos", folder, words.photos, words.new)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"full / incremental: {ratio:.0f} (wanted: {WANTED_RATIO}); peak memory {memory:.0f} MB"
        )
    finally:
        if words.folder is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()

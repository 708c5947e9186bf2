"""Reviews of photos that no run of the tests has seen, and that are all unlike each other."""

from collections.abc import Iterable
from itertools import count
from pathlib import Path

import pandas as pd
from PIL import Image

from pictures import as_jpeg, picture, save
from touchline.archive.review.standing import KnownPhoto, ReviewedPhoto, Standing
from touchline.files import sha256_of_file
from touchline.photos.config import PhotosConfig
from touchline.runs import Run
from touchline.settings import resolve

NUMBERS = count(40_000)


def new_photo(folder: Path, name: str = "") -> Path:
    """A photo like no other."""
    number = next(NUMBERS)
    return save(as_jpeg(picture(number, (80, 64))), folder / (name or f"{number}.jpg"))


def copy_of(source: Path, path: Path) -> Path:
    """Another content of the same picture."""
    with Image.open(source) as image:
        return save(as_jpeg(image, quality=60), path)


def known(path: Path, group: str = "") -> KnownPhoto:
    """A photo as the catalog knows it."""
    return KnownPhoto(path, sha256_of_file(path), group)


def review(photos: Iterable[tuple[Path, str]]) -> Standing:
    """What stands when each photo was called so."""
    return Standing(tuple(
        ReviewedPhoto(known(path), label, number)
        for number, (path, label) in enumerate(photos, 1)
    ))  # fmt: skip


def photos_of(run: Run, part: str, label: str) -> list[Path]:
    """The photos of one part of a run's split and of one class."""
    split = pd.read_csv(run.file("split.csv"), keep_default_na=False)
    chosen = split[(split["part"] == part) & (split["label"] == label)]
    data = resolve(PhotosConfig, file=run.config).data
    return [(data / name).resolve() for name in chosen["path"]]

"""A folder or a CSV file in, a `PhotoSet` out; what cannot be used is named and left out.

`touchline.photos.folders` and `touchline.photos.tables` know the two forms; here one spelling is
chosen for each class and everything is put in order. No photo is opened.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from touchline.errors import UsageError
from touchline.photos.data import Photo, PhotoSet, Rejected, class_key
from touchline.photos.folders import read_folder
from touchline.photos.tables import TABLE_ENDINGS, read_table

_WANTED = "a folder with a sub-folder of photos for each class, or a CSV file that lists photos"


def read_photos(source: Path) -> PhotoSet:
    """Read a folder of class folders, or a CSV file with the columns path and label.

    The order of the photos is that of their names, on every file system. Spellings of one class
    that differ in case, spaces, `_` and `-` become the one with most photos; `PhotoSet.merged`
    lists them. Files are judged by ending and size: whether they can be decoded shows later.

    Args:
        source: the folder or the CSV file; see `read_folder` and `read_table` for what each may be.

    Raises:
        UsageError: there is nothing at `source`, or no photo that can be used.
    """
    try:
        is_folder, is_file = source.is_dir(), source.is_file()
    except OSError as error:
        found = f"{source}, which cannot be read: {error.strerror}"
        raise UsageError(_WANTED, found, "Check its permissions.") from error
    if is_folder:
        root, (photos, rejected) = source, read_folder(source)
    elif is_file and source.suffix.lower() in TABLE_ENDINGS:
        root, (photos, rejected) = source.parent, read_table(source)
    else:
        found = f"the file {source}" if is_file else f"nothing at {source}"
        raise UsageError(_WANTED, found, "Name such a folder or file.")
    if not photos:
        raise UsageError(_WANTED, _none_usable(source, rejected), "Mend that, or name another.")
    photos, merged = one_spelling(photos)
    return PhotoSet(
        root,
        tuple(sorted(photos, key=lambda photo: photo.name)),
        tuple(sorted(rejected, key=lambda item: (item.path, item.reason))),
        merged,
    )


def one_spelling(photos: Iterable[Photo]) -> tuple[list[Photo], tuple[tuple[str, str], ...]]:
    """Give every class one spelling: that of most photos, the first in sorted order among equals.

    Returns the photos in the given order, and the pairs (spelling found, spelling used), sorted.
    Photos without a class stay so.

    >>> paths = [Path(name) for name in ("1.jpg", "2.jpg", "3.jpg")]
    >>> labels = ["full_body", "Full Body", "Full Body"]
    >>> photos = [Photo(p, p.name, label) for p, label in zip(paths, labels, strict=True)]
    >>> one_spelling(photos)[1]
    (('full_body', 'Full Body'),)
    """
    photos = list(photos)
    counts = Counter(photo.label for photo in photos)
    used: dict[str, str] = {}
    for label in sorted(counts, key=lambda label: (-counts[label], label)):
        used.setdefault(class_key(label), label)
    spelling = {label: used[class_key(label)] for label in counts}
    merged = tuple(sorted((found, to) for found, to in spelling.items() if found != to))
    return [replace(p, label=spelling[p.label]) if merged else p for p in photos], merged


def _none_usable(source: Path, rejected: list[Rejected]) -> str:
    if not rejected:
        return f"nothing in {source}"
    first = min(rejected, key=lambda item: item.path)
    more = f", and {len(rejected) - 1} more" if len(rejected) > 1 else ""
    return f"no usable photo in {source}: {first.path} ({first.reason}){more}"

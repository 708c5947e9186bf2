"""A split in a file, `split.csv`: one line a photo with its path, label, group and part."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.photos.data import Photo
from touchline.photos.split import LEARN, TEST, VALID, Split, refuse_any

COLUMNS = ("path", "label", "group", "part")

_ANEW = "Make the split anew, or go back to the photos it was made for."


def write_split(split: Split, path: Path) -> None:
    """Write a split whole or not at all; equal splits give equal bytes.

    Raises:
        OSError: when the folder cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(zip(split.names, split.labels, split.groups, split.parts, strict=True))
    write_atomically(path, text.getvalue())


def read_split(path: Path, photos: Iterable[Photo]) -> Split:
    """The split that `write_split` wrote, for the same photos in any order.

    Groups and parts are those of the file, whatever the photos say.

    Raises:
        UsageError: the file is missing or not such a file, does not list every photo, lists
            another, or gives one another class than it has.
    """
    labels = {photo.name: photo.label for photo in photos}
    rows = _rows(path)
    listed = {row["path"]: row["label"] for row in rows}
    refuse_any(sorted(labels.keys() - listed.keys()), f"every photo in {path}", "none of", _ANEW)
    refuse_any(sorted(listed.keys() - labels.keys()), f"only known photos in {path}", "also", _ANEW)
    changed = [name for name in sorted(labels) if labels[name] != listed[name]]
    refuse_any(changed, f"the photos' present classes in {path}", "another for", _ANEW)
    rows.sort(key=lambda row: row["path"])
    names, classes, groups, parts = (tuple(row[column] for row in rows) for column in COLUMNS)
    return Split(names, classes, groups, parts)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError("a split file", f"{path}: {error}", "Name a split.csv.") from error
    if not rows or any(row.get(column) is None for row in rows for column in COLUMNS):
        raise UsageError(
            f"a split file with the columns {', '.join(COLUMNS)}", f"{path}", "Name a split.csv."
        )
    counts = Counter(row["path"] for row in rows)
    twice = [name for name, count in counts.items() if count > 1]
    refuse_any(twice, f"each photo once in {path}", "twice", "Remove a line.")
    parts = {row["part"] for row in rows}
    if not (parts <= {LEARN, VALID, TEST} or all(_is_fold(part) for part in parts)):
        raise UsageError(
            f"the parts {LEARN}, {VALID} and {TEST}, or numbers of folds, in {path}",
            ", ".join(repr(part) for part in sorted(parts)), "Correct the column part.",
        )  # fmt: skip
    return rows


def _is_fold(part: str) -> bool:
    return part.isdecimal() and part == f"{int(part)}" and part != "0"

"""A CSV file that lists photos in, its photos and what was left out of them out.

Columns: a path and a label; a split and a group where there are such columns; others are ignored.
The `sports.csv` of the 100-sports data set is read as it is.
"""

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path

from touchline.errors import UsageError
from touchline.photos.data import SPLIT_SPELLINGS, Photo, Rejected, class_key, why_not_a_photo

TABLE_ENDINGS = frozenset({".csv", ".tsv"})

COLUMN_SPELLINGS = {
    "path": ("path", "filepath", "filepaths", "file", "filename", "image"),
    "label": ("label", "labels", "class"),
    "split": ("split", "data set", "dataset", "set"),
    "group": ("group",),
}
"""The columns and how they may be called, in any case; of two spellings the first here counts."""

_DELIMITERS = (",", ";", "\t")


def read_table(source: Path) -> tuple[list[Photo], list[Rejected]]:
    r"""The photos that a CSV file lists, in order of the file, and the rows that were left out.

    The delimiter may be `,`, `;` or a tab. Paths are absolute or relative to the file's folder, and
    `\` in them means `/`. A photo's name is its path relative to that folder; of a photo that lies
    elsewhere, the absolute path. A file that is listed twice alike is kept once; one that is listed
    twice with two labels, splits or groups is left out.

    Raises:
        UsageError: the file is not UTF-8 text or no valid CSV, or the path or label column is
            missing.
    """
    listed: dict[str, list[Photo]] = {}
    rejected = []
    for number, row in _rows(source):
        result = _photo_of(row, number, source)
        if isinstance(result, Photo):
            listed.setdefault(result.name, []).append(result)
        else:
            rejected.append(result)
    photos = []
    for first, *others in listed.values():
        reasons = [reason for other in others if (reason := _contradiction(first, other))]
        if reasons:
            rejected.append(Rejected(first.path, reasons[0]))
        else:
            photos.append(first)
    return photos, rejected


def _rows(source: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row's line number and cells by our own column names; `extra` holds cells too many."""
    text = _text(source)
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter, columns = _columns(header, source)
    # `strict` finds a quotation mark that is never closed, which would swallow the rest.
    lines = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        filled = (cells for cells in lines if any(cell.strip() for cell in cells))
        next(filled)  # the header
        for cells in filled:
            named = zip(columns, cells, strict=False)
            row = {name: cell.strip() for name, cell in named if name}
            yield lines.line_num, row | {"extra": "".join(cells[len(columns) :]).strip()}
    except csv.Error as error:
        raise UsageError(
            "a CSV file", f"{source}, which breaks off in line {lines.line_num}: {error}",
            "Mend its quotation marks.",
        ) from error  # fmt: skip


def _text(source: Path) -> str:
    try:
        return source.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            "a CSV file in UTF-8", f"{source}, which is not", "Save it as 'CSV UTF-8'."
        ) from error
    except OSError as error:
        raise UsageError(
            "a CSV file that can be read", f"{source}: {error.strerror}", "Check its permissions."
        ) from error


def _columns(header: str, source: Path) -> tuple[str, list[str]]:
    """The delimiter, and for each cell of the header our name of the column, else empty."""
    headers = {d: next(csv.reader([header], delimiter=d)) for d in _DELIMITERS}
    for delimiter, cells in headers.items():
        found = [" ".join(cell.casefold().split()) for cell in cells]
        columns = [""] * len(found)
        for name, spellings in COLUMN_SPELLINGS.items():
            spelling = next((item for item in spellings if item in found), None)
            if spelling is not None:
                columns[found.index(spelling)] = name
        if "path" in columns and "label" in columns:
            return delimiter, columns
    cells = max(headers.values(), key=len)
    raise UsageError(
        "a CSV file with the columns path and label (and split and group, where known)",
        f"{', '.join(cell.strip() for cell in cells) or 'no line'} in {source}",
        "Name its columns so in the first line.",
    )  # fmt: skip


def _photo_of(row: dict[str, str], number: int, source: Path) -> Photo | Rejected:
    """The photo of one row, or why there is none."""
    if not row.get("path"):
        return Rejected(source, f"line {number} names no file")
    folder = Path(os.path.normpath(source.parent.absolute()))
    path = Path(os.path.normpath(folder / row["path"].replace("\\", "/")))
    name = (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()
    split = SPLIT_SPELLINGS.get(row.get("split", "").casefold(), "")
    photo = Photo(source.parent / name, name, row.get("label", ""), split, row.get("group", ""))
    reason = _fault(row, number, photo)
    return Rejected(photo.path, reason) if reason else photo


def _fault(row: dict[str, str], number: int, photo: Photo) -> str:
    """What is wrong with a row or the file it names, in words; empty when nothing is."""
    if row["extra"]:
        return f"line {number} has more cells than the header"
    if reason := why_not_a_photo(photo.path):
        return reason
    if not photo.label:
        return f"its label is empty in line {number}"
    if row.get("split") and not photo.split:
        return f"{row['split']!r} in line {number} is none of train, valid and test"
    return ""


def _contradiction(first: Photo, other: Photo) -> str:
    """What two rows of one file disagree on, in words; empty when they agree."""
    for column in ("label", "split", "group"):
        one, two = getattr(first, column), getattr(other, column)
        if class_key(one) != class_key(two) if column == "label" else one != two:
            return f"listed twice, with the {column} {one!r} and with {two!r}"
    return ""

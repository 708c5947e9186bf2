"""The rows of a table of crops, by the names of its columns."""

import csv
import difflib
import io
from collections.abc import Iterator
from pathlib import Path

from touchline.errors import UsageError

COLUMNS = ("path", "identity", "camera", "action", "role", "match", "split", "kind")
NEEDED_COLUMNS = COLUMNS[:2]
TABLE_ENDINGS = frozenset({".csv", ".tsv"})

_DELIMITERS = (",", ";", "\t")


def is_crop_table(path: Path) -> bool:
    """Whether the file is a table whose first line names a path and an identity."""
    try:
        return set(NEEDED_COLUMNS) <= set(_header(_text(path))[1])
    except UsageError:
        return False


def read_crop_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each filled row's line number, and its cells by column, spaces cut off.

    Every one of `COLUMNS` is there, empty where the table lacks it; cells past the last column
    stand under the empty name. Columns may be in any order and case; the delimiter is `,`, `;` or
    a tab.

    Raises:
        UsageError: the file cannot be read, is no valid CSV, lacks a needed column, or has one
            that is not known or stands there twice.
    """
    text = _text(path)
    delimiter, columns = _header(text)
    _check_columns(columns, path)
    # `strict` finds a quotation mark that is never closed, which would swallow the rest.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    empty = dict.fromkeys((*COLUMNS, ""), "")
    header_is_read = False
    try:
        for cells in lines:
            filled = [cell.strip() for cell in cells]
            if not any(filled):
                continue
            if header_is_read:
                row = dict(zip(columns, filled, strict=False))
                yield lines.line_num, empty | row | {"": "".join(filled[len(columns) :])}
            header_is_read = True
    except csv.Error as error:
        raise UsageError(
            "a CSV file", f"{path}, which breaks off in line {lines.line_num}: {error}",
            "Mend its quotation marks.",
        ) from error  # fmt: skip


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            "a CSV file that can be read", f"{path}: {error.strerror}", "Check its permissions."
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(
            "a CSV file in UTF-8", f"{path}, which is not", "Save it as 'CSV UTF-8'."
        ) from error


def _header(text: str) -> tuple[str, list[str]]:
    """The delimiter that splits the first line best, and its cells in lower case."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    split = {
        delimiter: [cell.strip(' "').casefold() for cell in first.split(delimiter)]
        for delimiter in _DELIMITERS
    }
    return max(split.items(), key=lambda item: len(item[1]))


def _check_columns(columns: list[str], path: Path) -> None:
    """Refuse columns that are missing, unknown or there twice.

    Raises:
        UsageError: one is.
    """
    if missing := [name for name in NEEDED_COLUMNS if name not in columns]:
        raise UsageError(
            f"a table with the columns {' and '.join(NEEDED_COLUMNS)}",
            f"no {missing[0]} in the first line of {path}", "Name its columns so.",
        )  # fmt: skip
    if unknown := [name for name in columns if name not in COLUMNS]:
        near = difflib.get_close_matches(unknown[0], COLUMNS, n=1, cutoff=0.0)[0]
        raise UsageError(
            f"columns of the names {', '.join(COLUMNS)}", f"{unknown[0]!r} in {path}",
            f"The nearest known one is {near!r}; rename it or take it away.",
        )  # fmt: skip
    if len(set(columns)) < len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise UsageError(
            "columns of different names", f"{twice!r} twice in {path}", "Take one of them away."
        )

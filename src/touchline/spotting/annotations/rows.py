"""Tables of events: the columns `video,seconds,label` and, where known, more, a row an event.

The same table holds annotations and predictions; those have a confidence.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from touchline.errors import UsageError
from touchline.spotting.annotations.json_files import NAMES_AS_BYTES

TABLE_ENDINGS = (".csv", ".tsv")
NEEDED_COLUMNS = ("video", "seconds", "label")

_DELIMITERS = (",", ";", "\t")


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    r"""Each filled row's line number, and its cells by the name of their column, spaces cut off.

    The delimiter may be `,`, `;` or a tab, and columns may be in any order and case. What stands
    past the last column is kept under the empty name.

    Raises:
        UsageError: the file cannot be read, is no valid CSV, or lacks a column.
    """
    text = _text(path)
    delimiter, columns = _columns(text, path)
    # `strict` finds a quotation mark that is never closed, which would swallow the rest.
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header_is_read = False
    try:
        for cells in lines:
            if not any(cell.strip() for cell in cells):
                continue
            if header_is_read:
                row = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
                extra = "".join(cells[len(columns) :]).strip()
                yield lines.line_num, row | ({"": extra} if extra else {})
            header_is_read = True
    except csv.Error as error:
        raise UsageError(
            "a CSV file", f"{path}, which breaks off in line {lines.line_num}: {error}",
            "Mend its quotation marks.",
        ) from error  # fmt: skip


def holds_events(path: Path) -> bool:
    """Whether the file is a table with the columns that events need."""
    try:
        _columns(_text(path), path)
    except UsageError:
        return False
    return True


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig", NAMES_AS_BYTES)
    except OSError as error:
        raise UsageError(
            "a CSV file that can be read", f"{path}: {error.strerror}", "Check its permissions."
        ) from error


def _columns(text: str, path: Path) -> tuple[str, list[str]]:
    """The delimiter and the names of the columns, in lower case."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    for delimiter in _DELIMITERS:
        columns = [name.strip(' "').casefold() for name in header.split(delimiter)]
        if set(NEEDED_COLUMNS) <= set(columns):
            return delimiter, columns
    raise UsageError(
        f"a table with the columns {', '.join(NEEDED_COLUMNS)}",
        f"{header.strip()[:80]!r} as the first line of {path}",
        "Name its columns so in the first line.",
    )  # fmt: skip

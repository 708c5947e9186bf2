"""Rows into a file that a spreadsheet or a program opens; it appears whole or not at all."""

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.files import sync_folder

Row = Mapping[str, Any]
Columns = Mapping[str, type]
ROWS_A_BLOCK = 1024
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_rows(rows: Iterable[Row], columns: Columns, path: Path) -> int:
    """Write rows in the form that the ending of `path` names: `.csv`, `.parquet` or `.json`.

    Memory does not grow with the number of rows. A value that is not known is None: an empty cell,
    or null. In CSV, text that a spreadsheet would take for a formula gets a leading apostrophe.

    Args:
        rows: each has a value, or None, for every column.
        columns: the name of each and its type: str, int or float.
        path: a file of that name is replaced; missing folders are made.

    Returns:
        The number of rows; none makes a file with the columns only.

    Raises:
        UsageError: another ending, or a folder of that name.
        EnvironmentMissingError: the file cannot be written; what was there before is untouched.
    """
    require_form(path)
    write = _WRITERS[path.suffix.lower()]
    try:
        with _whole_or_not_at_all(path) as unfinished:
            return write(rows, columns, unfinished)
    except OSError as error:
        raise EnvironmentMissingError(
            f"room to write {path}", (error.strerror or str(error)).lower(),
            "Name another file with --out.",
        ) from error  # fmt: skip


def require_form(path: Path) -> None:
    """Raise unless `write_rows` knows the ending of `path`, and it is no folder.

    Raises:
        UsageError: it does not, or it is one.
    """
    if path.suffix.lower() not in _WRITERS or path.is_dir():
        found = f"the folder {path}" if path.is_dir() else str(path)
        raise UsageError(
            f"a file ending in one of {', '.join(_WRITERS)}", found, "Name such a file with --out."
        )


@contextmanager
def _whole_or_not_at_all(path: Path) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name[:80]}.{os.getpid()}.unfinished")
    try:
        yield unfinished
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)


def _write_csv(rows: Iterable[Row], columns: Columns, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as stream:  # spreadsheets want the mark
        writer = csv.writer(stream)
        writer.writerow(columns)
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last count is wanted
            writer.writerow([_no_formula(row[name]) for name in columns])
    return count


def _no_formula(value: Any) -> Any:
    """The value; text that begins as a formula does gets an apostrophe before it.

    >>> _no_formula("=1+1"), _no_formula("Kick-l"), _no_formula(-0.5)
    ("'=1+1", 'Kick-l', -0.5)
    """
    is_formula = isinstance(value, str) and value.startswith(_FORMULA_STARTS)
    return f"'{value}" if is_formula else value


def _write_json(rows: Iterable[Row], columns: Columns, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        stream.write("[")
        for count, row in enumerate(rows, start=1):
            line = json.dumps({name: row[name] for name in columns}, ensure_ascii=False)
            stream.write(f"{',' if count > 1 else ''}\n{line}")
        stream.write("\n]\n")
    return count


def _write_parquet(rows: Iterable[Row], columns: Columns, path: Path) -> int:
    import pyarrow
    import pyarrow.parquet

    types = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64()}
    schema = pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])
    count, rest = 0, iter(rows)
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        while block := list(islice(rest, ROWS_A_BLOCK)):
            table = {name: [row[name] for row in block] for name in columns}
            writer.write_table(pyarrow.table(table, schema))
            count += len(block)
    return count


_WRITERS = {".csv": _write_csv, ".parquet": _write_parquet, ".json": _write_json}

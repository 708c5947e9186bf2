"""Labelled photos in files: Parquet, CSV and JSON lines, with the same columns in each.

`append_label` grows a JSON-lines file one photo at a time, which is what resuming needs;
`write_labels` makes a whole file, or none; `read_labels` streams any of the three.
"""

import csv
import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import IO, Any

from touchline.archive.labels import DECISIONS, Label, LabelledPhoto
from touchline.errors import UsageError

ROWS_A_BLOCK = 1024
_NAMES_AS_BYTES = "surrogateescape"  # a file name need not be UTF-8
COLUMNS = (
    "path", "label", "confidence", "decision", "reason", "labels", "confidences", "set_size",
    "distance", "out_of_scope", "mirror_agrees", "sha256", "run",
)  # fmt: skip


def append_label(stream: IO[str], photo: LabelledPhoto) -> None:
    """Write one photo as one JSON line."""
    row = {name: _finite(value) for name, value in to_row(photo).items()}
    line = json.dumps(row, ensure_ascii=False)
    if not _is_utf8(line):
        line = json.dumps(row)  # a file name that is no UTF-8 keeps its bytes as escapes
    stream.write(line + "\n")


def write_labels(photos: Iterable[LabelledPhoto], path: Path) -> int:
    """Write photos to `path` in the form its ending names; the file appears only when complete.

    Memory does not grow with the number of photos. Returns that number; zero photos make a file
    with the columns and no row.

    Raises:
        UsageError: when the ending is not one of `.parquet`, `.csv`, `.jsonl`, or a file name is no
            UTF-8 and the form is Parquet, which cannot hold it.
    """
    form = form_of(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        count = _WRITERS[form](photos, unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def read_labels(path: Path) -> Iterator[LabelledPhoto]:
    """Stream the photos of a file written by `write_labels`, or of any table with its columns.

    Only `path` and `decision` are needed; `label` and `confidence` will do where the lists of the
    top k are absent (a table a person edited).

    Raises:
        UsageError: when the file is missing, its ending unknown, or a row cannot be understood.
    """
    form = form_of(path)
    if not path.is_file():
        raise UsageError(
            "a file of labels", f"nothing at {path}",
            "Make one with `touchline photos predict RUN PHOTOS --out FILE`.",
        )  # fmt: skip
    return (from_row(row, path) for row in _READERS[form](path))


def to_row(photo: LabelledPhoto) -> dict[str, Any]:
    """The columns of one photo: `label` and `confidence` are the best of `labels`."""
    row = {item.name: getattr(photo, item.name) for item in fields(photo)}
    row["labels"] = [label.name for label in photo.labels]
    row["confidences"] = [label.confidence for label in photo.labels]
    row["label"], row["confidence"] = photo.label, photo.confidence
    return {name: row[name] for name in COLUMNS}


def from_row(row: dict[str, Any], source: Path) -> LabelledPhoto:
    """The photo of one row of `source`; the inverse of `to_row`.

    Where `label` is not the first of `labels`, a person has edited it, and it comes first.

    Raises:
        UsageError: when a needed column is missing or holds something that cannot be meant.
    """
    for column in ("path", "decision"):
        if not row.get(column):
            raise UsageError(
                f"a value in the column {column!r}", f"the row {row} in {source}",
                "Use a file written by `touchline photos predict`.",
            )  # fmt: skip
    if row["decision"] not in DECISIONS:
        raise UsageError(
            f"a decision, one of {', '.join(DECISIONS)}",
            f"{row['decision']!r} for {row['path']} in {source}", "Correct that row.",
        )  # fmt: skip
    try:
        labels = _labels_of(row)
    except (TypeError, ValueError) as error:
        raise UsageError(
            "as many confidences, numbers, as labels", f"{error} for {row['path']} in {source}",
            "Correct that row.",
        ) from error  # fmt: skip
    known = {item.name for item in fields(LabelledPhoto)} - {"labels", "set_size"}
    values = {name: row[name] for name in known if row.get(name) is not None}
    size = _set_size_of(row, labels)
    return LabelledPhoto(labels=labels, set_size=size, **{"sha256": "", **values})


def _labels_of(row: dict[str, Any]) -> tuple[Label, ...]:
    """The labels of a row, the one in the column `label` first."""
    pairs = list(zip(row.get("labels") or (), row.get("confidences") or (), strict=True))
    best = row.get("label")
    if best and (not pairs or pairs[0][0] != best):
        others = [pair for pair in pairs if pair[0] != best]
        pairs = [(best, row.get("confidence") or 0.0), *others]
    return tuple(Label(str(name), float(score)) for name, score in pairs)


def _set_size_of(row: dict[str, Any], labels: tuple[Label, ...]) -> int:
    """How many of the labels are the set; a label that a person put before it belongs to it."""
    names = row.get("labels")
    if not names or not row.get("set_size"):
        return 0
    size: int = row["set_size"]
    is_new = size in range(len(names) + 1) and labels[0].name not in names[:size]
    return size + 1 if is_new else size


def form_of(path: Path) -> str:
    """The ending of a file of labels, in lower case.

    Raises:
        UsageError: when it is not one of `.parquet`, `.csv`, `.jsonl`.
    """
    form = path.suffix.lower()
    if form not in _WRITERS:
        raise UsageError(
            f"a file of labels ending in one of {', '.join(_WRITERS)}", str(path),
            "Give the file one of these endings.",
        )  # fmt: skip
    return form


def _finite(value: Any) -> Any:
    """JSON knows no NaN: a missing number is null."""
    return None if isinstance(value, float) and math.isnan(value) else value


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _blocks(photos: Iterable[LabelledPhoto]) -> Iterator[list[LabelledPhoto]]:
    rest = iter(photos)
    while block := list(islice(rest, ROWS_A_BLOCK)):
        yield block


def _write_json_lines(photos: Iterable[LabelledPhoto], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as stream:
        for count, photo in enumerate(photos, start=1):  # noqa: B007 - the last count is wanted
            append_label(stream, photo)
    return count


def _read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", errors=_NAMES_AS_BYTES) as stream:
        for number, line in enumerate(stream, start=1):
            try:
                row = json.loads(line)
                found = type(row).__name__
            except json.JSONDecodeError as error:
                row, found = None, error.msg
            except RecursionError:
                row, found = None, "too many brackets"
            if not isinstance(row, dict):
                raise UsageError(
                    "one JSON object a line", f"{found} in line {number} of {path}",
                    "Mend or remove that line.",
                )  # fmt: skip
            yield row


def _write_csv(photos: Iterable[LabelledPhoto], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", errors=_NAMES_AS_BYTES, newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for count, photo in enumerate(photos, start=1):  # noqa: B007 - the last count is wanted
            row = to_row(photo)
            row |= {name: json.dumps(row[name]) for name in ("labels", "confidences")}
            writer.writerow({name: _finite(value) for name, value in row.items()})
    return count


_CSV_TYPES: dict[str, Callable[[str], Any]] = {
    "confidence": float, "distance": float, "set_size": int,
    "labels": json.loads, "confidences": json.loads,
    "out_of_scope": lambda text: text.lower() == "true",  # a spreadsheet writes TRUE
    "mirror_agrees": lambda text: text.lower() == "true",
}  # fmt: skip


def _read_csv(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig", errors=_NAMES_AS_BYTES, newline="") as stream:
        for number, row in _csv_rows(stream, path):
            typed: dict[str, Any] = {}
            for name, text in row.items():
                try:
                    typed[name] = _CSV_TYPES.get(name, str)(text) if text else None
                except (ValueError, RecursionError) as error:
                    raise UsageError(
                        f"a value for {name!r}", f"{text!r} in line {number} of {path}",
                        "Correct that cell.",
                    ) from error  # fmt: skip
            yield typed


def _csv_rows(stream: IO[str], path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows with the numbers of their lines."""
    try:
        yield from enumerate(csv.DictReader(stream), start=2)
    except csv.Error as error:
        raise UsageError(
            "a table in CSV", f"a cell that is none ({error}) in {path}", "Mend or remove it."
        ) from error


def _write_parquet(photos: Iterable[LabelledPhoto], path: Path) -> int:
    import pyarrow
    import pyarrow.parquet

    text, number, yes_or_no = pyarrow.string(), pyarrow.float64(), pyarrow.bool_()
    types = {
        "confidence": number, "labels": pyarrow.list_(text), "confidences": pyarrow.list_(number),
        "set_size": pyarrow.int32(), "distance": number, "out_of_scope": yes_or_no,
        "mirror_agrees": yes_or_no,
    }  # fmt: skip
    schema = pyarrow.schema([(name, types.get(name, text)) for name in COLUMNS])
    count = 0
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        for block in _blocks(photos):
            for photo in block:
                if not _is_utf8(photo.path):
                    raise UsageError(
                        "file names in UTF-8, as Parquet needs", f"{photo.path!r}",
                        "Give the predictions a name ending in .csv or .jsonl.",
                    )  # fmt: skip
            rows = [{n: _finite(v) for n, v in to_row(photo).items()} for photo in block]
            writer.write_table(pyarrow.Table.from_pylist(rows, schema))
            count += len(block)
    return count


def _read_parquet(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.ParquetFile(path)
    except pyarrow.ArrowInvalid as error:
        raise UsageError("a Parquet file", f"{error} in {path}", "Write the file again.") from error
    with table:
        for block in table.iter_batches(ROWS_A_BLOCK):
            yield from block.to_pylist()


_WRITERS = {".parquet": _write_parquet, ".csv": _write_csv, ".jsonl": _write_json_lines}
_READERS = {".parquet": _read_parquet, ".csv": _read_csv, ".jsonl": _read_json_lines}

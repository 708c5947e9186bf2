"""The crops of an index as a Parquet file, row by row in the order of its vectors."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow
import pyarrow.parquet

from touchline.errors import UsageError
from touchline.reid.crops import Crop

_REPEATED = ("action", "camera", "role", "match")
"""Columns of few different values, which take a number a row in memory."""
SCHEMA = pyarrow.schema([
    (item.name, pyarrow.int64() if item.name == "number" else pyarrow.large_string())
    for item in fields(Crop)
])  # fmt: skip


class CropWriter:
    """Writes crops block by block; a context manager that ends the file.

    Args:
        path: the file to write.
    """

    def __init__(self, path: Path) -> None:
        self._writer = pyarrow.parquet.ParquetWriter(path, SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._writer.close()

    def write(self, crops: Sequence[Crop]) -> None:
        """Write a block.

        Raises:
            UsageError: a name is no UTF-8, which Parquet cannot hold.
        """
        rows = [{**vars(crop), "path": str(crop.path)} for crop in crops]
        try:
            self._writer.write_table(pyarrow.Table.from_pylist(rows, SCHEMA))
        except UnicodeEncodeError as error:
            raise UsageError(
                "names of crops in UTF-8, as Parquet needs", f"{error.object!r}",
                "Rename the file.",
            ) from error  # fmt: skip

    def copy(self, path: Path) -> None:
        """Write all rows of another such file."""
        with pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches():
                self._writer.write_batch(batch.cast(SCHEMA))


def read_crop_rows(path: Path) -> Any:
    """The rows as a pyarrow table.

    Raises:
        UsageError: when the file is missing or broken.
    """
    try:
        if pyarrow.parquet.read_schema(path) != SCHEMA:
            raise pyarrow.ArrowInvalid("other columns than those of crops")
        rows = pyarrow.parquet.read_table(path, columns=SCHEMA.names, read_dictionary=_REPEATED)
        # In one piece, rows are found by their place far faster.
        return rows.unify_dictionaries().combine_chunks()
    except (OSError, pyarrow.ArrowException) as error:
        raise UsageError(
            "the crops of the index", f"{type(error).__name__} at {path}", "Build the index again."
        ) from error


def crops_of(rows: Any, places: Iterable[int]) -> list[Crop]:
    """The crops at some places of the rows."""
    taken = rows.take(pyarrow.array(places, pyarrow.int64())).to_pylist()
    return [Crop(**{**row, "path": Path(row["path"])}) for row in taken]

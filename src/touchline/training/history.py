"""What each epoch of a run came to: the rows of `results.csv`, and which of them is the best."""

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from touchline.errors import UsageError
from touchline.files import write_atomically

Row: TypeAlias = dict[str, str | int | float]
"""One epoch: epoch (from 1), stage, learning_rate, train_loss, the validated figures, seconds."""


def best_epoch(rows: Sequence[Row], monitor: str | None, mode: Literal["min", "max"]) -> int:
    """The number of the epoch with the best monitored figure, from 1.

    Of equal figures the first wins; NaN never does. Without a monitored figure, or when every one
    is NaN, it is the last epoch; without rows it is 0.

    >>> rows = [{"epoch": 1, "loss": 2.0}, {"epoch": 2, "loss": 1.0}, {"epoch": 3, "loss": 1.0}]
    >>> best_epoch(rows, "loss", "min"), best_epoch(rows, "loss", "max")
    (2, 1)
    """
    sign = 1.0 if mode == "min" else -1.0
    found = [
        (sign * float(row[monitor]), int(row["epoch"]))
        for row in rows
        if monitor is not None and not math.isnan(float(row[monitor]))
    ]
    if found:
        return min(found)[1]
    return int(rows[-1]["epoch"]) if rows else 0


def best_figure(rows: Sequence[Row], monitor: str) -> float:
    """The largest figure of the last stage: what the weights that a training keeps have scored.

    NaN where every figure is.

    >>> rows = [{"epoch": 1, "stage": "a", "map": 0.9}, {"epoch": 1, "stage": "b", "map": 0.2},
    ...         {"epoch": 2, "stage": "b", "map": 0.1}]
    >>> best_figure(rows, "map")
    0.2
    """
    last = [row for row in rows if row["stage"] == rows[-1]["stage"]]
    return float(last[best_epoch(last, monitor, "max") - 1][monitor])


def read_rows(path: Path) -> list[Row]:
    """The rows of `results.csv`; none when there is no such file.

    Raises:
        UsageError: the file is damaged.
    """
    if not path.is_file():
        return []
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return [_row(line) for line in csv.DictReader(stream)]
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise UsageError(
            "the figures of a training", f"{type(error).__name__} reading {path}",
            "Remove the file; the run goes on without it.",
        ) from error  # fmt: skip


def write_rows(path: Path, stage: str, rows: Sequence[Row]) -> None:
    """Put the rows of a stage into `results.csv`, whole or not at all; other stages stay.

    Stages may have different figures: a figure that a stage lacks is left empty.
    """
    together = [*(row for row in read_rows(path) if row["stage"] != stage), *rows]
    columns = list(dict.fromkeys(name for row in together for name in row if name != "seconds"))
    text = io.StringIO()
    writer = csv.DictWriter(text, [*columns, "seconds"], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(together)
    write_atomically(path, text.getvalue())


def _row(line: dict[str, str]) -> Row:
    row = {name: _value(name, text) for name, text in line.items() if text != ""}
    return {"epoch": row["epoch"], "stage": row["stage"], **row}


def _value(name: str, text: str) -> str | int | float:
    return text if name == "stage" else int(text) if name == "epoch" else float(text)

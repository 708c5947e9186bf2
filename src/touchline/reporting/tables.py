"""Tables of scores, and the one way a score is written: for a terminal, Markdown and CSV.

`touchline.reporting.page` shows the same tables as HTML.
"""

import csv
import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len

from touchline.reporting.confidence import Score
from touchline.reporting.plain_text import printable

Cell: TypeAlias = Score | str | int | float | None
MARKDOWN_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\|`*<[]"})


@dataclass(frozen=True)
class Table:
    """Rows under named columns; a cell is a score, text, a number, or None where there is none.

    Raises:
        ValueError: when a row has not one cell a column.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"{len(row)} cells under {len(self.columns)} columns: {row}")

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Whether each column holds numbers, and so is set flush right."""
        return tuple(
            any(row[place] is not None for row in self.rows)
            and not any(isinstance(row[place], str) for row in self.rows)
            for place in range(len(self.columns))
        )


def format_score(score: Score) -> str:
    """The score as people read it: value, 95 % interval, count.

    >>> format_score(Score(0.8133, 1232, 0.791, 0.834))
    '81.3 % [79.1, 83.4] (n = 1,232)'
    >>> format_score(Score(0.023, 1232, 0.008, 0.039, "points"))
    '+2.3 points [+0.8, +3.9] (n = 1,232)'
    >>> format_score(Score(0.41234, 62, 0.3, 0.5, "number"))
    '0.412 [0.300, 0.500] (n = 62)'
    >>> format_score(Score(math.nan, 0, 0.0, 1.0))
    'not measured (n = 0)'
    """
    count = f"(n = {score.n:,})"
    if math.isnan(score.value):
        return f"not measured {count}"
    interval = format_interval(score)
    return " ".join(part for part in (format_value(score), interval, count) if part)


def format_value(score: Score) -> str:
    """The value with its unit.

    >>> format_value(Score(0.8133, 1232, 0.791, 0.834))
    '81.3 %'
    """
    if math.isnan(score.value):
        return "not measured"
    return _NUMBERS[score.unit](score.value) + _UNITS[score.unit]


def format_interval(score: Score) -> str:
    """The interval in the value's unit; empty where none can be given.

    >>> format_interval(Score(0.8133, 1232, 0.791, 0.834))
    '[79.1, 83.4]'
    """
    if math.isnan(score.low) or math.isnan(score.high):
        return ""
    write = _NUMBERS[score.unit]
    return f"[{write(score.low)}, {write(score.high)}]"


def format_cell(cell: Cell) -> str:
    """The cell on one line; None and NaN are empty.

    >>> format_cell(3412), format_cell(0.3871), format_cell(None)
    ('3,412', '0.3871', '')
    """
    match cell:
        case Score():
            return format_score(cell)
        case str():
            return printable(cell)
        case None:
            return ""
        case int():
            return f"{cell:,}"
    return "" if math.isnan(cell) else f"{cell:,.4g}"


def as_terminal_text(table: Table) -> str:
    """The table in columns of even width, ending with a line break.

    >>> print(as_terminal_text(Table(("class", "photos"), (("golf", 24), ("judo", 1310)))), end="")
    class  photos
    golf       24
    judo    1,310
    """
    lines = [tuple(map(printable, table.columns))]
    lines += [tuple(map(format_cell, row)) for row in table.rows]
    widths = [max(cell_len(line[place]) for line in lines) for place in range(len(table.columns))]
    text = [printable(table.caption)] if table.caption else []
    for line in lines:
        columns = zip(line, widths, table.numeric, strict=True)
        text.append("  ".join(_padded(*column) for column in columns).rstrip())
    return "\n".join(text) + "\n"


def as_markdown(table: Table) -> str:
    r"""The table for GitHub and its like; signs with a meaning in Markdown are escaped.

    >>> print(as_markdown(Table(("class", "photos"), (("a|b", 24),))), end="")
    | class | photos |
    |---|---:|
    | a\|b | 24 |
    """
    lines = [
        _markdown_line([_for_markdown(name) for name in table.columns]),
        "|" + "|".join("---:" if numeric else "---" for numeric in table.numeric) + "|",
    ]
    lines += [_markdown_line([_for_markdown(cell) for cell in row]) for row in table.rows]
    caption = f"{_for_markdown(table.caption)}\n\n" if table.caption else ""
    return caption + "\n".join(lines) + "\n"


def as_csv(table: Table) -> str:
    """The table for programs: numbers in full, a score as four columns (value, n, low, high).

    Names stay as they are, but for bytes that are no UTF-8, which become question marks.

    >>> print(as_csv(Table(("run", "accuracy"), (("a", Score(0.5, 4, 0.15, 0.85)),))), end="")
    run,accuracy,accuracy_n,accuracy_low,accuracy_high
    a,0.5,4,0.15,0.85
    """
    scored = [
        any(isinstance(row[place], Score) for row in table.rows)
        for place in range(len(table.columns))
    ]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(
        header
        for name, is_score in zip(table.columns, scored, strict=True)
        for header in ([name, f"{name}_n", f"{name}_low", f"{name}_high"] if is_score else [name])
    )
    for row in table.rows:
        cells = zip(row, scored, strict=True)
        writer.writerow(value for cell, is_score in cells for value in _raw(cell, is_score))
    return stream.getvalue().encode(errors="replace").decode()


def _raw(cell: Cell, is_score: bool) -> list[str | int | float | None]:
    if isinstance(cell, Score):
        return list(cell.as_dict().values())
    value = None if isinstance(cell, float) and math.isnan(cell) else cell
    return [value, None, None, None] if is_score else [value]


def _padded(text: str, width: int, numeric: bool) -> str:
    space = " " * (width - cell_len(text))
    return space + text if numeric else text + space


def _for_markdown(cell: Cell) -> str:
    text = format_cell(cell)
    return text.translate(MARKDOWN_SIGNS) if isinstance(cell, str) else text


def _markdown_line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


_NUMBERS: dict[str, Callable[[float], str]] = {
    "share": lambda value: f"{100 * value:.1f}",
    "points": lambda value: f"{100 * value:+.1f}",
    "number": lambda value: f"{value:.3f}",
}
_UNITS = {"share": " %", "points": " points", "number": ""}

"""The sort plan as a table: a CSV that a person edits in a spreadsheet and `apply` reads back.

A spreadsheet may change the delimiter, and the look of numbers and times; nothing here depends on
these. The editable columns come first; what is only for Touchline comes last.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal, get_args

from touchline.errors import EnvironmentMissingError, UsageError
from touchline.files import write_atomically

Action = Literal["sort", "sidecar", "leave"]
ACTIONS: tuple[Action, ...] = get_args(Action)
_DELIMITERS = ",;\t"
_NAMES_AS_BYTES = "surrogateescape"  # a file name need not be UTF-8


@dataclass(frozen=True)
class PlanRow:
    """One file of the plan, every value as its cell shows it.

    Attributes:
        action: `sort` a photo, let its `sidecar` follow it, or `leave` the file where it lies.
        source: the file, absolute.
        label: the class whose folder it goes to; empty for the review folder. Yours to edit.
        destination: where it goes, below the root, with `/` between folders. Yours to edit.
        confidence: of the model's best class, four decimals.
        candidates: the model's best classes, as `Kick-l 0.62, Kick-r 0.31`.
        reason: why it is doubtful, or left where it lies.
        predicted: the model's best class.
        planned: the destination as first planned; an edited destination differs from it.
        size: bytes at the time of planning.
        modified: the file's time at planning, to the nanosecond.
        sha256: hash of the content that was labelled; empty for a sidecar.
        row: the row's number in a spreadsheet, the header being 1.
    """

    action: str
    source: str
    label: str = ""
    destination: str = ""
    confidence: str = ""
    candidates: str = ""
    reason: str = ""
    predicted: str = ""
    planned: str = ""
    size: str = ""
    modified: str = ""
    sha256: str = ""
    row: int = 0


@dataclass(frozen=True)
class SortPlan:
    """Every file of a plan, in order, and the folder it all goes to.

    Attributes:
        root: the folder to sort into, absolute.
        rows: what happens to each file.
        unusable: the rows of photos found unreadable, missing or changed while planning; empty
            in a plan that was read.
    """

    root: Path
    rows: tuple[PlanRow, ...]
    unusable: tuple[PlanRow, ...] = ()


COLUMNS = tuple(item.name for item in fields(PlanRow) if item.name != "row")
_NEEDED = ("action", "source", "label", "destination", "predicted", "planned", "sha256", "root")


def write_plan(plan: SortPlan, path: Path) -> None:
    """Write the plan as CSV (UTF-8 with the mark that spreadsheets look for), whole or not at all.

    Raises:
        UsageError: when `path` exists: it may hold a person's edits.
        EnvironmentMissingError: when it cannot be written.
    """
    if path.exists():
        raise UsageError(
            "a new file for the plan", f"{path}, which exists and may hold edits",
            "Choose another --out, or delete that file.",
        )  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, (*COLUMNS, "root"), extrasaction="ignore")
    writer.writeheader()
    for row in plan.rows:
        writer.writerow({**asdict(row), "root": str(plan.root)})
    try:
        write_atomically(path, text.getvalue().encode("utf-8-sig", _NAMES_AS_BYTES))
    except OSError as error:
        raise EnvironmentMissingError(
            f"a plan at {path}", (error.strerror or str(error)).lower(),
            "Choose an --out that can be written.",
        ) from error  # fmt: skip


def read_plan(path: Path) -> SortPlan:
    """Read a plan, as written or as saved again by a spreadsheet; blank rows are passed over.

    A plan without rows has the current folder for its root: nothing will be sorted.

    Raises:
        UsageError: when there is no such file, a column is missing, or the rows do not name one
            root.
    """
    if not path.is_file():
        raise UsageError(
            "a sort plan", f"nothing at {path}",
            "Make one with `touchline archive sort plan PREDICTIONS DESTINATION --out FILE`.",
        )  # fmt: skip
    rows: list[PlanRow] = []
    roots: dict[str, int] = {}
    try:
        for number, cells in _cells_of(path):
            row = PlanRow(**{name: cells.get(name, "") for name in COLUMNS}, row=number)
            rows.append(row)
            roots.setdefault(cells.get("root", ""), number)
    except csv.Error as error:
        raise UsageError(
            "a sort plan, a CSV file", f"{error} in {path}",
            "Name the file that `touchline archive sort plan` wrote.",
        ) from error  # fmt: skip
    if len(roots) > 1 or not all(Path(root).is_absolute() for root in roots):
        found = " and ".join(f"{root!r} (row {number})" for root, number in roots.items())
        raise UsageError(
            f"one root in {path}, an absolute folder", found, "Keep that column as it was planned."
        )
    return SortPlan(Path(next(iter(roots), ".")).absolute(), tuple(rows))


def _cells_of(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The cells of each row that is not blank, with its number as a spreadsheet counts."""
    with path.open(encoding="utf-8-sig", errors=_NAMES_AS_BYTES, newline="") as stream:
        first_line = stream.readline()
        stream.seek(0)
        reader = csv.reader(stream, delimiter=max(_DELIMITERS, key=first_line.count))
        header = next(reader, [])
        missing = [name for name in _NEEDED if name not in header]
        if missing:
            raise UsageError(
                f"the columns of a sort plan in {path}", f"none called {', '.join(missing)}",
                "Keep the header row; name the file that `touchline archive sort plan` wrote.",
            )  # fmt: skip
        for number, cells in enumerate(reader, start=2):
            if any(cells):
                yield number, dict(zip(header, cells, strict=False))

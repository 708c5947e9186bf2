"""`touchline spotting explore`: matches in; a page of what is in them and a list of faults out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.files import write_atomically
from touchline.reporting.plain_text import printable
from touchline.reporting.tables import as_csv, as_terminal_text
from touchline.runs import create_run
from touchline.spotting.annotations.reading import read_matches
from touchline.spotting.explore.page import write_exploration_page
from touchline.spotting.explore.statistics import Statistics, measure
from touchline.spotting.explore.tables import (
    class_table,
    describe_gaps,
    fault_table,
    split_table,
)  # fmt: skip

PAGE, FAULTS = "explore.html", "faults.csv"
FAULTS_TOLD = 10


@dataclass(frozen=True)
class Exploration:
    """What was found, and where it is written.

    Attributes:
        statistics: everything measured.
        folder: that holds `PAGE` and `FAULTS`; None when nothing was written.
    """

    statistics: Statistics
    folder: Path | None

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        page = str(self.folder / PAGE) if self.folder else None
        return self.statistics.as_dict() | {"page": page}

    def describe(self) -> str:
        """For a terminal: the counts, the first faults, and where to see more."""
        found = self.statistics
        lines = [
            as_terminal_text(split_table(found)),
            as_terminal_text(class_table(found)),
            describe_gaps(found.gaps),
        ]
        lines += [printable(f"broken: {fault}") for fault in found.faults[:FAULTS_TOLD]]
        if len(found.faults) > FAULTS_TOLD:
            place = f"all in {self.folder / FAULTS}" if self.folder else "listed with --out"
            lines.append(f"and {len(found.faults) - FAULTS_TOLD:,} more, {place}")
        if self.folder:
            lines.append(f"Charts: {self.folder / PAGE}")
        return "\n".join(lines)


def explore(data: Path, out: Path | None = None) -> Exploration:
    """Measure annotated matches, and draw and list what was found.

    Args:
        data: annotated matches in any known layout (`read_matches`).
        out: a new folder for the page `PAGE` and `FAULTS`, the table of all that is broken; when
            None, nothing is written.

    Raises:
        UsageError: when nothing can be read, or the folder is not new.
    """
    found = measure(read_matches(data))
    if out is None:
        return Exploration(found, None)
    folder = create_run("spotting", out).folder
    write_atomically(folder / FAULTS, as_csv(fault_table(found)))
    write_exploration_page(found, data.resolve().name, folder / PAGE)
    return Exploration(found, folder)

"""Runs compared on the photos they were all scored on, as text, JSON or an HTML page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from touchline.photos.compare import compare_runs as compare_scored
from touchline.photos.records import groups_of_run, scored_run
from touchline.reporting.page import Page, Section, Text, write_page
from touchline.reporting.tables import as_terminal_text
from touchline.runs import Run

HOW = (
    "Differences are paired, photo by photo: 95 % bootstrap intervals over groups, and McNemar's "
    "exact test corrected for the number of pairs. 'Not distinguishable' means that the photos "
    "scored cannot tell the two apart."
)


def compare_runs(
    runs: Sequence[Run], out: Path | None = None, *, as_json: bool = False
) -> str | dict[str, Any]:
    """Compare runs: a table of accuracy and cost, and a verdict for each pair.

    Args:
        runs: two or more scored runs, on the same photos.
        out: an HTML page to write as well.
        as_json: give the comparison as a dictionary instead of text.

    Raises:
        UsageError: fewer than two runs, or runs scored on different photos.
    """
    found = compare_scored([scored_run(run) for run in runs], groups=groups_of_run(runs[0]))
    tables = (found.run_table(), found.pair_table())
    if out is not None:
        sections = (Section("Runs", (tables[0],)), Section("Pairs", (tables[1], Text((HOW,)))))
        write_page(Page("Comparison of runs", sections), out)
    return found.as_dict() if as_json else "\n\n".join(as_terminal_text(table) for table in tables)

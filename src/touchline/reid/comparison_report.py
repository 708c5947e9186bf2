"""The page of a comparison, and its figures for other programs."""

import json
from pathlib import Path

from touchline.files import write_atomically
from touchline.reid.choosing import Choice, Chosen
from touchline.reid.comparison import REPORT, Comparison
from touchline.reporting.page import Page, Section, Text, write_page
from touchline.reporting.tables import Table, as_csv

TRIALS = 20
HOW = (
    "All methods rank the same queries; leads are paired, query by query, with 95 % intervals from "
    "whole actions (identities, where there are no actions) drawn again. A lead whose interval "
    "holds 0 cannot be told from none.",
    "What was chosen was chosen on other queries than those reported on. The best of many trials "
    "flatters itself where it was chosen; the test column does not.",
)


def write_comparison(found: Comparison, where: str) -> Path:
    """Write `report.html`, `table.csv` and `metrics.json`, and return the page.

    Args:
        found: the comparison.
        where: which queries were chosen and reported on, in a sentence.
    """
    write_atomically(found.folder / "table.csv", as_csv(found.table()))
    write_atomically(found.folder / "metrics.json", json.dumps(found.as_dict(), indent=1) + "\n")
    sections = [
        Section("Methods", (Text((where, *HOW)), found.table())),
        Section("Choices", (
            Text(found.choices()), _trials("weights", found.weights),
            _trials("re-ranking", found.reranking),
        )),
    ]  # fmt: skip
    if found.same:
        sections.append(Section("The same by algebra", (Text(found.same),)))
    return write_page(Page("Comparison of re-identifiers", tuple(sections)), found.folder / REPORT)


def _trials(what: str, chosen: Chosen[Choice]) -> Table:
    """The best trials on the validation queries."""
    best = sorted(chosen.table, key=lambda trial: -trial.score)[:TRIALS]
    rows = tuple((trial.candidate.name, f"{100 * trial.score:.2f} %") for trial in best)
    return Table(
        (what, "mAP on valid"), rows, f"The best {len(best)} of {len(chosen.table)} tried."
    )

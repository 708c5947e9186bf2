"""A bake-off for people: a table for the terminal, an HTML page with a picture, and a CSV."""

from pathlib import Path

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.photos.bakeoff import BakeOff
from touchline.reporting.cost_chart import Costed, cost_chart
from touchline.reporting.page import Page, Picture, Section, Text, write_page
from touchline.reporting.tables import Table, as_csv, as_terminal_text

HOW = (
    "A probe (a regularised linear head) on the frozen features of each backbone, all of them "
    "taught and scored on the same photos. How far each is behind the best is paired, photo by "
    "photo: a 95 % bootstrap interval over groups, and McNemar's exact test corrected for "
    "the number of pairs. Being the best of several is partly luck, the more so where the "
    "intervals overlap.",
    "Seconds are of this machine: features for one photo in all views learnt from, decoding "
    "included; teaching for one probe once the features are there.",
)


def bakeoff_table(found: BakeOff) -> Table:
    """A row for each backbone, the most accurate first."""
    columns = (
        "backbone", "accuracy", "macro F1", "behind the best", "p", "verdict",
        "features (s a photo)", "teaching (s)", "parameters", "GFLOPs a photo",
    )  # fmt: skip
    rows = tuple(
        (row.name, row.accuracy, row.macro_f1, row.behind, row.p_value, row.verdict,
         row.feature_seconds, row.teach_seconds, row.parameters, row.gflops)
        for row in found.rows
    )  # fmt: skip
    return Table(columns, rows)


def describe_bakeoff(found: BakeOff) -> str:
    """The table for a terminal, and how it came about."""
    return f"{_about(found)}\n{as_terminal_text(bakeoff_table(found)).rstrip()}"


def check_page(page: Path) -> None:
    """Refuse a page that cannot be, or that the CSV or the picture beside it would overwrite.

    Raises:
        UsageError: when it is not called `.html`, is a folder, or is to lie in a file.
    """
    if page.suffix != ".html":
        raise UsageError(
            "a page that ends with .html", str(page), f"Name it {page.with_suffix('.html')}."
        )
    above = next(each for each in page.absolute().parents if each.exists())
    if page.is_dir() or not above.is_dir():
        found = f"a folder at {page}" if page.is_dir() else f"a file at {above}"
        raise UsageError("a page in a folder", found, "Name another with --out.")


def write_bakeoff(found: BakeOff, page: Path) -> Path:
    """Write the page, and beside it the table as `.csv` and the picture as `.png`.

    Raises:
        UsageError: when the page is not called `.html`.
    """
    check_page(page)
    table = bakeoff_table(found)
    write_atomically(page.with_suffix(".csv"), as_csv(table))
    points = [Costed(row.name, row.accuracy, row.feature_seconds) for row in found.rows]
    chart = cost_chart(points, "seconds a photo for features", page.with_suffix(".png"))
    sections = [
        Section("Backbones", (
            table,
            Picture(chart, "Accuracy of each backbone against its seconds a photo"),
            Text((_about(found), *HOW)),
        )),
    ]  # fmt: skip
    if found.left_out:
        rows = tuple(found.left_out)
        sections.append(Section("Left out", (Table(("backbone", "why"), rows),)))
    return write_page(Page("Bake-off of backbones", tuple(sections), found.scheme), page)


def _about(found: BakeOff) -> str:
    scored = found.rows[0].accuracy.n
    return f"Learnt from {found.learnt_from} photos, scored on {scored}: {found.scheme}."

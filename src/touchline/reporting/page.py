"""One page of results that a person can open, mail and keep: a single HTML file with all inside.

Pictures are carried as `data:` addresses, style and the few lines that sort tables are inline, and
the page's own policy forbids the browser to fetch anything or to run any other script. Names of
files and classes are written by strangers: they are escaped, and never read as markup.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from touchline.reporting.confidence import Score
from touchline.reporting.data_uris import as_data_uri
from touchline.reporting.gallery import Gallery
from touchline.reporting.plain_text import printable, shortened
from touchline.reporting.self_contained import page_templates, script_digest, write_html
from touchline.reporting.tables import (
    Cell,
    Table,
    format_cell,
    format_interval,
    format_value,
)


@dataclass(frozen=True)
class Text:
    """Paragraphs of plain text."""

    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """One key figure: a score with its interval or a plain value, and what to know beside it."""

    name: str
    value: Cell
    note: str = ""


@dataclass(frozen=True)
class Facts:
    """Key figures side by side."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Picture:
    """A PNG on disk, and in words what it shows for those who cannot see it."""

    path: Path
    alt: str
    caption: str = ""


Part: TypeAlias = Text | Facts | Table | Picture | Gallery


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Page:
    """A titled page of sections; the subtitle says what it is about and when it was made."""

    title: str
    sections: tuple[Section, ...]
    subtitle: str = ""


def render_page(page: Page) -> str:
    """The page as HTML.

    Raises:
        OSError: when a picture cannot be read.
    """
    environment = page_templates()
    environment.filters |= {
        "value": _value, "interval": _interval, "cell": format_cell,
        "sort_key": _sort_key, "data_uri": as_data_uri, "kind": lambda part: type(part).__name__,
        "interval_width": _interval_width, "short_name": lambda name: shortened(name, 24),
    }  # fmt: skip
    environment.tests["score"] = lambda cell: isinstance(cell, Score)
    script = environment.get_template("sort.js.jinja").render()
    return environment.get_template("page.html.jinja").render(
        page=page, script=script, script_digest=script_digest(script)
    )


def write_page(page: Page, path: Path) -> Path:
    """Write the page to `path`, whole or not at all, and return `path`.

    Raises:
        OSError: when a picture cannot be read or the folder not written.
    """
    return write_html(path, render_page(page))


def _value(cell: Cell) -> str:
    return format_value(cell) if isinstance(cell, Score) else format_cell(cell)


def _interval(score: Score) -> str:
    interval = "" if math.isnan(score.value) else format_interval(score)
    return f"{interval} n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{score.n:,}".strip()


def _interval_width(score: Score) -> float | None:
    """How much of a bar over [0, 1] the interval takes, in per cent; None where none is drawn."""
    width = 100 * (score.high - score.low)
    drawn = score.unit == "share" and not math.isnan(score.value + width)
    return round(width, 2) if drawn else None


def _sort_key(cell: Cell) -> str | float:
    """What a browser sorts a cell by: the number itself, or the text."""
    if isinstance(cell, str):
        return printable(cell)
    number = cell.value if isinstance(cell, Score) else cell
    return "" if number is None or math.isnan(number) else number

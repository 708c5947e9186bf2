"""Matches as a page: each query beside its ranked candidates, failures as readily as hits.

The page opens with its worst mistakes, and says so: it is for finding out what goes wrong, and no
fair sample of what goes right. It is one file without a script; what is shown is chosen by radio
buttons and style alone. Names of files are written by strangers: they are escaped.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from jinja2 import Environment

from touchline.media.images import UnreadableImageError, read_image
from touchline.reid.matching.candidates import Match, same_person
from touchline.reid.matching.choosing import Chosen, choose
from touchline.reporting.confidence import wilson
from touchline.reporting.data_uris import thumbnail_data_uri
from touchline.reporting.plain_text import shortened
from touchline.reporting.self_contained import page_templates, write_html
from touchline.reporting.tables import format_interval, format_value

STRIPS = 200
"""Queries on a page at most."""
CANDIDATES = 10
"""Candidates shown a query; 200 strips of eleven pictures are about six megabytes."""
THUMBNAIL_SIDE = 128

Picture: TypeAlias = tuple[str, str]
"""A thumbnail as a `data:` address, and why there is none; one of them is empty."""

_CLASSES = {True: "right", False: "wrong", None: ""}


@dataclass(frozen=True)
class _Tile:
    """A crop on the page: its picture, or why there is none."""

    name: str
    picture: str
    trouble: str
    right: bool | None = None
    distance: float | None = None


@dataclass(frozen=True)
class _Strip:
    """A query and its candidates."""

    query: _Tile
    candidates: tuple[_Tile, ...]
    right: bool | None
    confidence: float
    note: str


def write_strips(
    path: Path, matches: Iterable[Match], title: str, note: str = "", *, known: bool
) -> Path:
    """Write the page, whole or not at all, and return `path`.

    At most 200 queries are shown: where identities are known, the most confident failures and the
    least confident hits, half and half where there are enough of both; else the least confident.

    Args:
        path: the HTML file to write.
        matches: may be a stream; all are counted, few are held.
        title: of the page.
        note: a line below it, e.g. which run and when.
        known: whether identities are known, so that candidates are right or wrong.

    Raises:
        OSError: when the folder cannot be written. A crop that cannot be read is named instead.
    """
    chosen = choose(matches, STRIPS, known=known)
    picture = cache(_picture)
    strips = [_strip(match, known, picture) for match in (*chosen.failures, *chosen.hits)]
    page = _templates().get_template("strips.html.jinja").render(
        title=title, note=note, strips=strips, chosen=chosen, known=known,
        share=wilson(chosen.hit, chosen.hit + chosen.failed),
        explanation=_explanation(chosen, known),
    )  # fmt: skip
    return write_html(path, page)


def _templates() -> Environment:
    environment = page_templates("touchline.reid.matching")
    environment.filters |= {
        "value": format_value, "interval": format_interval, "class_name": _CLASSES.__getitem__,
    }  # fmt: skip
    environment.filters["short_name"] = lambda name: shortened(name, 20)
    environment.filters["outcome"] = lambda right: "✓ hit" if right else "✗ failure"
    environment.filters["verdict"] = lambda right: "✓ right" if right else "✗ wrong"
    return environment


def _explanation(chosen: Chosen, known: bool) -> str:
    """In what order the strips stand, and what there is no room for."""
    if known:
        order = (
            "Failures come first, the most confident leading; hits follow, the least confident "
            "leading: this is no fair sample of the queries."
        )
    else:
        order = "The least confident come first."
    parts = [order]
    if chosen.not_shown:
        parts.append(f"{chosen.not_shown:,} more queries are counted but not shown.")
    if chosen.unnamed:
        parts.append(f"{chosen.unnamed:,} queries without a name are neither counted nor shown.")
    return " ".join(parts)


def _strip(match: Match, known: bool, picture: Callable[[Path], Picture]) -> _Strip:
    query = match.query
    tiles = [
        _Tile(
            each.crop.path.name, *picture(each.crop.path),
            same_person(query, each.crop) if known else None, each.distance,
        )
        for each in match.ranked[:CANDIDATES]
    ]  # fmt: skip
    return _Strip(
        _Tile(query.path.name, *picture(query.path)), tuple(tiles), match.hit if known else None,
        match.confidence, _note(match, known),
    )  # fmt: skip


def _note(match: Match, known: bool) -> str:
    if not match.ranked:
        return "There is nothing to compare it with."
    if not known or match.hit:
        return ""
    if match.first_hit is None:
        return f"None of the first {len(match.ranked)} is the person."
    return f"The first right one stands at rank {match.first_hit}."


def _picture(path: Path) -> Picture:
    try:
        image = read_image(path, THUMBNAIL_SIDE, side="longer")
        return thumbnail_data_uri(image, THUMBNAIL_SIDE), ""
    except UnreadableImageError as error:
        return "", str(error)

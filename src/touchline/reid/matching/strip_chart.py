"""A few matches as one picture: each query beside the first of its ranked gallery."""

from collections.abc import Iterable
from pathlib import Path

from matplotlib.axes import Axes

from touchline.media.images import UnreadableImageError, read_image
from touchline.reid.crops import Crop
from touchline.reid.matching.candidates import Match, same_person
from touchline.reid.matching.choosing import choose
from touchline.reporting.figures import GREEN, GREY, INK, ORANGE, new_figure, write_png

STRIPS = 6
CANDIDATES = 8
SIDE = 128
"""Pixels that the longer side of a crop is read with, at least."""


def strip_chart(matches: Iterable[Match], path: Path) -> Path:
    """Draw six strips of named queries: confident failures first, then doubtful hits.

    A right candidate stands in a full green frame, a wrong one in a dashed orange one; a crop that
    cannot be read leaves its frame empty.

    Args:
        matches: may be a stream; few are held.
        path: the PNG to write.
    """
    chosen = choose(matches, STRIPS, known=True)
    shown = (*chosen.failures, *chosen.hits)
    figure = new_figure(0.85 * (CANDIDATES + 1), 1.6 * max(len(shown), 1))
    panels = figure.subplots(max(len(shown), 1), CANDIDATES + 1, squeeze=False)
    for axes in panels.flat:
        axes.axis("off")
    for row, match in zip(panels, shown, strict=False):
        _draw(row[0], match.query, INK, "-", f"query, {match.confidence:.0%}")
        ranked = match.ranked[:CANDIDATES]
        for rank, (axes, each) in enumerate(zip(row[1:], ranked, strict=False), start=1):
            right = same_person(match.query, each.crop)
            colour, line, mark = (GREEN, "-", "✓") if right else (ORANGE, "--", "✗")
            _draw(axes, each.crop, colour, line, f"{rank} {mark}")
    return write_png(figure, path)


def _draw(axes: Axes, crop: Crop, colour: str, line: str, title: str) -> None:
    """A crop in a frame; its panel was switched off, in case there was nothing to put into it."""
    axes.axis("on")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(color=colour, linewidth=2, linestyle=line)
    axes.set_title(title, fontsize=7, color=colour, pad=2)
    try:
        axes.imshow(read_image(crop.path, SIDE, side="longer").convert("RGB"))
    except UnreadableImageError:
        axes.text(0.5, 0.5, "unreadable", fontsize=6, color=GREY, ha="center", va="center")

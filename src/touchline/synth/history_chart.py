"""How a generator came on: its KID, the strength of its augmentation, and its losses."""

import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from touchline.reporting.figures import BLUE, GREEN, INK, ORANGE, new_figure, quiet_axes, write_png
from touchline.training.history import Row

LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, ":"), (INK, "-."))


def history_chart(rows: Sequence[Row], path: Path) -> Path:
    """Draw what the rows of `results.csv` hold against the photos shown.

    KID is drawn always, the strength of augmentation and the losses where there are any. The
    snapshot with the least KID, whose weights are kept, is marked.

    Args:
        rows: one a snapshot, each with `images`; at least one.
        path: the PNG to write.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    losses = tuple(name for name in names if name.startswith("loss"))
    possible: dict[str, tuple[str, ...]] = {
        "KID of samples": ("kid",),
        "Strength of augmentation": ("ada_strength",),
        "Losses": losses,
    }
    panels = {title: own for title, own in possible.items() if names.keys() & {*own}}
    figure = new_figure(4.2 * len(panels), 3.4)
    best = _best(rows)
    for axes, (title, own) in zip(
        figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True
    ):
        _draw(quiet_axes(axes), rows, own)
        axes.set_title(title, loc="left")
        axes.set_xlabel("photos shown")
        if best is not None:
            axes.axvline(best, color=INK, linewidth=0.8, linestyle=":", label="kept")
        axes.legend(frameon=False)
    return write_png(figure, path)


def _draw(axes: Axes, rows: Sequence[Row], names: Sequence[str]) -> None:
    for name, (colour, style) in zip(names, LINES * len(names), strict=False):
        known = [(row["images"], float(row[name])) for row in rows if name in row]
        label = name.removeprefix("loss_").replace("_", " ")
        axes.plot(*zip(*known, strict=True), style, color=colour, marker=".", label=label)


def _best(rows: Sequence[Row]) -> float | None:
    """Photos shown until the least KID; of equals the first."""
    scored = [(float(row["kid"]), float(row["images"])) for row in rows if "kid" in row]
    finite = [each for each in scored if math.isfinite(each[0])]
    return min(finite)[1] if finite else None

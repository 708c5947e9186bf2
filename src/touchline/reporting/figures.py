"""The look that all charts share, and how a chart becomes a PNG.

Figures are made without pyplot, whose global list of open figures is not safe between threads and
keeps every figure alive.
"""

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from touchline.files import write_atomically
from touchline.reporting.plain_text import shortened

# Okabe and Ito's colours, which people with any colour vision can tell apart.
BLUE, ORANGE, GREEN = "#0072B2", "#D55E00", "#009E73"
INK, GREY, PALE = "#222222", "#777777", "#DDDDDD"
DOTS_PER_INCH = 120
LONGEST_NAME = 28


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches that finds room for its labels by itself."""
    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout="constrained")


def quiet_axes(axes: Axes, *, grid: str = "both") -> Axes:
    """The axes without box, with a pale grid along `grid` (`x`, `y` or `both`) behind the data."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.tick_params(colors=INK, length=3)
    axes.grid(axis=grid, color=PALE, linewidth=0.8)  # type: ignore[arg-type]
    axes.set_axisbelow(True)
    return axes


def per_cent() -> PercentFormatter:
    """How an axis of shares is labelled; each axis needs one of its own."""
    return PercentFormatter(1.0, symbol=" %")


def class_ticks(names: Sequence[str]) -> dict[str, Any]:
    """Arguments of `set_xticks` or `set_yticks` that put a class name at each whole number.

    Names are shortened, and a dollar sign in one does not start a formula.
    """
    labels = [shortened(name, LONGEST_NAME) for name in names]
    return {"ticks": range(len(names)), "labels": labels, "parse_math": False}


def write_png(figure: Figure, path: Path) -> Path:
    """Write the figure to `path`, whole or not at all, and return `path`."""
    stream = io.BytesIO()
    with warnings.catch_warnings():
        # A class name in a script the font lacks is drawn as boxes; that is no reason to complain.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(
            stream,
            format="png",
            facecolor="white",
            bbox_inches="tight",
            metadata={"Software": None},
        )
    write_atomically(path, stream.getvalue())
    return path

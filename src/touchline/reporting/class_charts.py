"""Charts with a place for each class: the confusion matrix, F1 and the number of photos.

They stay readable from 2 to 100 classes: the picture grows, and what no longer fits is left out.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from touchline.reporting.confidence import Score
from touchline.reporting.figures import (
    BLUE,
    GREY,
    INK,
    class_ticks,
    new_figure,
    per_cent,
    quiet_axes,
    write_png,
)

POINTS_AN_INCH = 72
DIGIT_WIDTH = 0.65  # of the font size, with a little air
SMALLEST_NUMBER, LARGEST_NUMBER = 5.5, 10.0  # font sizes in points
ROOM_FOR_NAMES = 2.6  # inches


def confusion_chart(matrix: NDArray[np.intp], classes: Sequence[str], path: Path) -> Path:
    """Draw which classes are taken for which, coloured by the share of each true class.

    Counts are written into the cells while they fit. A class without photos has a blank row.

    Args:
        matrix: photos of the true class (row) labelled as a class (column).
        classes: their names.
        path: the PNG to write.
    """
    count = len(classes)
    cell = float(np.clip(8 / count, 0.13, 0.6))
    side = max(cell * count, 2.0) + ROOM_FOR_NAMES
    figure = new_figure(side + 0.8, side)
    axes = figure.add_subplot()
    support = matrix.sum(axis=1, keepdims=True)
    shares = matrix / np.maximum(support, 1)
    # The square root of the share sets the colour, so that rare confusions can still be seen.
    picture = axes.imshow(shares, cmap="Blues", norm=PowerNorm(0.5, vmin=0, vmax=1))
    axes.set_xticks(**class_ticks(classes), rotation=90)
    axes.set_yticks(**class_ticks(classes))
    font_size = float(np.clip(cell * POINTS_AN_INCH * 0.62, 4.5, 10))
    axes.tick_params(labelsize=font_size, length=0, colors=INK)
    axes.set_xlabel("labelled as")
    axes.set_ylabel("true class")
    axes.spines[:].set_color(GREY)
    figure.colorbar(
        picture, ax=axes, shrink=1.0 if count < 8 else 0.6, label="share of the true class",
        format=per_cent(), ticks=[0, 0.05, 0.2, 0.5, 1],
    )  # fmt: skip
    _write_counts(axes, matrix, shares, cell)
    return write_png(figure, path)


def f1_chart(scores: Sequence[Score], classes: Sequence[str], path: Path) -> Path:
    """Draw the F1 of each class with its 95 % interval, the worst at the top.

    Args:
        scores: one for each class.
        classes: their names.
        path: the PNG to write.
    """
    order = sorted(range(len(classes)), key=lambda place: (scores[place].value, place))
    ranked = [scores[place] for place in order]
    places = range(len(order))
    figure, axes = _rows_of_classes([classes[place] for place in order])
    axes.barh(places, [score.value for score in ranked], color=BLUE, alpha=0.3, height=0.7)
    axes.hlines(
        places, [score.low for score in ranked], [score.high for score in ranked],
        color=INK, linewidth=1.2,
    )  # fmt: skip
    axes.plot([score.value for score in ranked], places, "o", color=BLUE, markersize=4.5)
    axes.set_xlim(0, 1.02)
    axes.set_xlabel("F1, with its 95 % interval")
    return write_png(figure, path)


def counts_chart(counts: Sequence[int], classes: Sequence[str], path: Path) -> Path:
    """Draw how many photos each class has, in the order of the classes.

    Args:
        counts: one for each class.
        classes: their names.
        path: the PNG to write.
    """
    figure, axes = _rows_of_classes(classes)
    bars = axes.barh(range(len(counts)), counts, color=BLUE, height=0.7)
    axes.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=8, color=INK)
    axes.set_xlim(0, max([*counts, 1]) * 1.12)
    axes.set_xlabel("photos")
    return write_png(figure, path)


def _rows_of_classes(classes: Sequence[str]) -> tuple[Figure, Axes]:
    """A figure with a row for each class, the first at the top."""
    figure = new_figure(7.5, 0.8 + 0.22 * max(len(classes), 4))
    axes = quiet_axes(figure.add_subplot(), grid="x")
    axes.set_yticks(**class_ticks(classes))
    axes.tick_params(axis="y", labelsize=8.5, length=0)
    axes.set_ylim(len(classes) - 0.4, -0.6)
    return figure, axes


def _write_counts(
    axes: Axes, matrix: NDArray[np.intp], shares: NDArray[np.float64], cell: float
) -> None:
    """Write the counts other than 0 into cells of so many inches, if two digits or more fit."""
    digits = max(2, len(str(matrix.max(initial=0))))
    font_size = min(cell * POINTS_AN_INCH / (digits * DIGIT_WIDTH + 0.6), LARGEST_NUMBER)
    if font_size < SMALLEST_NUMBER:
        return
    for row, column in np.argwhere(matrix).tolist():
        axes.text(
            column, row, str(matrix[row, column]), ha="center", va="center", fontsize=font_size,
            color="white" if shares[row, column] > 0.4 else INK,
        )  # fmt: skip

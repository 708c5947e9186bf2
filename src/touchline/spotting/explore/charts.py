"""The charts of an exploration: classes by split, minutes, durations, and events together."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.colors import PowerNorm
from numpy.typing import NDArray

from touchline.reporting.figures import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    class_ticks,
    new_figure,
    quiet_axes,
    write_png,
)
from touchline.spotting.explore.counts import ClassCount, Counts

SPLIT_COLOURS = (BLUE, ORANGE, GREEN, GREY, INK)
LONGEST_GAP_SHOWN = 20.0
GAP_BIN_SECONDS = 0.5


def classes_chart(classes: Sequence[ClassCount], splits: Sequence[str], path: Path) -> Path:
    """Draw the events of each class, one colour a split.

    Args:
        classes: in the order they are shown, the first at the top.
        splits: names, in the order of the counts.
        path: the PNG to write.
    """
    figure = new_figure(7.5, 0.9 + 0.26 * max(len(classes), 4))
    axes = quiet_axes(figure.add_subplot(), grid="x")
    start = np.zeros(len(classes))
    for place, (split, colour) in enumerate(zip(splits, SPLIT_COLOURS, strict=False)):
        counts = np.array([each.by_split[place] for each in classes])
        bars = axes.barh(range(len(classes)), counts, left=start, color=colour, height=0.7)
        bars.set_label(split or "no split")
        start += counts
    axes.bar_label(bars, [f"{count:,.0f}" for count in start], padding=3, fontsize=8, color=INK)
    axes.set_yticks(**class_ticks([each.label for each in classes]))
    axes.tick_params(axis="y", labelsize=8.5, length=0)
    axes.set_ylim(len(classes) - 0.4, -0.6)
    axes.set_xlim(0, max(start.max(initial=0), 1) * 1.12)
    axes.set_xlabel("events")
    if len(splits) > 1:
        axes.legend(frameon=False, loc="lower right")
    return write_png(figure, path)


def minutes_chart(counts: Counts, classes: Sequence[str], title: str, path: Path) -> Path:
    """Draw the events in each minute: all of them as bars, and each class as a row of shades.

    Args:
        counts: shape (classes, minutes).
        classes: their names.
        title: which half it is; may be empty.
        path: the PNG to write.
    """
    figure = new_figure(9, 2.4 + 0.24 * max(len(classes), 4))
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.4, 0.24 * len(classes) + 1))
    quiet_axes(above, grid="y")
    middles = np.arange(counts.shape[1]) + 0.5
    above.bar(middles, counts.sum(axis=0), width=0.9, color=BLUE)
    above.set_ylabel("events")
    above.set_title(title, loc="left")
    # The square root of the count sets the shade, so that rare classes can still be seen.
    picture = below.imshow(
        counts, cmap="Blues", norm=PowerNorm(0.5, vmin=0, vmax=max(counts.max(initial=0), 1)),
        aspect="auto", interpolation="nearest",
        extent=(0, counts.shape[1], len(classes) - 0.5, -0.5),
    )  # fmt: skip
    below.set_yticks(**class_ticks(classes))
    below.tick_params(axis="y", labelsize=8, length=0)
    below.set_xlabel("minute of the video")
    figure.colorbar(picture, ax=below, label="events")
    return write_png(figure, path)


def gaps_chart(seconds: NDArray[np.float64], path: Path) -> Path:
    """Draw how long it is from one event to the next; the last bar holds all longer ones.

    Args:
        seconds: shape (n,).
        path: the PNG to write.
    """
    figure = new_figure(7.5, 3.0)
    axes = quiet_axes(figure.add_subplot(), grid="y")
    edges = np.arange(0, LONGEST_GAP_SHOWN + 2 * GAP_BIN_SECONDS, GAP_BIN_SECONDS)
    axes.hist(np.minimum(seconds, LONGEST_GAP_SHOWN), bins=edges.tolist(), color=BLUE, rwidth=0.9)
    if len(seconds):
        axes.axvline(float(np.median(seconds)), color=ORANGE, label="median")
        axes.legend(frameon=False)
    axes.set_xlabel(f"seconds to the next event ({LONGEST_GAP_SHOWN:g} and more in the last bar)")
    axes.set_ylabel("events")
    return write_png(figure, path)


def durations_chart(by_class: Mapping[str, NDArray[np.float64]], path: Path) -> Path:
    """Draw the seconds from an event of each class to the next: quartiles, and 5 to 95 %.

    Args:
        by_class: seconds by class, shape (n,) each; classes without any have an empty row.
        path: the PNG to write.
    """
    figure = new_figure(7.5, 0.9 + 0.26 * max(len(by_class), 4))
    axes = quiet_axes(figure.add_subplot(), grid="x")
    axes.boxplot(
        list(by_class.values()), positions=range(len(by_class)), orientation="horizontal",
        whis=(5, 95), showfliers=False, widths=0.6, manage_ticks=False,
        medianprops={"color": ORANGE, "linewidth": 2}, boxprops={"color": BLUE},
        whiskerprops={"color": GREY}, capprops={"color": GREY},
    )  # fmt: skip
    axes.set_yticks(**class_ticks(list(by_class)))
    axes.tick_params(axis="y", labelsize=8.5, length=0)
    axes.set_ylim(len(by_class) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.set_xlabel("seconds to the next event")
    return write_png(figure, path)


def together_chart(counts: Counts, classes: Sequence[str], path: Path) -> Path:
    """Draw which classes come together, with the number of pairs in each cell.

    Args:
        counts: pairs, shape (classes, classes), symmetric.
        classes: their names.
        path: the PNG to write.
    """
    side = 2.4 + 0.42 * max(len(classes), 3)
    figure = new_figure(side, side)
    axes = figure.add_subplot()
    largest = max(counts.max(initial=0), 1)
    axes.imshow(counts, cmap="Blues", norm=PowerNorm(0.5, vmin=0, vmax=largest))
    axes.set_xticks(**class_ticks(classes), rotation=90)
    axes.set_yticks(**class_ticks(classes))
    axes.tick_params(labelsize=8, length=0, colors=INK)
    axes.spines[:].set_color(GREY)
    for row, column in np.argwhere(counts).tolist():
        count = int(counts[row, column])
        colour = "white" if count > 0.35 * largest else INK
        axes.text(column, row, f"{count}", ha="center", va="center", fontsize=7, color=colour)
    return write_png(figure, path)

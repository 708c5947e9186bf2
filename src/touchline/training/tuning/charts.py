"""Charts of a study: how it went, which settings mattered, which values go with good scores."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from touchline.reporting.figures import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    class_ticks,
    new_figure,
    per_cent,
    quiet_axes,
    write_png,
)
from touchline.reporting.plain_text import shortened
from touchline.training.tuning.space import Choice, Space, Value
from touchline.training.tuning.trials import TrialRecord, as_share

BEST_DRAWN = 5
LONGEST_VALUE = 16


def history_chart(records: Sequence[TrialRecord], path: Path, untuned: float | None = None) -> Path:
    """Draw the score of each trial and the best so far; pruned ones at their last report.

    Args:
        records: in the order in which they began.
        path: the PNG to write.
        untuned: the score of the untuned settings, as a line.
    """
    figure = new_figure(8, 3.6)
    axes = quiet_axes(figure.add_subplot())
    complete = [(r.number, r.score) for r in records if r.score is not None]
    pruned = [(r.number, r.reports[-1][1]) for r in records if r.outcome == "pruned" and r.reports]
    numbers, scores = zip(*complete, strict=True) if complete else ((), ())
    axes.plot(numbers, scores, "o", color=BLUE, markersize=4, alpha=0.7, label="trial")
    axes.step(numbers, np.maximum.accumulate(scores) if scores else (), where="post", color=BLUE,
              linewidth=1.4, label="best so far")  # fmt: skip
    if pruned:
        axes.plot(*zip(*pruned, strict=True), "x", color=GREY, markersize=5, label="pruned")
    failed = [r.number for r in records if r.outcome == "failed"]
    for number in failed:
        axes.axvline(number, color=PALE, linewidth=2, zorder=0,
                     label="failed" if number == failed[0] else None)  # fmt: skip
    if untuned is not None:
        axes.axhline(untuned, color=ORANGE, linestyle="--", linewidth=1.2, label="untuned")
    axes.set_xlabel("trial")
    axes.set_ylabel("score")
    axes.yaxis.set_major_formatter(per_cent())
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(frameon=False, loc="outside lower left", ncols=5)
    return write_png(figure, path)


def importance_chart(shares: Mapping[str, float], path: Path) -> Path:
    """Draw the importance of each setting as a bar, the largest at the top."""
    figure = new_figure(7, 0.8 + 0.4 * len(shares))
    axes = quiet_axes(figure.add_subplot(), grid="x")
    axes.barh(range(len(shares)), list(shares.values()), color=BLUE, height=0.6)
    axes.set_yticks(**class_ticks(list(shares)))
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(per_cent())
    axes.set_xlabel("importance")
    return write_png(figure, path)


def parallel_chart(records: Sequence[TrialRecord], space: Space, path: Path) -> Path:
    """Draw each complete trial as a line through its values to its score; the best ones in colour.

    Args:
        records: of which at least one is complete.
        space: an upright axis for each of its settings.
        path: the PNG to write.
    """
    ranked = sorted((r for r in records if r.score is not None), key=lambda r: r.score or 0.0)
    scores = [record.score or 0.0 for record in ranked]
    low, high = min(scores), max(scores)
    figure = new_figure(max(6.0, 1.9 * (len(space.items) + 1)), 4.2)
    axes = figure.add_subplot()
    axes.set_ylim(-0.05, 1.05)
    for record in ranked:
        heights = [_height(space, key, record.values[key]) for key in space.items]
        heights.append(0.5 if high == low else ((record.score or 0.0) - low) / (high - low))
        best = record in ranked[-BEST_DRAWN:]
        axes.plot(heights, color=BLUE if best else GREY, alpha=0.9 if best else 0.25,
                  linewidth=1.6 if best else 0.8, zorder=3 if best else 2)  # fmt: skip
    for place, key in enumerate(space.items):
        _label_axis(axes, place, _marks(space, key))
    _label_axis(axes, len(space.items), [(0.0, as_share(low)), (1.0, as_share(high))])
    axes.set_xticks(**class_ticks([*space.items, "score"]))
    axes.tick_params(axis="x", length=0, labelsize=8)
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.set_title(f"The best {min(BEST_DRAWN, len(ranked))} in colour", loc="left", fontsize=9)
    return write_png(figure, path)


def _label_axis(axes: Axes, place: int, marks: list[tuple[float, str]]) -> None:
    axes.axvline(place, color=INK, linewidth=0.8, zorder=4)
    for height, text in marks:
        axes.text(
            place + 0.03, height, shortened(text, LONGEST_VALUE), fontsize=7, color=INK, zorder=5,
            va="center", parse_math=False,
            bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip


def _height(space: Space, key: str, value: Value) -> float:
    """Where a value lies on its axis, from 0 to 1."""
    item = space.items[key]
    if isinstance(item, Choice):
        return item.ends.index(value) / (len(item.ends) - 1)
    scale = math.log if item.log else float
    low, high = scale(item.low), scale(item.high)
    return (scale(float(value)) - low) / (high - low)


def short_value(space: Space, key: str, value: Value) -> str:
    """A value as charts write it: a choice that is too long by its number, from 1."""
    item = space.items[key]
    if isinstance(item, Choice) and len(str(value)) > LONGEST_VALUE:
        return f"choice {item.ends.index(value) + 1}"
    return value if isinstance(value, str) else f"{value:g}"


def _marks(space: Space, key: str) -> list[tuple[float, str]]:
    """What to write along an axis: the ends of a range, or all choices."""
    ends = space.items[key].ends
    return [(_height(space, key, value), short_value(space, key, value)) for value in ends]

"""The charts of a scored spotting run: classes, tolerances, confidences, time errors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from touchline.reporting.confidence import Numbers, Score
from touchline.reporting.figures import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    class_ticks,
    new_figure,
    per_cent,
    quiet_axes,
    write_png,
)
from touchline.spotting.hits import HIT_SECONDS
from touchline.spotting.metrics.support import TOO_FEW

TIME_ERROR_BIN_SECONDS = 0.1


def average_precision_chart(scores: Sequence[Score], classes: Sequence[str], path: Path) -> Path:
    """Draw the AP of each class with its 95 % interval and its number of true events.

    Classes with too few true events to say much are hatched; those without any have no bar.

    Args:
        scores: one for each class; n counts its true events.
        classes: their names, the first at the top.
        path: the PNG to write.
    """
    figure = new_figure(7.5, 0.9 + 0.28 * max(len(classes), 4))
    axes = quiet_axes(figure.add_subplot(), grid="x")
    places, values = range(len(classes)), [score.value for score in scores]
    bars = axes.barh(places, np.nan_to_num(values), color=BLUE, alpha=0.35, height=0.7)
    for bar, score in zip(bars, scores, strict=True):
        if score.n < TOO_FEW:
            bar.set(facecolor="none", edgecolor=GREY, hatch="////")
    axes.hlines(
        places, [score.low for score in scores], [score.high for score in scores],
        color=INK, linewidth=1.2,
    )  # fmt: skip
    axes.plot(values, places, "o", color=BLUE, markersize=4.5, clip_on=False)
    for place, score in enumerate(scores):
        note = f"{score.n:,}" + (" - too few" if score.n < TOO_FEW else "")
        axes.text(1.03, place, note, va="center", fontsize=8, color=INK)
    axes.text(1.03, -1, "true events", va="center", fontsize=8, color=GREY)
    axes.set_yticks(**class_ticks(classes))
    axes.tick_params(axis="y", labelsize=8.5, length=0)
    axes.set_ylim(max(len(classes), 1) - 0.4, -0.6)
    axes.set_xlim(0, 1.0)
    axes.xaxis.set_major_formatter(per_cent())
    axes.set_xlabel(f"average precision at ±{HIT_SECONDS:g} s, with its 95 % interval")
    return write_png(figure, path)


def tolerance_chart(scores: Sequence[float], path: Path) -> Path:
    """Draw the official mAP at windows of 1 s, 2 s, ...: whether events are missed or mistimed.

    Args:
        scores: mAP@1, mAP@2, ... in [0, 1].
        path: the PNG to write.
    """
    figure = new_figure(5.2, 3.4)
    axes = quiet_axes(figure.add_subplot())
    windows = np.arange(1, len(scores) + 1)
    axes.plot(windows, scores, "o-", color=BLUE)
    for window, score in zip(windows.tolist(), scores, strict=True):
        axes.annotate(
            f"{100 * score:.1f}", (window, score), textcoords="offset points", xytext=(0, 7),
            ha="center", fontsize=8.5, color=INK,
        )  # fmt: skip
    axes.set_xticks(windows.tolist(), [f"±{window / 2:g} s" for window in windows])
    axes.set_ylim(0, 1.05)
    axes.yaxis.set_major_formatter(per_cent())
    axes.set_xlabel("how far a prediction may be off")
    axes.set_ylabel("mAP, official")
    return write_png(figure, path)


def threshold_chart(confidence: Numbers, right: NDArray[np.bool_], truths: int, path: Path) -> Path:
    """Draw precision, recall and F1 of all events together, as more confidence is asked for.

    Args:
        confidence: of each predicted event, shape (n,).
        right: whether it is a hit, shape (n,).
        truths: how many true events there are.
        path: the PNG to write.
    """
    order = np.argsort(-confidence, kind="stable")
    falling, hits = confidence[order], np.cumsum(right[order])
    last = np.append(falling[1:] != falling[:-1], True)[: len(falling)]
    kept, hits, falling = np.flatnonzero(last) + 1, hits[last], falling[last]
    curves = (
        ("precision", hits / kept, BLUE, "-"),
        ("recall", hits / max(truths, 1), ORANGE, "--"),
        ("F1", 2 * hits / (kept + truths), GREEN, ":"),
    )
    figure = new_figure(5.8, 3.6)
    axes = quiet_axes(figure.add_subplot())
    for name, values, colour, style in curves:
        axes.plot(falling, values, style, color=colour, linewidth=1.8, label=name)
    axes.set_xlim(0, 1)
    axes.set_ylim(-0.02, 1.02)
    axes.xaxis.set_major_formatter(per_cent())
    axes.yaxis.set_major_formatter(per_cent())
    axes.set_xlabel("events at least so confident")
    axes.legend(frameon=False, loc="lower left")
    return write_png(figure, path)


def time_error_chart(errors: Numbers, reach: float, path: Path) -> Path:
    """Draw how far found events are off in time: predicted minus true seconds.

    Args:
        errors: of matched pairs, shape (n,), each within `reach` of 0.
        reach: the widest error that was matched, in seconds.
        path: the PNG to write.
    """
    figure = new_figure(6.2, 3.2)
    axes = quiet_axes(figure.add_subplot(), grid="y")
    bins = round(2 * reach / TIME_ERROR_BIN_SECONDS)
    axes.axvspan(-HIT_SECONDS, HIT_SECONDS, color=GREEN, alpha=0.12, label="counts for mAP@1")
    axes.hist(errors, bins=np.linspace(-reach, reach, bins + 1).tolist(), color=BLUE, rwidth=0.9)
    if len(errors):
        median = float(np.median(errors))
        axes.axvline(median, color=ORANGE, linestyle="--", label=f"median {median:+.2f} s")
    axes.set_xlim(-reach, reach)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("seconds early (-) or late (+)")
    axes.set_ylabel("events found")
    axes.legend(frameon=False)
    return write_png(figure, path)

"""Charts of curves: how training went, whether confidences hold, what abstaining buys."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from touchline.reporting.figures import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    new_figure,
    per_cent,
    quiet_axes,
    write_png,
)
from touchline.reporting.reliability import BINS, calibration_error, reliability_bins
from touchline.reporting.risk import RiskThreshold, risk_coverage
from touchline.reporting.tables import format_value


def training_chart(
    path: Path,
    *,
    train_loss: Sequence[float],
    validation_loss: Sequence[float],
    train_accuracy: Sequence[float],
    validation_accuracy: Sequence[float],
    chosen_epoch: int,
) -> Path:
    """Draw loss and accuracy over the epochs, on photos learnt from and on photos held back.

    Args:
        path: the PNG to write.
        train_loss: one value an epoch, the first epoch being 1; NaN where not measured.
        validation_loss: likewise.
        train_accuracy: shares, likewise.
        validation_accuracy: shares, likewise.
        chosen_epoch: the epoch whose weights are kept; the gap between the two accuracies there is
            written above.
    """
    figure = new_figure(9, 3.6)
    left, right = (quiet_axes(axes) for axes in figure.subplots(1, 2))
    _draw_pair(left, train_loss, validation_loss, chosen_epoch)
    left.set_ylabel("loss")
    left.set_title("Loss", loc="left")
    _draw_pair(right, train_accuracy, validation_accuracy, chosen_epoch)
    right.set_ylabel("accuracy")
    right.yaxis.set_major_formatter(per_cent())
    gap = train_accuracy[chosen_epoch - 1] - validation_accuracy[chosen_epoch - 1]
    right.set_title(f"Accuracy: gap {100 * gap:+.1f} points at epoch {chosen_epoch}", loc="left")
    return write_png(figure, path)


def reliability_chart(
    confidence: NDArray[np.float64], correct: NDArray[np.bool_], path: Path
) -> Path:
    """Draw how often labels are right against how sure the model was, and how many there are.

    Args:
        confidence: of the best label of each item, in [0, 1], shape (n,).
        correct: whether that label is right, shape (n,).
        path: the PNG to write.
    """
    bins = reliability_bins(confidence, correct)
    figure = new_figure(5.2, 5.6)
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    quiet_axes(axes)
    quiet_axes(below, grid="y")
    axes.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1, label="as sure as right")
    means = [each.confidence for each in bins]
    shares = [each.accuracy for each in bins]
    axes.vlines(
        means, [share.low for share in shares], [share.high for share in shares],
        color=BLUE, linewidth=1.5, label="95 % interval",
    )  # fmt: skip
    axes.plot(means, [share.value for share in shares], "o", color=BLUE, label="photos of one bin")
    axes.set_ylabel("share that is right")
    axes.set_ylim(-0.02, 1.02)
    axes.yaxis.set_major_formatter(per_cent())
    axes.set_title(f"Expected calibration error {calibration_error(bins):.3f}", loc="left")
    axes.legend(frameon=False)
    centres = [(each.low + each.high) / 2 for each in bins]
    below.bar(centres, [share.n for share in shares], width=0.9 / BINS, color=BLUE, alpha=0.5)
    below.set_ylabel("photos")
    below.set_xlabel("confidence")
    below.set_xlim(-0.01, 1.01)
    below.xaxis.set_major_formatter(per_cent())
    return write_png(figure, path)


def risk_coverage_chart(
    confidence: NDArray[np.float64],
    correct: NDArray[np.bool_],
    path: Path,
    chosen: RiskThreshold | None = None,
) -> Path:
    """Draw the share of mistakes among the photos kept, as more of them are kept.

    Args:
        confidence: of the best label of each item, shape (n,).
        correct: whether that label is right, shape (n,).
        path: the PNG to write.
        chosen: the line drawn for a promised risk, marked on the curve.
    """
    curve = risk_coverage(confidence, correct)
    figure = new_figure(6.4, 4)
    axes = quiet_axes(figure.add_subplot())
    axes.plot(
        curve.coverage, curve.risk, color=BLUE, linewidth=1.8, label="mistakes among the kept"
    )
    if chosen is not None:
        _mark_threshold(axes, chosen)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_formatter(per_cent())
    axes.yaxis.set_major_formatter(per_cent())
    axes.set_xlabel("photos kept, the surest first")
    axes.set_ylabel("mistakes among the kept")
    axes.set_title(f"Area under the curve {curve.area:.3f}", loc="left")
    figure.legend(frameon=False, loc="outside lower left", alignment="left")
    return write_png(figure, path)


def _draw_pair(
    axes: Axes, train: Sequence[float], validation: Sequence[float], chosen_epoch: int
) -> None:
    epochs = np.arange(1, len(train) + 1)
    learnt, held_back = np.asarray(train, dtype=float), np.asarray(validation, dtype=float)
    axes.fill_between(epochs, learnt, held_back, color=GREY, alpha=0.12, linewidth=0)
    axes.plot(epochs, learnt, "o-", markersize=3, color=BLUE, label="learnt from")
    axes.plot(epochs, held_back, "s--", markersize=3, color=ORANGE, label="held back")
    axes.axvline(chosen_epoch, color=INK, linewidth=0.8, linestyle=":", label="epoch kept")
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(frameon=False)


def _mark_threshold(axes: Axes, chosen: RiskThreshold) -> None:
    axes.axhline(
        chosen.risk, color=ORANGE, linestyle="--", linewidth=1,
        label=f"promised: at most {100 * chosen.risk:g} %",
    )  # fmt: skip
    if not chosen.wrong.n:
        return
    axes.plot(
        chosen.kept.value, chosen.wrong.value, "D",
        color=GREEN, markersize=8, zorder=3, clip_on=False,
        label=f"{format_value(chosen.kept)} kept (confidence {chosen.threshold:.2f} or more), "
        f"{format_value(chosen.wrong)} of them wrong",
    )  # fmt: skip

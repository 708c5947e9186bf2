"""How training went, as a section of a report: the loss, and the figure that chose the epoch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.ticker import MaxNLocator

from touchline.reporting.figures import (
    BLUE,
    INK,
    ORANGE,
    new_figure,
    per_cent,
    quiet_axes,
    write_png,
)
from touchline.reporting.page import Picture, Section


def learning_section(
    losses: Sequence[float], scores: Sequence[float], kept: int, score_name: str, path: Path
) -> tuple[Section, ...]:
    """One section with a chart; none where there were no epochs.

    Args:
        losses: of each epoch, the first being 1.
        scores: the figure that chose the epoch, likewise, in [0, 1]; NaN where not measured.
        kept: the epoch whose weights are kept.
        score_name: what the figure is, e.g. `validation mAP@1`.
        path: the PNG to write.
    """
    if not losses:
        return ()
    chart = learning_chart(losses, scores, kept, score_name, path)
    alt = f"Loss and {score_name} over {len(losses)} epochs; epoch {kept} is kept"
    return (Section("Training", (Picture(chart, alt, alt),)),)


def learning_chart(
    losses: Sequence[float], scores: Sequence[float], kept: int, score_name: str, path: Path
) -> Path:
    """Draw the loss and the figure over the epochs; arguments as for `learning_section`."""
    figure = new_figure(9, 3.4)
    left, right = (quiet_axes(axes) for axes in figure.subplots(1, 2))
    epochs = np.arange(1, len(losses) + 1)
    left.plot(epochs, losses, "o-", markersize=3, color=BLUE)
    left.set_title("Loss on what is learnt from", loc="left")
    right.plot(epochs, scores, "s-", markersize=3, color=ORANGE)
    right.set_title(score_name[0].upper() + score_name[1:], loc="left")
    right.yaxis.set_major_formatter(per_cent())
    for axes in (left, right):
        axes.axvline(kept, color=INK, linewidth=0.8, linestyle=":", label="epoch kept")
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    right.legend(frameon=False)
    return write_png(figure, path)

"""The charts of a scored re-identifier: ranks, and how scores differ from action to action."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from touchline.reporting.confidence import Numbers
from touchline.reporting.figures import BLUE, INK, new_figure, per_cent, quiet_axes, write_png

RANKS = 20


def rank_chart(first_ranks: NDArray[np.int64], gallery: int, path: Path) -> Path:
    """Draw the share of queries with a positive among the first k (CMC), k up to 20.

    Args:
        first_ranks: the rank of each query's first positive, from 1, shape (queries,).
        gallery: crops that a query is compared with, on average; no larger k is drawn.
        path: the PNG to write.
    """
    ranks = np.arange(1, max(2, min(RANKS, gallery)) + 1)
    shares = (first_ranks[:, None] <= ranks).mean(axis=0)
    figure = new_figure(6, 3.4)
    axes = quiet_axes(figure.add_subplot())
    axes.plot(ranks, shares, "o-", markersize=4, color=BLUE)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("k")
    axes.yaxis.set_major_formatter(per_cent())
    return write_png(figure, path)


def action_chart(precisions: Numbers, actions: NDArray[np.object_], path: Path) -> Path:
    """Draw the mean average precision of each action, ascending, and their median.

    Args:
        precisions: the average precision of each query, shape (queries,).
        actions: the action of each.
        path: the PNG to write.
    """
    names, places = np.unique(actions.astype(str), return_inverse=True)
    means = np.sort(np.bincount(places, precisions) / np.bincount(places))
    figure = new_figure(6, 3.4)
    axes = quiet_axes(figure.add_subplot())
    axes.bar(np.arange(len(names)), means, width=1.0, color=BLUE, alpha=0.6)
    axes.axhline(float(np.median(means)), color=INK, linewidth=0.8, linestyle=":")
    axes.set_ylim(0, 1.02)
    axes.set_xticks([])
    axes.set_xlabel(f"{len(names):,} actions, the hardest first; dotted: their median")
    axes.yaxis.set_major_formatter(per_cent())
    return write_png(figure, path)

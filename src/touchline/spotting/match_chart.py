"""One match in one picture: what happened, what was found, and what was made up."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from touchline.reporting.figures import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    class_ticks,
    new_figure,
    quiet_axes,
    write_png,
)
from touchline.spotting.events import Event
from touchline.spotting.hits import HIT_SECONDS, find_hits
from touchline.spotting.timeline.entries import clock_time

SECONDS_A_LINE = 900.0
"""A longer half is broken into several strips."""

TICK_SECONDS = (1, 5, 10, 30, 60, 120, 300)
MOST_TICKS = 15

_ABOVE, _BELOW = -0.18, 0.18

_KINDS = {
    "true, found": ("o", _ABOVE, GREEN, True),
    "true, missed": ("x", _ABOVE, ORANGE, True),
    f"predicted, a hit (±{HIT_SECONDS:g} s)": ("^", _BELOW, BLUE, True),
    "predicted, a false alarm": ("^", _BELOW, ORANGE, False),
}
"""Marker, height against the row, colour, and whether it is filled."""


def match_chart(
    truth: Sequence[Event], shown: Sequence[Event], classes: Sequence[str], path: Path
) -> Path:
    """Draw the true and the predicted events of a match, a row a class.

    True events stand above the line: a full circle where they were found, a cross where they were
    missed. Predicted ones stand below: a full triangle for a hit, a hollow one for a false alarm.

    Args:
        truth: of one match.
        shown: predicted events that a person is shown.
        classes: the rows, the first at the top; events of other labels are left out.
        path: the PNG to write.
    """
    strips = _strips([*truth, *shown])
    row_height = 0.26 * max(len(classes), 3) + 0.55
    figure = new_figure(10, 0.6 + row_height * len(strips))
    found = find_hits(truth, shown)
    marks = _marks(truth, shown, found)
    panels = figure.subplots(len(strips), 1, squeeze=False)[:, 0]
    for axes, (half, start, end) in zip(panels, strips, strict=True):
        _draw_strip(axes, marks, classes, half, start, end)
        if len({each[0] for each in strips}) > 1:
            axes.set_title(f"half {half}", loc="left", fontsize=9)
    panels[-1].set_xlabel("minutes:seconds")
    _legend(figure, panels[0])
    return write_png(figure, path)


def _marks(
    truth: Sequence[Event], shown: Sequence[Event], hits: Sequence[int | None]
) -> dict[str, list[Event]]:
    found = set(hits)
    kinds: dict[str, list[Event]] = {name: [] for name in _KINDS}
    true_found, missed, hit, alarm = kinds.values()
    for place, event in enumerate(truth):
        (true_found if place in found else missed).append(event)
    for event, of_truth in zip(shown, hits, strict=True):
        (alarm if of_truth is None else hit).append(event)
    return kinds


def _strips(events: Sequence[Event]) -> list[tuple[int, float, float]]:
    """Half, start and end in seconds of each strip."""
    strips = []
    for half in sorted({event.half for event in events} or {1}):
        last = max((event.seconds for event in events if event.half == half), default=0.0)
        count = int(last // SECONDS_A_LINE) + 1
        length = SECONDS_A_LINE if count > 1 else max(last * 1.02, 1.0)
        strips += [(half, place * length, (place + 1) * length) for place in range(count)]
    return strips


def _draw_strip(
    axes: Axes, marks: dict[str, list[Event]], classes: Sequence[str],
    half: int, start: float, end: float,
) -> None:  # fmt: skip
    quiet_axes(axes, grid="x")
    rows = {label: row for row, label in enumerate(classes)}
    for name, events in marks.items():
        marker, above, colour, filled = _KINDS[name]
        here = [
            event for event in events
            if event.half == half and start <= event.seconds < end and event.label in rows
        ]  # fmt: skip
        axes.plot(
            [event.seconds for event in here], [rows[event.label] + above for event in here],
            marker, color=colour, markersize=4, markeredgewidth=1,
            fillstyle="full" if filled else "none", label=name,
        )  # fmt: skip
    for row in range(len(classes)):
        axes.axhline(row, color=INK, linewidth=0.25)
    axes.set_yticks(**class_ticks(classes))
    axes.tick_params(axis="y", labelsize=7.5, length=0)
    axes.set_ylim(max(len(classes), 1) - 0.5, -0.5)
    margin = 0.005 * (end - start)
    axes.set_xlim(start - margin, end)
    step = next((each for each in TICK_SECONDS if (end - start) / each <= MOST_TICKS), end - start)
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.tick_params(axis="x", labelsize=8)
    axes.xaxis.set_major_formatter(lambda seconds, _: clock_time(max(seconds, 0)))


def _legend(figure: Figure, axes: Axes) -> None:
    handles, names = axes.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper center", ncols=4, frameon=False, fontsize=8)

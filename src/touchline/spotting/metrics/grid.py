"""Events on SoccerNet's grid: for each half and class a row of cells, one cell a frame.

The official scorer fills dense vectors of 120 minutes; here only the cells that hold something are
kept, which is the same and a thousand times smaller. What the vectors do to events is kept too:
times are floored to cells, of two predictions of a class in one cell the one written last stands,
and everything after 120 minutes falls into the last cell.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from touchline.errors import UsageError
from touchline.reporting.confidence import Numbers
from touchline.spotting.events import Event, milliseconds

HALF_SECONDS = 120 * 60
HALVES = (1, 2)
SIDES = ("left", "right")

Timelines: TypeAlias = Mapping[str, Sequence[Event]]
Cells: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class PlacedEvents:
    """Events as columns, in the order in which they were written, shape (events,) each.

    Attributes:
        half: which half of which match, 2 x match + 0 or 1.
        label: index of the class.
        side: index of the team in `SIDES`, -1 where it is not known.
        cell: on the grid.
        visible: whether it is on the screen.
        confidence: as it was given, also where it is no share.
    """

    half: Cells
    label: Cells
    side: Cells
    cell: Cells
    visible: NDArray[np.bool_]
    confidence: Numbers

    def by_side(self) -> "PlacedEvents":
        """Every class and side as a class of its own, label 2 x class + side; the rest left out."""
        sided = self.side >= 0
        columns = {item.name: getattr(self, item.name)[sided] for item in fields(self)}
        return PlacedEvents(**columns | {"label": len(SIDES) * columns["label"] + columns["side"]})


@dataclass(frozen=True)
class GridRow:
    """One class in one half of one match.

    Attributes:
        truth: cells with a true event, rising, shape (events,).
        visible: whether each of them is on the screen, shape (events,).
        predicted: cells with a prediction, rising, shape (predictions,).
        confidence: of each prediction, at least 0, shape (predictions,).
    """

    truth: Cells
    visible: NDArray[np.bool_]
    predicted: Cells
    confidence: Numbers


def place_events(
    timelines: Timelines,
    matches: Sequence[str],
    classes: Sequence[str],
    frames_per_second: float,
) -> PlacedEvents:
    """Put the events of some matches on the grid.

    Times before 0 count from the end of the 120 minutes, as indices of the official vectors do.

    Args:
        timelines: events by match, in the order in which their file holds them.
        matches: the matches wanted, in order; one without a timeline has no events.
        classes: events of other classes, and of halves other than 1 and 2, are left out.
        frames_per_second: of the grid, above 0.

    Raises:
        UsageError: when a time is no finite number, or more than 120 minutes before 0.
    """
    places = {name: place for place, name in enumerate(classes)}
    numbers, events = [], []
    for number, match in enumerate(matches):
        counted = [
            event
            for event in timelines.get(match, ())
            if event.label in places and event.half in HALVES
        ]
        numbers += [number] * len(counted)
        events += counted
    half = [event.half for event in events]
    sides = {side: place for place, side in enumerate(SIDES)}
    return PlacedEvents(
        half=np.array(numbers, dtype=np.int64) * len(HALVES) + np.array(half, dtype=np.int64) - 1,
        label=np.array([places[event.label] for event in events], dtype=np.int64),
        side=np.array([sides.get(event.team, -1) for event in events], dtype=np.int64),
        cell=_cells(events, frames_per_second),
        visible=np.array([event.visible for event in events], dtype=bool),
        confidence=np.array([event.confidence for event in events], dtype=np.float64),
    )


def grid_rows(truth: PlacedEvents, predicted: PlacedEvents, classes: int) -> list[list[GridRow]]:
    """The rows of each class; halves without any event are left out.

    A prediction whose confidence is negative or NaN empties its cell, as in the official vectors.

    Args:
        truth: true events.
        predicted: predictions of the same matches.
        classes: how many there are.
    """
    true_row, true_order = _last_written(truth, classes)
    row, order = _last_written(predicted, classes)
    stands = predicted.confidence[order] >= 0
    row, order = row[stands], order[stands]
    by_class: list[list[GridRow]] = [[] for _ in range(classes)]
    used = np.union1d(true_row, row)
    slices = zip(_slices(true_row, used), _slices(row, used), strict=True)
    for number, (here, there) in zip(used.tolist(), slices, strict=True):
        by_class[number % classes].append(
            GridRow(
                truth.cell[true_order[here]],
                truth.visible[true_order[here]],
                predicted.cell[order[there]],
                predicted.confidence[order[there]],
            )
        )
    return by_class


def _cells(events: Sequence[Event], frames_per_second: float) -> Cells:
    """The official scorer's own arithmetic: floor(frames a second x milliseconds / 1000)."""
    size = int(HALF_SECONDS * frames_per_second)
    seconds = np.array([event.seconds for event in events], dtype=np.float64)
    if not np.isfinite(seconds).all():
        milliseconds(events[int(np.isfinite(seconds).argmin())])  # says what is wrong
    frames = frames_per_second * (np.rint(seconds * 1000) / 1000)
    # Cut before the conversion, for a time may be too large for a whole number of 64 bits.
    cells = np.clip(frames, -size - 1, size - 1).astype(np.int64)
    if (cells < -size).any():
        event = events[int(np.argmin(cells))]
        raise UsageError(
            "times in seconds from the start of the video",
            f"{event.seconds} for a {event.label!r}",
            "Correct or remove the event.",
        )
    return np.where(cells < 0, cells + size, cells)


def _last_written(events: PlacedEvents, classes: int) -> tuple[Cells, NDArray[np.intp]]:
    """The last event written into each cell: rows and events, in rising order of row and cell."""
    row = events.half * classes + events.label
    order = np.lexsort((events.cell, row))  # stable: equal cells stay in the order of writing
    row, cell = row[order], events.cell[order]
    last = np.ones(len(order), dtype=bool)
    last[:-1] = (row[1:] != row[:-1]) | (cell[1:] != cell[:-1])
    return row[last], order[last]


def _slices(row: Cells, used: Cells) -> Iterator[slice]:
    """Where each used row lies among sorted rows."""
    ends = np.searchsorted(row, used, "right").tolist()
    return map(slice, np.searchsorted(row, used).tolist(), ends)

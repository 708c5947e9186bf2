"""The rows of the drawn timeline: the marks, true events and busy minutes of each class."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from touchline.spotting.annotations.classes import class_order
from touchline.spotting.events import Event
from touchline.spotting.timeline.entries import Entry

FAINTEST = 0.3
"""The opacity of a mark of confidence 0, which must still be seen."""


@dataclass(frozen=True)
class Mark:
    """An entry drawn on the timeline.

    Attributes:
        number: the place of the entry among all, from 0.
        entry: what is drawn.
        left: where, in per cent of the length.
        opacity: in [0, 1], by confidence.
    """

    number: int
    entry: Entry
    left: float
    opacity: float


@dataclass(frozen=True)
class Minute:
    """A minute of play in which events of a class were predicted.

    Attributes:
        number: from 0.
        count: how many, at least 1.
        left, width: where, in per cent of the length.
        opacity: in [0, 1], by the count; the busiest minute of any class has 1.
    """

    number: int
    count: int
    left: float
    width: float
    opacity: float


@dataclass(frozen=True)
class Lane:
    """The row of one class.

    Attributes:
        label: the class.
        marks: its entries, in order of time.
        found: where true events lie that were hit, in per cent of the length.
        minutes: its minutes with events, in order.
        predicted: how many events of the class are predicted.
    """

    label: str
    marks: tuple[Mark, ...]
    found: tuple[float, ...]
    minutes: tuple[Minute, ...]
    predicted: int


def timeline_length(entries: Sequence[Entry], seconds: float) -> float:
    """The length to draw: that of the video, or up to the last event where it claims less."""
    return max([seconds, 1.0, *(entry.event.seconds for entry in entries)])


def draw_lanes(entries: Sequence[Entry], classes: Sequence[str], length: float) -> tuple[Lane, ...]:
    """A lane for each class, then one for each label that is no class, though an entry bears it.

    Args:
        entries: in order of time.
        classes: in the order wanted.
        length: of the timeline in seconds, at least the last event's.
    """
    marks: dict[str, list[Mark]] = defaultdict(list)
    found: dict[str, list[float]] = defaultdict(list)
    predicted: dict[str, list[Event]] = defaultdict(list)
    for number, entry in enumerate(entries):
        event = entry.event
        left = _per_cent(event.seconds, length)
        opacity = round(FAINTEST + (1 - FAINTEST) * event.confidence, 2)
        marks[event.label].append(Mark(number, entry, left, opacity))
        if entry.error is not None:
            found[event.label].append(_per_cent(event.seconds - entry.error, length))
        if entry.verdict != "missed":
            predicted[event.label].append(event)
    counts = {label: minute_counts(events) for label, events in predicted.items()}
    busiest = max((count for each in counts.values() for count in each.values()), default=1)
    labels = (*classes, *class_order(marks.keys() - set(classes)))
    return tuple(
        Lane(
            label, tuple(marks[label]), tuple(found[label]),
            _minutes(counts.get(label, Counter()), busiest, length), len(predicted[label]),
        )
        for label in labels
    )  # fmt: skip


def minute_counts(events: Sequence[Event]) -> Counter[int]:
    """How many events lie in each minute of the video, the first being 0.

    >>> minute_counts([Event(59.9, "PASS"), Event(60.0, "PASS"), Event(61.0, "PASS")])
    Counter({1: 2, 0: 1})
    """
    return Counter(int(event.seconds // 60) for event in events)


def _minutes(counts: Counter[int], busiest: int, length: float) -> tuple[Minute, ...]:
    return tuple(
        Minute(
            number, count, left := _per_cent(60 * number, length),
            round(_per_cent(min(60 * (number + 1), length), length) - left, 4),
            # The square root lets a minute with one event be seen beside one with thirty.
            round((count / busiest) ** 0.5, 2),
        )
        for number, count in sorted(counts.items())
    )  # fmt: skip


def _per_cent(seconds: float, length: float) -> float:
    return round(100 * seconds / length, 4)

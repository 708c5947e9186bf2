"""The lines of a timeline: the events a person is shown, and how each fares against the truth."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from touchline.spotting.events import Event
from touchline.spotting.hits import find_hits

Verdict = Literal["hit", "false alarm", "missed", ""]
"""What an entry is by the truth; empty where no truth is known."""


@dataclass(frozen=True)
class Entry:
    """One line of a timeline.

    Attributes:
        event: as predicted; as annotated where it was missed.
        verdict: what it is by the truth.
        error: of a hit, predicted minus true seconds.
    """

    event: Event
    verdict: Verdict = ""
    error: float | None = None


def judged_entries(shown: Sequence[Event], truth: Sequence[Event] | None) -> tuple[Entry, ...]:
    """An entry for each event shown and, where the truth is known, for each one missed.

    Args:
        shown: predicted events.
        truth: annotated events of the same video; None where nobody annotated it.

    Returns:
        In order of half and time.

    >>> truth = [Event(10.0, "PASS"), Event(20.0, "PASS")]
    >>> [each.verdict for each in judged_entries([Event(9.8, "PASS", 0.9)], truth)]
    ['hit', 'missed']
    """
    if truth is None:
        return tuple(Entry(event) for event in sorted(shown, key=_order))
    hits = find_hits(truth, shown)
    entries = [
        Entry(event, "false alarm") if hit is None
        else Entry(event, "hit", event.seconds - truth[hit].seconds)
        for event, hit in zip(shown, hits, strict=True)
    ]  # fmt: skip
    found = set(hits)
    entries += [
        Entry(event, "missed") for place, event in enumerate(truth) if place not in found
    ]  # fmt: skip
    return tuple(sorted(entries, key=lambda entry: _order(entry.event)))


def most_telling(entries: Sequence[Entry], limit: int) -> list[int]:
    """The places of at most `limit` entries that are worth a picture, rising.

    The classes take turns, the surest entry of each first, so that one goal is not crowded out by
    a thousand passes.

    >>> passes = [Entry(Event(float(time), "PASS", 0.9)) for time in range(9)]
    >>> most_telling([*passes, Entry(Event(50.0, "GOAL", 0.2))], 2)
    [0, 9]
    """
    turns: dict[str, int] = defaultdict(int)
    ranked = []
    for place in sorted(range(len(entries)), key=lambda place: -entries[place].event.confidence):
        label = entries[place].event.label
        ranked.append((turns[label], place))
        turns[label] += 1
    ranked.sort(key=lambda turn_and_place: turn_and_place[0])
    return sorted(place for _, place in ranked[:limit])


def clock_time(seconds: float) -> str:
    """Minutes and seconds that have begun; minutes go on past 99.

    >>> clock_time(59.99), clock_time(6102.4)
    ('00:59', '101:42')
    """
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02}:{rest:02}"


def _order(event: Event) -> tuple[int, float, str]:
    return event.half, event.seconds, event.label

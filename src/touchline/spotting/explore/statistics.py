"""Everything that is measured about annotated matches, in one value."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchline.faults import Fault
from touchline.reporting.confidence import Score, wilson
from touchline.spotting.explore.counts import (
    ClassCount,
    Counts,
    SplitCount,
    count_classes,
    count_minutes,
    count_splits,
)
from touchline.spotting.explore.spacing import (
    TOGETHER_SECONDS,
    Durations,
    count_crowded,
    count_together,
    durations_by_class,
    summarise,
)
from touchline.spotting.matches import MatchData


@dataclass(frozen=True)
class Statistics:
    """What is in annotated matches.

    Attributes:
        splits: one entry a split.
        classes: one entry a class.
        minutes: by half, events of each class in each minute, shape (classes, minutes).
        to_next: by class, seconds from its events to the next one, shape (n,).
        together: pairs of events at most `TOGETHER_SECONDS` apart, shape (classes, classes).
        crowded: share of the events that have another so near.
        faults: what is broken.
    """

    splits: tuple[SplitCount, ...]
    classes: tuple[ClassCount, ...]
    minutes: dict[int, Counts]
    to_next: dict[str, NDArray[np.float64]]
    together: Counts
    crowded: Score
    faults: tuple[Fault, ...]

    @property
    def events(self) -> int:
        """How many there are."""
        return sum(split.events for split in self.splits)

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes' names."""
        return tuple(each.label for each in self.classes)

    @property
    def gaps(self) -> Durations:
        """From any event to the next."""
        return summarise(self.all_gaps)

    @property
    def all_gaps(self) -> NDArray[np.float64]:
        """Seconds from every event to the next, shape (n,)."""
        return np.concatenate([*self.to_next.values(), np.zeros(0)])

    def pairs_together(self) -> tuple[tuple[str, str, int], ...]:
        """Two classes and how often they come together, the most frequent first."""
        places = np.argwhere(np.triu(self.together)).tolist()
        pairs = [(self.labels[a], self.labels[b], int(self.together[a, b])) for a, b in places]
        return tuple(sorted(pairs, key=lambda pair: -pair[2]))

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        names = [split.split for split in self.splits]
        return {
            "splits": [split.as_dict() for split in self.splits],
            "classes": {
                each.label: {
                    "events": each.events,
                    "by_split": dict(zip(names, each.by_split, strict=True)),
                    "left": each.left, "right": each.right, "not_shown": each.not_shown,
                    "seconds_to_next": summarise(self.to_next[each.label]).as_dict(),
                }
                for each in self.classes
            },
            "minutes": {
                str(half): dict(zip(self.labels, counts.tolist(), strict=True))
                for half, counts in self.minutes.items()
            },
            "seconds_to_next": self.gaps.as_dict(),
            "together_within_seconds": TOGETHER_SECONDS,
            "together": [list(pair) for pair in self.pairs_together()],
            "crowded": self.crowded.as_dict(),
            "faults": [
                {"file": str(fault.path), "place": fault.place, "reason": fault.reason}
                for fault in self.faults
            ],
        }  # fmt: skip


def measure(data: MatchData) -> Statistics:
    """Count and time all events of `data`."""
    splits = count_splits(data)
    return Statistics(
        splits=splits,
        classes=count_classes(data),
        minutes=count_minutes(data),
        to_next=durations_by_class(data),
        together=count_together(data),
        crowded=wilson(count_crowded(data), sum(split.events for split in splits)),
        faults=data.faults,
    )

"""How many events there are: by class, split, team and minute of play."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from touchline.reporting.confidence import Score, wilson
from touchline.spotting.matches import Match, MatchData, SplitName

Counts = NDArray[np.intp]


@dataclass(frozen=True)
class SplitCount:
    """One split.

    Attributes:
        split: its name; empty where the data has no splits.
        matches: how many there are.
        annotated: how many of them somebody has annotated.
        events: in them.
        majority: the most frequent class, the first of them where several are; empty without any.
        majority_share: its share of the events, which is the accuracy of always answering it.
    """

    split: SplitName
    matches: int
    annotated: int
    events: int
    majority: str
    majority_share: Score

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return vars(self) | {"majority_share": self.majority_share.as_dict()}


@dataclass(frozen=True)
class ClassCount:
    """One class.

    Attributes:
        label: its name.
        by_split: events in each split, in the order of the splits.
        left, right: events of the team on that side; the others' is not told.
        not_shown: events that are not on the screen.
    """

    label: str
    by_split: tuple[int, ...]
    left: int
    right: int
    not_shown: int

    @property
    def events(self) -> int:
        """In all splits."""
        return sum(self.by_split)


def splits_of(data: MatchData) -> tuple[SplitName, ...]:
    """The different splits, in the order they are met."""
    return tuple(dict.fromkeys(match.split for match in data.matches))


def count_splits(data: MatchData) -> tuple[SplitCount, ...]:
    """One entry a split."""
    return tuple(_count_split(name, data.split(name), data.classes) for name in splits_of(data))


def count_classes(data: MatchData) -> tuple[ClassCount, ...]:
    """One entry a class, in their order, classes without an event too."""
    counts: Counter[tuple[str, str]] = Counter()
    for match in data.matches:
        for event in match.events:
            counts[event.label, f"split {match.split}"] += 1
            counts[event.label, f"team {event.team}"] += 1
            counts[event.label, f"shown {event.visible}"] += 1
    splits = splits_of(data)
    return tuple(
        ClassCount(
            label, tuple(counts[label, f"split {name}"] for name in splits),
            counts[label, "team left"], counts[label, "team right"], counts[label, "shown False"],
        )
        for label in data.classes
    )  # fmt: skip


def count_minutes(data: MatchData) -> dict[int, Counts]:
    """Events in each minute of each half that has any, over all matches.

    Returns:
        By half, an array of shape (classes, minutes); minute 0 is the first 60 s of the video.
    """
    found: dict[int, Counts] = {}
    events = [event for match in data.matches for event in match.events]
    for half in sorted({event.half for event in events}):
        moments = [
            (data.classes.index(event.label), int(event.seconds // 60))
            for event in events
            if event.half == half
        ]
        rows, minutes = np.array(moments).T
        counts = np.zeros((len(data.classes), minutes.max() + 1), dtype=np.intp)
        np.add.at(counts, (rows, minutes), 1)
        found[half] = counts
    return found


def _count_split(name: SplitName, matches: Sequence[Match], classes: Sequence[str]) -> SplitCount:
    counts = Counter(event.label for match in matches for event in match.events)
    events = counts.total()
    majority = max(classes, key=lambda label: counts[label], default="") if events else ""
    annotated = sum(match.labelled for match in matches)
    share = wilson(counts[majority], events)
    return SplitCount(name, len(matches), annotated, events, majority, share)

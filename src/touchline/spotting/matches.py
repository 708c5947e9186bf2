"""Matches as every reader gives them: videos, events, classes and splits, whatever the format."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from touchline.faults import Fault
from touchline.spotting.events import Event

SplitName = Literal["train", "valid", "test", "challenge", ""]


@dataclass(frozen=True)
class Match:
    """One match (or any one video with its events).

    Attributes:
        name: unique within the data, e.g. `england_efl/2019-2020/2019-10-01 - Leeds - Fulham`.
        videos: one a half in order, or one for the whole match; empty when none lies there.
        events: in order of half and time; empty in an unlabelled split.
        split: empty where the data has no splits.
        labelled: whether somebody has annotated it; one without events may be.
    """

    name: str
    videos: tuple[Path, ...]
    events: tuple[Event, ...]
    split: SplitName = ""
    labelled: bool = True

    def events_of_half(self, half: int) -> tuple[Event, ...]:
        """The events in one half's video (1 or 2)."""
        return tuple(event for event in self.events if event.half == half)


@dataclass(frozen=True)
class MatchData:
    """Everything a reader found.

    Attributes:
        matches: in the order of the split files or, without any, of their names.
        classes: in the order of `class.txt`; without one, SoccerNet's order for known labels and
            the alphabet for the others.
        faults: what was broken.
    """

    matches: tuple[Match, ...]
    classes: tuple[str, ...]
    faults: tuple[Fault, ...] = ()

    def split(self, name: SplitName) -> tuple[Match, ...]:
        """The matches of one split."""
        return tuple(match for match in self.matches if match.split == name)

"""Annotations as a plain table: `video,seconds,label`, and where known `team`, `split`, `half`."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from touchline.faults import Fault
from touchline.spotting.annotations.classes import KnownClasses
from touchline.spotting.annotations.fields import half_of, is_visible, seconds_of, side_of
from touchline.spotting.annotations.names import SPLIT_SPELLINGS, match_name, strictest
from touchline.spotting.annotations.rows import read_rows
from touchline.spotting.annotations.videos import are_halves, videos_named
from touchline.spotting.events import Event
from touchline.spotting.matches import Match, SplitName


def read_event_table(
    path: Path, classes: KnownClasses, height: int | None = None
) -> tuple[list[Match], list[Fault]]:
    """The matches of a table of events, and the rows that are broken.

    A row without seconds and label says that a video is annotated, even if nothing happens in it.
    Columns of other names, a confidence among them, say nothing here.

    Args:
        path: the CSV file; videos are looked for beside it.
        classes: labels outside them are left out.
        height: choose the videos of the resolution nearest to so many lines.

    Raises:
        UsageError: the file is no table with the columns `video,seconds,label`.
    """
    events_of: dict[str, dict[Event, int]] = {}
    splits_of: dict[str, dict[SplitName, None]] = {}
    faults: list[Fault] = []
    for number, row in read_rows(path):
        place = f"line {number}"
        try:
            name, split, event = _parse(row, classes)
        except ValueError as error:
            faults.append(Fault(path, place, f"{error}; left out"))
            continue
        events = events_of.setdefault(name, {})
        splits_of.setdefault(name, {})[split] = None
        first = number if event is None else events.setdefault(event, number)
        if first != number:
            faults.append(Fault(path, place, f"repeats line {first}; counted once"))
    matches = []
    for name, events in events_of.items():
        videos = videos_named(path.parent, name, height)
        match = Match(name, videos, tuple(events), strictest(splits_of[name]))
        match, reasons = _put_right(match, splits_of[name])
        matches.append(match)
        faults += (Fault(path, "", f"{name} {reason}") for reason in reasons)
    return matches, faults


def _put_right(match: Match, splits: Iterable[SplitName]) -> tuple[Match, list[str]]:
    """The match with its events in order, and what its rows contradict each other in."""
    reasons = []
    events = match.events
    if match.videos and not are_halves(match.videos) and any(e.half == 2 for e in events):
        reasons.append("has events of a second half but one video; those are left out")
        events = match.events_of_half(1)
    found = [repr(split) for split in splits]
    if len(found) > 1:
        reasons.append(f"is in the splits {' and '.join(found)}; it counts for {match.split!r}")
    ordered = sorted(events, key=lambda event: (event.half, event))
    return replace(match, events=tuple(ordered)), reasons


def _parse(row: dict[str, str], classes: KnownClasses) -> tuple[str, SplitName, Event | None]:
    """Match, split and event of one row; no event where the row only names an annotated video.

    Raises:
        ValueError: when something in it cannot be read.
    """
    if "" in row:
        raise ValueError("has more cells than the first line")
    if not (name := match_name(row.get("video", ""))):
        raise ValueError("names no video")
    told = row.get("split", "")
    split = SPLIT_SPELLINGS.get(told.casefold(), "")
    if told and not split:
        raise ValueError(f"split {told!r} is none of {', '.join(dict.fromkeys(SPLIT_SPELLINGS))}")
    if not row.get("seconds") and not row.get("label"):
        return name, split, None
    event = Event(
        seconds_of(row.get("seconds")), classes.name_of(row.get("label")),
        team=side_of(row.get("team")), half=half_of(row.get("half") or 1),
        visible=is_visible(row.get("visibility")),
    )  # fmt: skip
    return name, split, event

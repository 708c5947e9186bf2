"""One `Labels-ball.json` or `Labels-v2.json`: its events, and what in it is broken."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from touchline.faults import Fault
from touchline.spotting.annotations.classes import KnownClasses
from touchline.spotting.annotations.fields import (
    half_of,
    is_visible,
    number_of,
    parse_game_time,
    seconds_of,
    side_of,
)
from touchline.spotting.annotations.json_files import read_json
from touchline.spotting.annotations.names import match_name
from touchline.spotting.events import Event, Side

LABEL_FILES = ("Labels-ball.json", "Labels-v2.json")
"""Annotations of SoccerNet; of a game that has both, the first is read."""

LONGEST_SECONDS = 6 * 3600.0
"""No video of a match is longer; a later time is a slip, such as microseconds for milliseconds."""

TIMES_DISAGREE_SECONDS = 2.0
"""`gameTime` is in whole seconds, cut or rounded; a wider difference is worth telling."""


@dataclass(frozen=True)
class LabelsFile:
    """What a file of annotations says.

    Attributes:
        events: in order of half and time.
        faults: annotations left out or put right.
        readable: whether it holds a list of annotations at all.
        name: what it calls its match (`UrlLocal`); empty where it does not.
    """

    events: tuple[Event, ...]
    faults: tuple[Fault, ...]
    readable: bool = True
    name: str = ""


def read_labels(path: Path, classes: KnownClasses) -> LabelsFile:
    """Read one file of annotations; what is broken is named, left out, and the rest goes on.

    The time is `position`, in milliseconds; where that is missing or no number, it is the whole
    second of `gameTime`. The half is always that of `gameTime`; where it is missing, the half is
    the first, unless the file speaks of a second. An annotation that repeats another's half, time,
    label and team counts once.
    """
    try:
        content = read_json(path)
    except ValueError as error:
        return LabelsFile((), (Fault(path, "", f"{error}; its annotations are left out"),), False)
    items = content.get("annotations") if isinstance(content, dict) else None
    if not isinstance(items, list):
        reason = "holds no list called annotations; the game counts as not annotated"
        return LabelsFile((), (Fault(path, "", reason),), False)
    called = content.get("UrlLocal")
    return _parse_all(items, path, classes, match_name(called) if isinstance(called, str) else "")


def _parse_all(items: Sequence[Any], path: Path, classes: KnownClasses, name: str) -> LabelsFile:
    has_second_half = any(_half(item) == 2 for item in items)
    events: dict[tuple[int, float, str, Side], tuple[int, Event]] = {}
    faults: list[Fault] = []
    apart: list[int] = []
    for number, item in enumerate(items, start=1):
        place = f"annotation {number}"
        try:
            event, remarks = _parse(item, classes, has_second_half)
        except ValueError as error:
            faults.append(Fault(path, place, f"{error}; left out"))
            continue
        faults += (Fault(path, place, remark) for remark in remarks)
        key = (event.half, event.seconds, event.label, event.team)
        first, _ = events.setdefault(key, (number, event))
        if _times_disagree(item):
            apart.append(number)
        if first != number:
            faults.append(Fault(path, place, f"repeats annotation {first}; counted once"))
    if apart:
        faults.append(_disagreement(apart, path))
    ordered = sorted((event for _, event in events.values()), key=lambda e: (e.half, e))
    return LabelsFile(tuple(ordered), tuple(faults), name=name)


def _parse(
    item: object, classes: KnownClasses, has_second_half: bool
) -> tuple[Event, tuple[str, ...]]:
    """One annotation's event, and what was put right in it.

    Raises:
        ValueError: when no event can be made of it.
    """
    if not isinstance(item, dict):
        raise ValueError(f"is {type(item).__name__}, not an object with fields")
    label = classes.name_of(item.get("label"))
    half, seconds, *remarks = _moment(item, has_second_half)
    team: Side = ""
    visible = True
    try:
        team = side_of(item.get("team"))
    except ValueError as error:
        remarks.append(f"{error}; kept without a team")
    try:
        visible = is_visible(item.get("visibility"))
    except ValueError as error:
        remarks.append(f"{error}; taken for visible")
    return Event(seconds, label, team=team, half=half, visible=visible), tuple(remarks)


def _moment(item: dict[str, Any], has_second_half: bool) -> tuple[int, float, *tuple[str, ...]]:
    """Half, seconds, and what was put right about them.

    Raises:
        ValueError: when one of them cannot be known.
    """
    try:
        half, told = parse_game_time(item.get("gameTime"))
    except ValueError as error:
        if has_second_half:
            raise ValueError(f"{error}, so its half is not known") from error
        return 1, _position(item), f"{error}; taken for the first half"
    half = half_of(half)
    try:
        number_of(item.get("position"), "position")
    except ValueError as error:
        return half, _within_reason(told, "gameTime"), f"{error}; the time is that of gameTime"
    return half, _position(item)


def _position(item: dict[str, Any]) -> float:
    return _within_reason(seconds_of(item.get("position"), "position", 1000.0), "position")


def _within_reason(seconds: float, name: str) -> float:
    if seconds > LONGEST_SECONDS:
        hours = seconds / 3600
        raise ValueError(f"{name} is {hours:,.0f} hours into the video, longer than any match")
    return seconds


def _half(item: object) -> int | None:
    """The half an annotation tells; None where it tells none."""
    try:
        return parse_game_time(item.get("gameTime"))[0] if isinstance(item, dict) else None
    except ValueError:
        return None


def _times_disagree(item: dict[str, Any]) -> bool:
    try:
        _, told = parse_game_time(item.get("gameTime"))
        seconds = seconds_of(item.get("position"), "position", 1000.0)
    except ValueError:
        return False
    return abs(told - seconds) > TIMES_DISAGREE_SECONDS


def _disagreement(numbers: Sequence[int], path: Path) -> Fault:
    """One fault for all annotations whose two times disagree, for it is often a whole file."""
    reason = (
        f"gameTime and position differ by more than {TIMES_DISAGREE_SECONDS:g} s, here and in "
        f"{len(numbers) - 1:,} others; the position counts"
    )
    return Fault(path, f"annotation {numbers[0]}", reason)

"""The frame lists of E2E-Spot and T-DEED: one JSON file a split, a video and its events a row."""

import math
from pathlib import Path
from typing import Any

from touchline.faults import Fault
from touchline.spotting.annotations.classes import KnownClasses
from touchline.spotting.annotations.fields import number_of
from touchline.spotting.annotations.names import match_name
from touchline.spotting.annotations.split_files import split_of_file
from touchline.spotting.annotations.videos import videos_named
from touchline.spotting.events import Event
from touchline.spotting.matches import Match


def is_frame_list(content: object) -> bool:
    """Whether a JSON file's content is a list of videos with their events."""
    return isinstance(content, list) and any(
        isinstance(row, dict) and "events" in row and "video" in row for row in content
    )


def read_frame_list(
    path: Path, content: Any, classes: KnownClasses, height: int | None = None
) -> tuple[list[Match], list[Fault]]:
    """The matches of a frame list, and what is broken in it.

    A row is an object with `video`, `fps`, `num_frames` and `events`, each of `frame`, `label` and
    a `comment` that says nothing here. A frame's time is its number over the rate. A row without
    `events`, as challenges have them, is of a match that is not annotated.

    Args:
        path: of the file; its name tells the split, and videos are looked for beside it.
        content: what it holds.
        classes: labels outside them are left out.
        height: choose the videos of the resolution nearest to so many lines.
    """
    if not isinstance(content, list):
        return [], [Fault(path, "", "is no list of videos; not used")]
    split = split_of_file(path)
    matches: dict[str, Match] = {}
    faults: list[Fault] = []
    for number, row in enumerate(content, start=1):
        place = f"row {number}"
        try:
            name = _name(row)
            rate, frames, items = _contents(row)
        except ValueError as error:
            faults.append(Fault(path, place, f"{error}; left out"))
            continue
        if name in matches:
            faults.append(Fault(path, place, f"names {name} again; left out"))
            continue
        events, broken = _events(items, rate, frames, classes)
        faults += (Fault(path, f"{place}, {event}", reason) for event, reason in broken)
        videos = videos_named(path.parent, name, height)
        labelled = "events" in row
        matches[name] = Match(name, videos, tuple(sorted(events)), split, labelled)
    return list(matches.values()), faults


def _name(row: Any) -> str:
    if not isinstance(row, dict):
        raise ValueError(f"is {type(row).__name__}, not an object with fields")
    video = row.get("video")
    if not isinstance(video, str) or not (name := match_name(video)):
        raise ValueError("names no video")
    return name


def _contents(row: dict[str, Any]) -> tuple[float, float, list[Any]]:
    """Frames a second, number of frames (infinite where untold) and events of a row.

    Raises:
        ValueError: when one of them cannot be known.
    """
    items = row.get("events", [])
    if not isinstance(items, list):
        raise ValueError("holds no list of events")
    if not items:
        return 1.0, math.inf, []
    rate = number_of(row.get("fps"), "fps")
    if rate <= 0:
        raise ValueError(f"fps {rate:g} is no rate")
    frames = row.get("num_frames")
    return rate, math.inf if frames is None else number_of(frames, "num_frames"), items


def _events(
    items: list[Any], rate: float, frames: float, classes: KnownClasses
) -> tuple[list[Event], list[tuple[str, str]]]:
    """The events, each once, and the place and reason of what is left out."""
    first_of: dict[Event, int] = {}
    broken: list[tuple[str, str]] = []
    for number, item in enumerate(items, start=1):
        place = f"event {number}"
        try:
            event = _parse_event(item, rate, frames, classes)
        except ValueError as error:
            broken.append((place, f"{error}; left out"))
            continue
        first = first_of.setdefault(event, number)
        if first != number:
            broken.append((place, f"repeats event {first}; counted once"))
    return list(first_of), broken


def _parse_event(item: object, rate: float, frames: float, classes: KnownClasses) -> Event:
    if not isinstance(item, dict):
        raise ValueError(f"is {type(item).__name__}, not an object with fields")
    label = classes.name_of(item.get("label"))
    frame = number_of(item.get("frame"), "frame")
    if frame < 0:
        raise ValueError(f"frame {frame:g} lies before the start of the video")
    if frame >= frames:
        raise ValueError(f"frame {frame:g} lies beyond the {frames:g} frames of the video")
    return Event(frame / rate, label)

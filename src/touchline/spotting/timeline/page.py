"""One predicted video as a page: the video, its events on a timeline and in a list.

Everything but the video is inside the one file; the page's own policy lets the browser fetch
nothing else, and run no script but the page's. Names of files and classes are written by strangers:
they are escaped, and never read as markup.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment

from touchline.errors import UsageError
from touchline.media.video.opening import Source, local_file, name_of
from touchline.reporting.self_contained import page_templates, script_digest, write_html
from touchline.spotting.events import Event
from touchline.spotting.hits import HIT_SECONDS
from touchline.spotting.peaks.picking import shown_events
from touchline.spotting.peaks.settings import PeakSettings
from touchline.spotting.timeline.entries import Entry, clock_time, judged_entries, most_telling
from touchline.spotting.timeline.lanes import Lane, draw_lanes, timeline_length
from touchline.spotting.timeline.thumbnails import thumbnails

THUMBNAILS = 150
"""At most so many, about a megabyte of page."""

TEAM_NAMES = {"left": "left team", "right": "right team", "": "team not known"}
VERDICT_SIGNS = {"hit": "✓ hit", "false alarm": "✗ false alarm", "missed": "○ missed", "": ""}


def write_timeline(
    path: Path,
    video: Source,
    events: Sequence[Event],
    classes: Sequence[str],
    shown_from: Mapping[str, float],
    seconds: float,
    title: str,
    note: str = "",
    truth: Sequence[Event] | None = None,
) -> Path:
    """Write the timeline of one video, whole or not at all, and return `path`.

    Args:
        path: the HTML file to write.
        video: what was predicted. A file is referred to by its place relative to the page and shown
            in small pictures; where it is an address or a stream, or can no longer be read, the
            page does without.
        events: predicted in this video.
        classes: in the order of the rows.
        shown_from: the confidence from which events of a class are shown; `SHOWN_FROM` for a class
            that is not named.
        seconds: length of the video.
        title: of the page.
        note: a line below it, e.g. which model and when.
        truth: annotated events of this video, where there are any: every entry is then marked as a
            hit, a false alarm or missed, at ±0.5 s.

    Raises:
        OSError: when the folder cannot be written.
    """
    shown = shown_events(events, PeakSettings(thresholds=shown_from))
    entries = judged_entries(shown, truth)
    length = timeline_length(entries, seconds)
    lanes = draw_lanes(entries, classes, length)
    file = local_file(video)
    pictures, trouble = _pictures(file, entries)
    templates = _templates()
    script = templates.get_template("timeline.js.jinja").render()
    page = templates.get_template("timeline.html.jinja").render(
        title=title, note=note, entries=entries, lanes=lanes, length=length, pictures=pictures,
        picture_trouble=trouble, video_name=name_of(video), judged=truth is not None,
        address=None if file is None else relative_address(file, path.parent),
        left_out=len(events) - len(shown), tolerance=HIT_SECONDS,
        minutes=range(int(length // 60) + 1), counts=_counts(lanes), script=script,
        places={lane.label: place for place, lane in enumerate(lanes)},
        script_digest=script_digest(script), team_names=TEAM_NAMES, verdict_signs=VERDICT_SIGNS,
    )  # fmt: skip
    return write_html(path, page)


def relative_address(file: Path, folder: Path) -> str:
    """How a page in `folder` refers to a file: relative to it, every odd character encoded.

    On Windows a file on another drive has no relative place; its address is then absolute.

    >>> relative_address(Path("/data/a b#1%.mp4"), Path("/data/out"))
    '../a%20b%231%25.mp4'
    """
    try:
        relative = os.path.relpath(file, folder)
    except ValueError:
        return file.resolve().as_uri()
    return quote(os.fsencode(Path(relative).as_posix()))


def _pictures(file: Path | None, entries: Sequence[Entry]) -> tuple[dict[int, str], str]:
    """Thumbnails by the place of their entry, or why there are none."""
    places = most_telling(entries, THUMBNAILS)
    if file is None or not places:
        return {}, ""
    try:
        found = thumbnails(file, [entries[place].event.seconds for place in places])
    except UsageError as error:
        return {}, error.found
    return dict(zip(places, found, strict=True)), ""


def _counts(lanes: Sequence[Lane]) -> dict[str, dict[int, int]]:
    """Predicted events of each class by minute."""
    return {lane.label: {minute.number: minute.count for minute in lane.minutes} for lane in lanes}


def _templates() -> Environment:
    environment = page_templates("touchline.spotting.timeline")
    environment.filters["clock"] = clock_time
    return environment

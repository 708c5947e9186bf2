"""The events of one video from a file: annotations in any known layout, or predictions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from touchline.errors import UsageError
from touchline.faults import Fault
from touchline.spotting.annotations.json_files import read_json
from touchline.spotting.annotations.names import match_name
from touchline.spotting.annotations.predictions import read_predictions
from touchline.spotting.annotations.reading import read_matches
from touchline.spotting.annotations.rows import TABLE_ENDINGS, read_rows
from touchline.spotting.events import Event
from touchline.spotting.matches import Match

EVENT_ENDINGS = (".json", ".jsonl", *TABLE_ENDINGS)
"""How files of events end."""

LARGEST_BYTES = 64 << 20


@dataclass(frozen=True)
class FoundEvents:
    """What a file says of one video.

    Attributes:
        events: in order of half and time.
        kind: annotated, or predicted where it holds confidences.
        faults: what was broken in it and left out.
    """

    events: tuple[Event, ...]
    kind: Literal["annotated", "predicted"]
    faults: tuple[Fault, ...] = ()


def read_events(file: Path, video: Path) -> FoundEvents:
    """The events that a file has for a video.

    Where the file speaks of several matches, the one with this video counts; of a match in two
    halves, the half that the video shows.

    Args:
        file: a `Labels-ball.json`, a table, a frame list, a `results_spotting.json` or JSON lines.
        video: the file of the video.

    Raises:
        UsageError: it is none of these, too large, broken, or of other videos.
    """
    _require_size(file)
    if _holds_predictions(file):
        return FoundEvents(_of_video(read_predictions(file), video), "predicted")
    data = read_matches(file)
    match, half = _match_of(data.matches, video)
    events = match.events if half is None else match.events_of_half(half)
    return FoundEvents(events, "annotated", data.faults)


def _require_size(file: Path) -> None:
    try:
        size = file.stat().st_size if file.is_file() else None
    except OSError:
        size = None
    if size is None:
        raise UsageError(
            "a file of events", f"none at {file}", "Choose one of the files beside the video."
        )
    if size > LARGEST_BYTES:
        raise UsageError(
            f"a file of events of at most {LARGEST_BYTES >> 20} MiB", f"{size >> 20} MiB in {file}",
            "Choose the file of one match.",
        )  # fmt: skip


def _holds_predictions(file: Path) -> bool:
    suffix = file.suffix.lower()
    if suffix in TABLE_ENDINGS:
        return any("confidence" in row for _, row in read_rows(file))
    if suffix != ".json":
        return suffix == ".jsonl"
    try:
        content = read_json(file)
    except ValueError:
        return False  # what is wrong with it is said by the reader
    return isinstance(content, dict) and "predictions" in content


def _of_video(predictions: Mapping[str, tuple[Event, ...]], video: Path) -> tuple[Event, ...]:
    """The predictions of a video, by its name; the only ones are its own whatever their name."""
    if len(predictions) == 1:
        return next(iter(predictions.values()))
    name = match_name(str(video))
    fitting = [other for other in predictions if f"/{name}".endswith(f"/{other.lstrip('/')}")]
    if len(fitting) != 1:
        raise _of_others(list(predictions), video)
    return predictions[fitting[0]]


def _match_of(matches: Sequence[Match], video: Path) -> tuple[Match, int | None]:
    """The match that a video shows, and the half where the match has a video for each."""
    if len(matches) == 1 and len(matches[0].videos) < 2:
        return matches[0], None
    real = video.resolve()
    for match in matches:
        for half, other in enumerate(match.videos, start=1):
            if other.resolve() == real or _is_other_size(other, real):
                return match, half if len(match.videos) > 1 else None
    raise _of_others([match.name for match in matches], video)


def _is_other_size(video: Path, wanted: Path) -> bool:
    """Whether two videos of one folder show the same at other resolutions: `1_224p`, `1_720p`."""
    half, _, height = video.stem.rpartition("_")
    other_half, _, other_height = wanted.stem.rpartition("_")
    are_sizes = all(each.endswith("p") and each[:-1].isdigit() for each in (height, other_height))
    return are_sizes and half == other_half and video.resolve().parent == wanted.parent


def _of_others(names: Sequence[str], video: Path) -> UsageError:
    shown = ", ".join(repr(name) for name in names[:3]) or "no match at all"
    return UsageError(
        f"events of {video.name}", f"events of {shown}",
        "Choose a file of this video's events.",
    )  # fmt: skip

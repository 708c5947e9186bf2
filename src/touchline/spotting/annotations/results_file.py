"""Predictions as SoccerNet's `results_spotting.json`: one file a game, in the game's folder."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.spotting.annotations.classes import ANY_CLASS
from touchline.spotting.annotations.fields import (
    confidence_of,
    format_game_time,
    half_of,
    parse_game_time,
    seconds_of,
    side_of,
)
from touchline.spotting.annotations.json_files import NAMES_AS_BYTES, read_json
from touchline.spotting.annotations.names import match_name
from touchline.spotting.events import Event, milliseconds

RESULTS_FILE = "results_spotting.json"

_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)

_MEND = "Mend that prediction; a file of which parts are left out would be scored as another."


def write_results(path: Path, name: str, events: Iterable[Event]) -> None:
    """Write one game's predictions, one a line, whole or not at all, in the order given.

    Times become whole milliseconds, as the format has them; confidences are kept in full. The order
    is kept because the official scorer lets the last of several predictions in one frame count.

    Args:
        path: of the file, by custom `<game>/results_spotting.json`.
        name: of the game, written as `UrlLocal`.
        events: as predicted.

    Raises:
        OSError: when the folder cannot be written.
        ValueError: when a time or a confidence is not finite.
    """
    items = ",\n".join(_JSON.encode(_to_item(event)) for event in events)
    text = f'{{"UrlLocal": {_JSON.encode(name)}, "predictions": [\n{items}\n]}}\n'
    write_atomically(path, text.encode("utf-8", NAMES_AS_BYTES))


def read_results(path: Path) -> tuple[str, tuple[Event, ...]]:
    """One game's predictions in the order of the file, and what it calls the game (or nothing).

    Numbers may be written as text. The half is `half`, or else that of `gameTime`, or else 1.

    Raises:
        UsageError: the file cannot be read, or one of its predictions is broken, which is named.
    """
    try:
        content = read_json(path)
    except ValueError as error:
        raise UsageError(
            "a file of predictions", f"{path}, which {error}", "Write it again."
        ) from error
    items = content.get("predictions") if isinstance(content, dict) else None
    if not isinstance(items, list):
        raise UsageError(
            "an object with a list called predictions, as SoccerNet's results are", f"{path}",
            "Name a results_spotting.json, a .csv or a .jsonl of predictions.",
        )  # fmt: skip
    called = content.get("UrlLocal")
    events = []
    for number, item in enumerate(items, start=1):
        try:
            events.append(_parse(item))
        except ValueError as error:
            raise UsageError(
                "predictions with a label, a position in milliseconds and a confidence in 0 to 1",
                f"prediction {number} in {path}: {error}", _MEND,
            ) from error  # fmt: skip
    return match_name(called) if isinstance(called, str) else "", tuple(events)


def _to_item(event: Event) -> dict[str, Any]:
    position = milliseconds(event)
    item: dict[str, Any] = {
        "gameTime": format_game_time(event.half, position / 1000),
        "label": event.label,
        "position": position,
        "half": event.half,
        "confidence": event.confidence,
    }
    return item | ({"team": event.team} if event.team else {})


def _parse(item: object) -> Event:
    if not isinstance(item, dict):
        raise ValueError(f"is {type(item).__name__}, not an object with fields")
    return Event(
        seconds_of(item.get("position"), "position", 1000.0),
        ANY_CLASS.name_of(item.get("label")),
        confidence_of(item.get("confidence")),
        team=side_of(item.get("team")),
        half=_half(item),
    )


def _half(item: dict[str, Any]) -> int:
    if item.get("half") is None and item.get("gameTime"):
        return half_of(parse_game_time(item["gameTime"])[0])
    return half_of(item.get("half", 1))

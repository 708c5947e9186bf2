"""SoccerNet's `Labels-ball.json`: the events of a video as annotations to train on."""

import json
from collections.abc import Iterable
from typing import Any

from touchline.spotting.annotations.fields import format_game_time
from touchline.spotting.annotations.json_files import NAMES_AS_BYTES
from touchline.spotting.events import Event, milliseconds

_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def labels_json(name: str, events: Iterable[Event]) -> bytes:
    r"""Annotations that `touchline.spotting.annotations.labels_file` reads back, one a line.

    Times become whole milliseconds and confidences are not told, as the format has it; an event
    that repeats another's half, time, label and team is written once.

    Args:
        name: of the match, written as `UrlLocal`.
        events: in any order.

    Raises:
        UsageError: a time is no finite number.

    >>> print(labels_json("a", [Event(62.5, "PASS")]).decode())
    {"UrlLocal": "a", "UrlYoutube": "", "annotations": [
    {"gameTime": "1 - 01:02", "label": "PASS", "position": "62500", "visibility": "visible"}
    ]}
    <BLANKLINE>
    """
    items = {
        (event.half, milliseconds(event), event.label, event.team): _to_item(event)
        for event in sorted(events, key=lambda event: (event.half, event))
    }
    lines = ",\n".join(_JSON.encode(item) for item in items.values())
    text = f'{{"UrlLocal": {_JSON.encode(name)}, "UrlYoutube": "", "annotations": [\n{lines}\n]}}\n'
    return text.encode("utf-8", NAMES_AS_BYTES)


def _to_item(event: Event) -> dict[str, Any]:
    position = milliseconds(event)
    item = {
        "gameTime": format_game_time(event.half, position / 1000),
        "label": event.label,
        "position": str(position),
        "team": event.team,
        "visibility": "visible" if event.visible else "not shown",
    }
    return {key: value for key, value in item.items() if value}

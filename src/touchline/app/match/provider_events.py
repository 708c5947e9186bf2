"""Events in the words of kloppy's event model, for tools that read providers' event data.

Spotting tells time, class and side: there are no coordinates and no players, and none are made up.
The translation loses something, so each event keeps its own label.
"""

import json
from collections.abc import Iterable
from typing import Any

from touchline.spotting.events import Event

EVENT_TYPES: dict[str, dict[str, Any]] = {
    "PASS": {"event_type": "PASS"},
    "HIGH PASS": {"event_type": "PASS", "qualifiers": ["HIGH_PASS"]},
    "CROSS": {"event_type": "PASS", "qualifiers": ["CROSS"]},
    "THROW IN": {"event_type": "PASS", "qualifiers": ["THROW_IN"]},
    "DRIVE": {"event_type": "CARRY"},
    "SHOT": {"event_type": "SHOT"},
    "GOAL": {"event_type": "SHOT", "result": "GOAL"},
    "OUT": {"event_type": "BALL_OUT"},
    "PLAYER SUCCESSFUL TACKLE": {"event_type": "DUEL", "result": "WON"},
}
"""The classes that have one meaning there; the others, such as a header, are `GENERIC`."""


def provider_event(number: int, event: Event) -> dict[str, Any]:
    """One event.

    Args:
        number: its place in the video, from 1.
        event: as spotted or corrected.

    >>> told = provider_event(1, Event(62.5, "CROSS", 0.9, "left"))
    >>> told["event_type"], told["qualifiers"], told["period_id"], told["timestamp"]
    ('PASS', ['CROSS'], 1, 62.5)
    """
    return {
        "event_id": str(number), "event_type": "GENERIC", "result": None, "qualifiers": [],
        **EVENT_TYPES.get(event.label, {}),
        "period_id": event.half, "timestamp": event.seconds,
        "side": event.team or None, "player_id": None, "coordinates": None,
        "label": event.label, "confidence": event.confidence,
    }  # fmt: skip


def provider_json(name: str, events: Iterable[Event]) -> bytes:
    """All events of a video with what a reader has to know of them, as JSON.

    `timestamp` counts seconds from the start of the video of the half, not from the kick-off.
    """
    ordered = sorted(events, key=lambda event: (event.half, event))
    content = {
        "metadata": {
            "video": name, "timestamp_origin": "start of the video of the period",
            "orientation": "NOT_SET", "coordinate_system": None, "pitch_dimensions": None,
            "side": "the acting team by the side that it defends on the screen",
        },
        "events": [provider_event(number, event) for number, event in enumerate(ordered, start=1)],
    }  # fmt: skip
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")

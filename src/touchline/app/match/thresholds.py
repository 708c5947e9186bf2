"""From which confidence on the events of each class count; remembered for each set of events."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from touchline.app.match.event_sets import PREDICTED, EventSet, StoredEvent
from touchline.files import write_atomically
from touchline.spotting.peaks.picking import SHOWN_FROM

MOST_CLASSES = 1000


@dataclass(frozen=True)
class Thresholds:
    """Which events of a set count.

    Attributes:
        by_class: in [0, 1], of the classes that have one of their own.
        others: that of all others.
    """

    by_class: Mapping[str, float]
    others: float

    def counted(self, events: Iterable[StoredEvent]) -> list[StoredEvent]:
        """The events at or above the threshold of their class, in their order.

        What a person has added or put right has the confidence 1, and so always counts.
        """
        return [
            each
            for each in events
            if each.event.confidence >= self.by_class.get(each.event.label, self.others)
        ]

    def for_classes(self, labels: Iterable[str]) -> dict[str, float]:
        """The threshold of each of these classes."""
        return {label: self.by_class.get(label, self.others) for label in labels}


def valid_thresholds(told: object) -> dict[str, float]:
    """What can be used of thresholds from a page or a file; the rest is passed over.

    >>> valid_thresholds({"PASS": 0.3, "SHOT": 7, "OUT": "x", "GOAL": True})
    {'PASS': 0.3}
    """
    entries = list(told.items())[:MOST_CLASSES] if isinstance(told, Mapping) else []
    return {label: float(value) for label, value in entries if _is_share(label, value)}


def remembered(folder: Path, catalog_name: str, event_set: EventSet) -> Thresholds:
    """What was last chosen for a set.

    Where nothing was, or it can no longer be read, a model's events count from `SHOWN_FROM` on and
    what people put down counts whole.

    Args:
        folder: the app's cache.
        catalog_name: of the set's catalog.
        event_set: the set.
    """
    place = _place(folder, catalog_name, event_set.id)
    try:
        by_class = valid_thresholds(json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        by_class = {}
    return Thresholds(by_class, SHOWN_FROM if event_set.kind == PREDICTED else 0.0)


def remember(
    folder: Path, catalog_name: str, set_id: int, by_class: Mapping[str, float]
) -> None:  # fmt: skip
    """Remember what was chosen for a set.

    Raises:
        OSError: the cache cannot be written.
    """
    place = _place(folder, catalog_name, set_id)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(place, json.dumps(dict(by_class), indent=1) + "\n")


def _place(folder: Path, catalog_name: str, set_id: int) -> Path:
    catalog = hashlib.sha256(catalog_name.encode("utf-8", "replace")).hexdigest()[:16]
    return folder / "thresholds" / f"{catalog}-{set_id}.json"


def _is_share(label: object, value: object) -> bool:
    if not isinstance(label, str) or isinstance(value, bool):
        return False
    return isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= 1

"""A video and its events as the component of the page takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from touchline.app.addresses import frame_url
from touchline.app.match.comparing import Comparison
from touchline.app.match.event_sets import CORRECTED, CataloguedVideo, EventSet, StoredEvent
from touchline.app.match.thresholds import Thresholds
from touchline.spotting.annotations.classes import BALL_CLASSES, class_order
from touchline.spotting.events import Event

DEFAULT_RATE = 25.0
"""Frames a second where the file does not say."""

CORRECT_FIRST = "Press “Correct these events” first; the events themselves stay as they are."


@dataclass(frozen=True)
class Film:
    """What the player plays.

    Attributes:
        url: of the video, or of its playable copy.
        rate: frames a second; 0 where the file does not say.
    """

    url: str
    rate: float


@dataclass(frozen=True)
class Reference:
    """The other set of events that is shown beside.

    Attributes:
        event_set: which it is.
        events: those that count.
        comparison: of the shown set's counted events with them.
    """

    event_set: EventSet
    events: Sequence[Event]
    comparison: Comparison


def shown_match(
    video: CataloguedVideo, film: Film, classes: Sequence[str], event_set: EventSet,
    events: Sequence[StoredEvent], thresholds: Thresholds, reference: Reference | None,
    outbox: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Everything that the page shows of a video, as JSON takes it.

    Args:
        video: present and readable.
        film: how it is played.
        classes: of all sets of the video, so that the keys stay the same whichever is on show.
        event_set: what is looked at.
        events: all of its events.
        thresholds: from which confidence on they count.
        reference: what they are compared with, if anything.
        outbox: as `outbox.settle` gives it.
    """
    known = class_order(classes) or BALL_CLASSES
    verdicts = _verdicts(thresholds.counted(events), reference)
    last = max((each.event.seconds for each in events), default=0.0)
    return {
        "set": event_set.id, "outbox": dict(outbox), "url": film.url,
        "frames": frame_url(video.id, 0).removesuffix("0.jpg"), "rate": film.rate or DEFAULT_RATE,
        "length": max(video.seconds or 0.0, last, 1.0),
        "classes": list(known), "choices": list(class_order((*known, *BALL_CLASSES))),
        "events": [_shown(each.id, each.event, verdicts.get(each.id)) for each in events],
        "reference": _shown_reference(reference),
        "thresholds": dict(thresholds.by_class), "standard": thresholds.others,
        "has_confidence": any(each.event.confidence < 1 for each in events),
        "half": _half_of_new(events),
        "editable": event_set.kind == CORRECTED, "why_not": CORRECT_FIRST,
    }  # fmt: skip


def _half_of_new(events: Sequence[StoredEvent]) -> int:
    """The half that an added event is of: that of all others, for a video shows one half."""
    halves = {each.event.half for each in events}
    return halves.pop() if len(halves) == 1 else 1


def _shown(number: int | str, event: Event, verdict: str | None) -> dict[str, Any]:
    return {
        "id": number, "seconds": event.seconds, "half": event.half, "label": event.label,
        "team": event.team, "confidence": event.confidence, "verdict": verdict,
    }  # fmt: skip


def _verdicts(counting: Sequence[StoredEvent], reference: Reference | None) -> dict[int, str]:
    if reference is None:
        return {}
    pairs = zip(counting, reference.comparison.hits, strict=True)
    return {each.id: "extra" if hit is None else "matched" for each, hit in pairs}


def _shown_reference(reference: Reference | None) -> list[dict[str, Any]]:
    if reference is None:
        return []
    missed = set(reference.comparison.missed)
    return [
        _shown(f"reference {place}", event, "missed" if place in missed else "matched")
        for place, event in enumerate(reference.events)
    ]

"""From which confidence on events are shown: where F1 is best on validation matches."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from touchline.spotting.events import Event

SLACK = 1e-9
"""Seconds by which rounding may make two moments seem farther apart than they are."""
FAINTEST_SHOWN = 0.1
"""No class is shown from a lower confidence on. Where a class is hardly found at all, F1 is best
when everything is called it, and a person would look at nothing but false alarms."""


def choose_thresholds(
    events: Mapping[str, Sequence[Event]],
    truth: Mapping[str, Sequence[Event]],
    classes: Sequence[str],
    tolerance: float = 0.5,
) -> dict[str, float]:
    """For each class the confidence at which its F1 is highest.

    Each event, the most confident first, is right if a true event of its class and half that no
    other has taken lies within the tolerance; it takes the nearest. F1 = 2 x right / (events +
    true events). Of equally good thresholds the highest is taken; one below `FAINTEST_SHOWN` is
    raised to it.

    Args:
        events: predicted ones of each match; a match without any may be left out.
        truth: annotated ones of each match; events of other matches are not looked at.
        classes: the labels to choose for.
        tolerance: in seconds, either way.

    Returns:
        Thresholds of the classes of which at least one event was right.

    >>> truth = {"a match": [Event(10.0, "PASS"), Event(20.0, "PASS")]}
    >>> found = [Event(10.2, "PASS", 0.8), Event(15.0, "PASS", 0.3), Event(20.0, "PASS", 0.6)]
    >>> choose_thresholds({"a match": found}, truth, ["PASS", "SHOT"])
    {'PASS': 0.6}
    """
    chosen = {name: _best_threshold(name, events, truth, tolerance) for name in classes}
    return {name: max(at, FAINTEST_SHOWN) for name, at in chosen.items() if at is not None}


def _best_threshold(
    name: str,
    events: Mapping[str, Sequence[Event]],
    truth: Mapping[str, Sequence[Event]],
    tolerance: float,
) -> float | None:
    judged = [
        verdict
        for match, true in truth.items()
        for verdict in _judged(_of(name, events.get(match, ())), _of(name, true), tolerance)
    ]
    if not any(right for _, right in judged):
        return None
    judged.sort(reverse=True)
    confidence = np.array([confidence for confidence, _ in judged])
    right = np.cumsum([right for _, right in judged])
    true = sum(len(_of(name, of_match)) for of_match in truth.values())
    f1 = 2 * right / (np.arange(1, len(judged) + 1) + true)
    # A threshold cannot part equal confidences: only the last of them is a place to stop.
    f1[:-1][confidence[:-1] == confidence[1:]] = -1.0
    return float(confidence[np.argmax(f1)])


def _judged(
    found: Sequence[Event], true: Sequence[Event], tolerance: float
) -> Iterator[tuple[float, bool]]:
    """The confidence of each event of one class and match, and whether it is right."""
    free = list(true)
    for event in sorted(found, key=lambda event: (-event.confidence, event.seconds)):
        near = [
            other for other in free
            if other.half == event.half and abs(other.seconds - event.seconds) <= tolerance + SLACK
        ]  # fmt: skip
        if near:
            free.remove(min(near, key=lambda other: abs(other.seconds - event.seconds)))
        yield event.confidence, bool(near)


def _of(name: str, events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event.label == name]

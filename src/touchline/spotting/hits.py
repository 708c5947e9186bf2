"""Which predicted events are hits, and of which true event: what pages and charts show."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from touchline.spotting.events import Event, milliseconds
from touchline.spotting.metrics.largest_matching import FREE, match_by_confidence

HIT_SECONDS = 0.5
"""How far a hit may lie from its event: the ±0.5 s of mAP@1."""


def find_hits(
    truth: Sequence[Event], predicted: Sequence[Event], seconds: float = HIT_SECONDS
) -> tuple[int | None, ...]:
    """The true event that each prediction hits, or None for a false alarm.

    Each true event of the same class and half is hit at most once, the surest predictions choosing
    first (see `touchline.spotting.metrics.largest_matching`).

    Args:
        truth: of one match, in any order.
        predicted: of the same match, in any order.
        seconds: how far a prediction may lie from its event, before or after.

    Returns:
        Indices into `truth`, one a prediction.

    >>> truth = [Event(10.0, "PASS"), Event(20.0, "SHOT")]
    >>> find_hits(truth, [Event(10.5, "PASS", 0.9), Event(10.1, "PASS", 0.8), Event(20.0, "OUT")])
    (0, None, None)
    """
    hits: list[int | None] = [None] * len(predicted)
    true_places, found_places = _places(truth), _places(predicted)
    for key in true_places.keys() & found_places.keys():
        of_truth, of_found = true_places[key], found_places[key]
        matched = match_by_confidence(
            np.array([milliseconds(truth[place]) for place in of_truth], dtype=np.int64),
            np.array([milliseconds(predicted[place]) for place in of_found], dtype=np.int64),
            np.array([predicted[place].confidence for place in of_found]),
            round(seconds * 1000),
        )
        for place, event in zip(of_found, matched.tolist(), strict=True):
            if event != FREE:
                hits[place] = of_truth[event]
    return tuple(hits)


def _places(events: Sequence[Event]) -> dict[tuple[str, int], list[int]]:
    """Where the events of each class and half stand, in order of time."""
    places: dict[tuple[str, int], list[int]] = defaultdict(list)
    for place in sorted(range(len(events)), key=lambda place: events[place].seconds):
        places[events[place].label, events[place].half].append(place)
    return places

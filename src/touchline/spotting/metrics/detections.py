"""True and false positives of each class: the largest matching of predictions with true events."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from touchline.spotting.events import Event, milliseconds
from touchline.spotting.metrics.grid import Timelines
from touchline.spotting.metrics.largest_matching import FREE, match_by_confidence
from touchline.spotting.metrics.minutes import Minutes
from touchline.spotting.metrics.ranking import Ranking


@dataclass(frozen=True)
class Detections:
    """The predictions of every class, right or wrong, by the minute of play.

    Attributes:
        rankings: of each class, the units being minutes. A true positive lies in the minute of its
            true event, so that whoever draws the event draws that it was found.
        minutes: how many minutes there are.
    """

    rankings: tuple[Ranking, ...]
    minutes: int


def find_detections(
    truth: Timelines, predictions: Timelines, classes: Sequence[str], window: float
) -> Detections:
    """Match predictions with the true events of their match, half and class.

    Times are compared in milliseconds, on no grid, and every event counts, also several at one
    instant. Predictions whose confidence is negative or NaN are left out, as the official scorer
    leaves them out.

    Args:
        truth: true events by match; matches that are not here are not scored.
        predictions: predicted events by match, in any order.
        classes: in the order wanted.
        window: the whole width in seconds; a prediction may be window / 2 away from its event.

    Raises:
        UsageError: when a time is no finite number.
    """
    reach = int(window * 500)
    minutes = Minutes()
    true_events = _grouped(truth, truth)
    found = _grouped(predictions, truth)
    rankings = []
    for label in classes:
        keys = sorted(true_events[label].keys() | found[label].keys())
        parts = [
            _matched(
                key, true_events[label].get(key, []), found[label].get(key, []), reach, minutes
            )
            for key in keys
        ]
        rankings.append(_joined(parts))
    return Detections(tuple(rankings), len(minutes))


def _grouped(
    timelines: Timelines, matches: Timelines
) -> dict[str, dict[tuple[str, int], list[Event]]]:
    """Events by label, and by match and half."""
    groups: dict[str, dict[tuple[str, int], list[Event]]] = defaultdict(dict)
    for match in matches:
        for event in timelines.get(match, ()):
            if event.confidence >= 0:
                groups[event.label].setdefault((match, event.half), []).append(event)
    return groups


def _matched(
    key: tuple[str, int],
    truth: Sequence[Event],
    predictions: Sequence[Event],
    reach: int,
    minutes: Minutes,
) -> Ranking:
    """One class in one half."""
    true_times = sorted(milliseconds(event) for event in truth)
    found = sorted((milliseconds(event), event.confidence) for event in predictions)
    confidence = np.array([each for _, each in found], dtype=np.float64)
    times = np.array([time for time, _ in found], dtype=np.int64)
    event = match_by_confidence(np.array(true_times, dtype=np.int64), times, confidence, reach)
    right = event != FREE
    unit = minutes.of(*key, times.tolist())
    truth_unit = minutes.of(*key, true_times)
    unit[right] = truth_unit[event[right]]
    return Ranking(confidence, right, unit, truth_unit)


def _joined(parts: Sequence[Ranking]) -> Ranking:
    return Ranking(
        np.concatenate([np.zeros(0), *(part.confidence for part in parts)]),
        np.concatenate([np.zeros(0, dtype=bool), *(part.right for part in parts)]),
        np.concatenate([np.zeros(0, dtype=np.intp), *(part.unit for part in parts)]),
        np.concatenate([np.zeros(0, dtype=np.intp), *(part.truth_unit for part in parts)]),
    )

"""Whether one spotter is better than another on the same matches, and by how much."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from touchline.reporting.confidence import RESAMPLES, Numbers, Score, bootstrap
from touchline.spotting.events import Event
from touchline.spotting.metrics.detections import find_detections
from touchline.spotting.metrics.exact import WINDOW
from touchline.spotting.metrics.grid import Timelines
from touchline.spotting.metrics.means import mean_of_measured
from touchline.spotting.metrics.ranking import average_precision


def paired_difference(
    truth: Timelines,
    first: Timelines,
    second: Timelines,
    classes: Sequence[str],
    *,
    window: float = WINDOW,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Score:
    """The exact mean AP of `second` less that of `first`, with its interval.

    Both are scored on the same minutes of play in every resample, so that what makes a minute hard
    for both does not widen the interval.

    Args:
        truth: true events by match.
        first: predicted events by match.
        second: those of the other.
        classes: those without a true event are left out.
        window: the whole width in seconds.
        resamples: of the bootstrap.
        seed: of the bootstrap.

    Returns:
        The difference in [-1, 1]; n counts the true events.

    >>> truth = {"final": [Event(10.0, "PASS"), Event(70.0, "PASS")]}
    >>> none, both = {"final": []}, {"final": [Event(10.1, "PASS", 0.9), Event(70.0, "PASS", 0.8)]}
    >>> paired_difference(truth, none, both, ["PASS"]).value
    1.0
    """
    happened = {event.label for events in truth.values() for event in events}
    measured = [name for name in classes if name in happened]
    # As two sets of classes in one table, so that both are counted over the same minutes.
    table = find_detections(
        {match: [*_marked(events, 0), *_marked(events, 1)] for match, events in truth.items()},
        {
            match: [*_marked(first.get(match, ()), 0), *_marked(second.get(match, ()), 1)]
            for match in truth
        },
        [_mark(name, side) for side in (0, 1) for name in measured],
        window,
    )

    def statistic(weights: Numbers) -> Numbers:
        areas = np.stack(
            [average_precision(r, weights, interpolated=True) for r in table.rankings], axis=1
        )
        before, after = np.split(areas, 2, axis=1)
        return mean_of_measured(after) - mean_of_measured(before)

    score = bootstrap(statistic, table.minutes, resamples=resamples, seed=seed)
    return replace(score, n=sum(e.label in measured for events in truth.values() for e in events))


def _marked(events: Sequence[Event], side: int) -> list[Event]:
    return [replace(event, label=_mark(event.label, side)) for event in events]


def _mark(label: str, side: int) -> str:
    return f"{side}:{label}"

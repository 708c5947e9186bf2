"""What no skill scores: the most frequent class at regular times, and events at random."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from touchline.spotting.events import Event
from touchline.spotting.metrics.exact import WINDOW, exact_average_precisions
from touchline.spotting.metrics.grid import Timelines
from touchline.spotting.metrics.means import mean_members, mean_of_measured
from touchline.spotting.metrics.minutes import seconds_of_play
from touchline.spotting.metrics.official import FRAMES_PER_SECOND, official_scores

CHANCE_DRAWS = 10


@dataclass(frozen=True)
class Baseline:
    """What a guess without looking scores.

    Attributes:
        name: `majority` or `chance`.
        means: exact mean AP by name (`mAP12`, `mAP10`), NaN where nothing is measured.
        official_at1: the official `a_mAP` of metric `at1`.
    """

    name: str
    means: dict[str, float]
    official_at1: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON, which knows no NaN."""
        means = {name: None if np.isnan(value) else value for name, value in self.means.items()}
        return {**means, "official_at1": self.official_at1}


def majority_predictions(
    truth: Timelines, classes: Sequence[str], window: float = WINDOW
) -> dict[str, list[Event]]:
    """The most frequent class, of equals the first, once every window of every half.

    So no event of that class is missed, and each beyond the first in a window is.

    >>> timelines = {"final": [Event(10.0, "PASS"), Event(20.0, "PASS"), Event(30.0, "OUT")]}
    >>> found = majority_predictions(timelines, ["OUT", "PASS"])["final"]
    >>> len(found), found[10].seconds, found[10].label
    (60, 10.5, 'PASS')
    """
    counts = Counter(event.label for events in truth.values() for event in events)
    label = max(classes, key=lambda name: counts[name])
    return {
        match: [
            Event(float(seconds), label, half=half)
            for half, length in seconds_of_play(events).items()
            for seconds in np.arange(window / 2, length, window)
        ]
        for match, events in truth.items()
    }


def chance_predictions(
    truth: Timelines, classes: Sequence[str], seed: int = 0
) -> dict[str, list[Event]]:
    """As many events of each class as there are, at random times with random confidences.

    Times are uniform over all play, so that longer halves get more.
    """
    counts = Counter(event.label for events in truth.values() for event in events)
    lengths = {
        (match, half): length
        for match, events in truth.items()
        for half, length in seconds_of_play(events).items()
    }
    halves, ends = list(lengths), np.cumsum(list(lengths.values()))
    generator = np.random.default_rng(seed)
    found: dict[str, list[Event]] = {match: [] for match in truth}
    for label in classes:
        if not counts[label]:
            continue
        times = generator.uniform(0, ends[-1], counts[label])
        places = np.searchsorted(ends, times, "right").clip(max=len(halves) - 1)
        for time, place, confidence in zip(
            times, places, generator.uniform(size=counts[label]), strict=True
        ):
            match, half = halves[place]
            start = ends[place] - lengths[match, half]
            found[match].append(Event(float(time - start), label, float(confidence), half=half))
    return found


def baselines(
    truth: Timelines,
    classes: Sequence[str],
    *,
    window: float = WINDOW,
    frames_per_second: float = FRAMES_PER_SECOND,
    seed: int = 0,
) -> tuple[Baseline, ...]:
    """Majority, and the mean of ten draws of chance.

    Arguments as for `touchline.spotting.metrics.exact.exact_scores` and `official_scores`.
    """

    def scored(name: str, guesses: Sequence[Timelines]) -> Baseline:
        exact = np.array(
            [exact_average_precisions(truth, guess, classes, window=window) for guess in guesses]
        )
        official = [
            official_scores(
                truth, guess, classes, frames_per_second=frames_per_second, metrics=["at1"]
            )["at1"].mean
            for guess in guesses
        ]
        means = {
            each: float(mean_of_measured(exact[:, members]).mean())
            for each, members in mean_members(classes).items()
        }
        return Baseline(name, means, float(np.mean(official)))

    draws = [chance_predictions(truth, classes, seed + draw) for draw in range(CHANCE_DRAWS)]
    return (
        scored("majority", [majority_predictions(truth, classes, window)]),
        scored("chance", draws),
    )

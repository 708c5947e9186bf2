"""The settings for picking events, chosen on validation matches and never on the test."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from touchline.errors import UsageError
from touchline.spotting.events import Event
from touchline.spotting.peaks.settings import PeakSettings, Suppression
from touchline.spotting.peaks.thresholds import choose_thresholds

EventsOfMatches = Mapping[str, Sequence[Event]]

WINDOWS: dict[Suppression, tuple[float, ...]] = {
    "soft": (0.96, 0.48, 1.44, 1.92),
    "nms": (0.48, 0.96, 1.44),
}
"""Windows in seconds tried for each kind of suppression; SoccerNet's mAP@1 takes ±0.5 s."""
SMOOTHINGS = (0.0, 0.12, 0.24)
"""Standard deviations in seconds tried; 0.12 s are the 3 frames of the 2023 winner."""


def peak_grid(base: PeakSettings) -> list[PeakSettings]:
    """Every combination that is tried; what it does not vary is taken from `base`."""
    return [
        replace(
            base, suppression=suppression, window_seconds=window, smoothing_seconds=smoothing,
            longest_seconds=max(base.longest_seconds, window),
        )
        for smoothing in SMOOTHINGS
        for suppression, windows in WINDOWS.items()
        for window in windows
    ]  # fmt: skip


def tune_peaks(
    pick: Callable[[PeakSettings], EventsOfMatches],
    truth: EventsOfMatches,
    classes: Sequence[str],
    score: Callable[[EventsOfMatches], float],
    grid: Sequence[PeakSettings],
) -> PeakSettings:
    """The settings of the best score, with the thresholds of the best F1 at ±0.5 s under them.

    Args:
        pick: the events of every validation match under given settings.
        truth: their annotated events.
        classes: the labels.
        score: how good events are, higher being better, e.g. mAP@1; NaN is never the best.
        grid: the settings to try, e.g. `peak_grid(PeakSettings())`; of equals the first is taken.

    Raises:
        UsageError: when no settings have a score, as without a true event.
    """
    scores = [score(pick(settings)) for settings in grid]
    if not np.isfinite(scores).any():
        raise UsageError(
            "validation matches with events to choose the peak settings by", "none",
            "Name a validation split with annotated events.",
        )  # fmt: skip
    best = grid[int(np.nanargmax(scores))]
    return replace(best, thresholds=choose_thresholds(pick(best), truth, classes))

"""Two runs on the same matches, by what they have written down."""

import math
from dataclasses import replace

from touchline.reporting.confidence import Score, Unit
from touchline.runs import Run
from touchline.spotting.metrics.paired import paired_difference
from touchline.spotting.recorded import RecordedScores, recorded_scores
from touchline.spotting.report_events import read_events
from touchline.spotting.scoring import MONITORED
from touchline.training.history import best_figure, read_rows
from touchline.training.tuning.pair import Pair


def pair_on_test(winner: Run, untuned: Run) -> Pair | None:
    """The exact mAP@1 of both on the test matches and its paired difference; None without any.

    Args:
        winner: a finished run.
        untuned: another on the same matches.

    Raises:
        UsageError: a run is not finished.
    """
    own, other = (_part(run, "test") for run in (winner, untuned))
    if own is None or other is None:
        return None
    found = read_events(winner, own.matches, "test")
    beside = read_events(untuned, own.matches, "test")
    lead = paired_difference(
        {match.name: match.truth for match in found},
        {match.name: match.predicted for match in beside},
        {match.name: match.predicted for match in found},
        own.classes, window=own.window,
    )  # fmt: skip
    first, second = (next(iter(part.means.values())) for part in (own, other))
    title = f"mAP at ±{own.window / 2:g} s on test, exact"
    return Pair(title, first, second, replace(lead, unit="points"))


def pair_on_validation(winner: Run, untuned: Run) -> Pair:
    """The best validation mAP@1 of both trainings, which chose their epochs; without intervals.

    Raises:
        UsageError: a run is not finished.
    """
    part = _part(winner, "valid")
    events = part.events if part else 0
    own, other = (
        best_figure(read_rows(run.file("results.csv")), MONITORED) for run in (winner, untuned)
    )

    def plain(value: float, unit: Unit = "share") -> Score:
        return Score(value, events, math.nan, math.nan, unit)

    title = "validation mAP@1 of the best epoch"
    return Pair(title, plain(own), plain(other), plain(own - other, "points"))


def _part(run: Run, split: str) -> RecordedScores | None:
    return next((part for part in recorded_scores(run) if part.split == split), None)

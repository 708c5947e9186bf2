import math

import numpy as np
import pytest

from touchline.errors import UsageError
from touchline.spotting.events import Event
from touchline.spotting.peaks.picking import pick_events
from touchline.spotting.peaks.settings import PeakSettings
from touchline.spotting.peaks.tuning import EventsOfMatches, peak_grid, tune_peaks

TRUTH = {"a": (Event(2.0, "PASS"), Event(4.0, "PASS"))}


def _pick(settings: PeakSettings) -> EventsOfMatches:
    """Two events, the second with an echo 0.6 s later."""
    scores = np.zeros((60, 1))
    scores[[20, 40, 46], 0] = [0.6, 0.9, 0.8]
    return {"a": pick_events(scores, None, None, ["PASS"], 10.0, settings)}


def _echoes(events: EventsOfMatches) -> float:
    return -abs(len(events["a"]) - 2.0)


def test_the_best_score_decides_and_the_first_of_equals_is_taken() -> None:
    base = PeakSettings(floor=0.35)
    chosen = tune_peaks(_pick, TRUTH, ["PASS"], _echoes, peak_grid(base))
    assert (chosen.suppression, chosen.window_seconds) == ("soft", 0.96)  # as the base has it
    assert chosen.thresholds == {"PASS": 0.6}
    narrow = [PeakSettings(window_seconds=seconds) for seconds in (0.1, 0.48, 0.96)]
    assert tune_peaks(_pick, TRUTH, ["PASS"], _echoes, narrow).window_seconds == 0.1
    harder = [*narrow, PeakSettings(suppression="nms")]
    assert tune_peaks(_pick, TRUTH, ["PASS"], _echoes, harder).suppression == "nms"


def test_the_grid_keeps_what_it_does_not_vary() -> None:
    base = PeakSettings(floor=0.2, displacement_seconds=0.32, longest_seconds=1.0)
    grid = peak_grid(base)
    assert len(grid) == len(set(map(repr, grid))) == 21
    assert {(one.floor, one.displacement_seconds) for one in grid} == {(0.2, 0.32)}
    assert {one.suppression for one in grid} == {"soft", "nms"}


def test_a_score_that_is_no_number_is_never_the_best() -> None:
    scores = iter([math.nan, 0.1, math.nan])
    grid = [PeakSettings(window_seconds=seconds) for seconds in (0.1, 0.2, 0.3)]
    chosen = tune_peaks(_pick, TRUTH, ["PASS"], lambda _: next(scores), grid)
    assert chosen.window_seconds == 0.2


def test_nothing_to_choose_by_is_refused() -> None:
    with pytest.raises(UsageError, match="validation matches with events to choose the peak"):
        tune_peaks(_pick, {"a": ()}, ["PASS"], lambda _: math.nan, [PeakSettings()])

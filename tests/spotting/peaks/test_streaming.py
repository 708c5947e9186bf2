import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from touchline.errors import UsageError
from touchline.spotting.events import Event
from touchline.spotting.peaks.picking import pick_events
from touchline.spotting.peaks.settings import SUPPRESSIONS, PeakSettings
from touchline.spotting.peaks.streaming import StreamingPeaks

RATE = 4.0
CLASSES = ("PASS", "SHOT")
SETTINGS = st.builds(
    PeakSettings,
    suppression=st.sampled_from(SUPPRESSIONS),
    window_seconds=st.sampled_from([0.0, 0.3, 1.0]),
    smoothing_seconds=st.sampled_from([0.0, 0.2]),
    displacement_seconds=st.sampled_from([0.0, 0.5]),
    floor=st.just(0.05),
    longest_seconds=st.sampled_from([1.0, 2.0, 100.0]),
)
LEVELS = st.sampled_from([0.0, 0.1, 0.2, 0.25, 0.5, 1.0])  # so that many are equal


def _streamed(
    steps: tuple[np.ndarray, np.ndarray, np.ndarray], chosen: PeakSettings, cuts: list[int]
) -> list[Event]:
    peaks = StreamingPeaks(CLASSES, RATE, chosen)
    blocks = zip(*(np.split(column, sorted(cuts)) for column in steps), strict=True)
    return [event for block in blocks for event in peaks.push(*block)] + peaks.finish()


@settings(max_examples=300, deadline=None)
@given(data=st.data(), time=st.integers(0, 40), chosen=SETTINGS)
def test_blocks_of_any_size_give_the_events_of_the_whole(
    data: st.DataObject, time: int, chosen: PeakSettings
) -> None:
    scores = data.draw(arrays.arrays(np.float64, (time, 2), elements=LEVELS))
    offset = data.draw(arrays.arrays(np.float64, time, elements=st.floats(-3, 3)))
    left = data.draw(arrays.arrays(np.float64, time, elements=LEVELS))
    steps = (scores, offset, np.stack([left, 1 - left], axis=1))
    whole = pick_events(*steps, CLASSES, RATE, chosen)
    cuts = data.draw(st.lists(st.integers(0, time), max_size=6))
    assert _streamed(steps, chosen, cuts) == list(whole)
    assert _streamed(steps, chosen, list(range(time))) == list(whole)
    order = [(event.seconds, CLASSES.index(event.label)) for event in whole]
    assert order == sorted(order)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10_000), time=st.integers(1, 40), chosen=SETTINGS)
def test_reversed_in_time_the_events_are_the_same(
    seed: int, time: int, chosen: PeakSettings
) -> None:
    chosen = replace(chosen, longest_seconds=100.0)
    rng = np.random.default_rng(seed)
    scores, offset, team = rng.random((time, 2)), rng.normal(0, 2, time), rng.random((time, 2))
    forwards = pick_events(scores, offset, team, CLASSES, RATE, chosen)
    backwards = pick_events(scores[::-1], -offset[::-1], team[::-1], CLASSES, RATE, chosen)
    end = (time - 1) / RATE
    assert sorted(replace(event, seconds=end - event.seconds) for event in backwards) == sorted(
        forwards
    )


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), chosen=SETTINGS, levels=st.sampled_from([2, 3, 6, 1000]))
def test_every_event_comes_within_the_stated_delay(
    seed: int, chosen: PeakSettings, levels: int
) -> None:
    chosen = replace(chosen, longest_seconds=min(chosen.longest_seconds, 2.0))
    peaks = StreamingPeaks(CLASSES, RATE, chosen)
    rng = np.random.default_rng(seed)
    for step in range(120):
        scores = np.sort(rng.integers(0, levels, (1, 2)) / levels) if step % 40 else np.ones((1, 2))
        for event in peaks.push(scores, rng.normal(0, 2, 1)):
            assert (step + 1) / RATE - event.seconds <= peaks.longest_delay


def test_a_lone_peak_comes_as_soon_as_its_window_allows() -> None:
    chosen = PeakSettings(window_seconds=1.0, displacement_seconds=0.0)
    peaks = StreamingPeaks(["PASS"], RATE, chosen)
    scores = np.full((20, 1), 0.001)
    scores[8] = 0.9
    came = [step for step in range(20) if peaks.push(scores[step : step + 1])]
    assert came == [12]  # a rival could come until step 12, and would be seen to rise there
    assert peaks.longest_delay == pytest.approx((4 + 2 * 10 + 1) / RATE)


@pytest.mark.parametrize("shape", ["noise", "ladder", "even"])
def test_memory_does_not_grow_with_the_length(shape: str) -> None:
    rng = np.random.default_rng(0)
    peaks = StreamingPeaks(CLASSES, RATE, PeakSettings(smoothing_seconds=0.2))
    sizes = []
    for index in range(150):
        scores = {
            "noise": rng.random((10, 2)),
            "ladder": np.outer(np.linspace(index, index + 1, 10) / 150, [1, 1]),
            "even": np.full((10, 2), 0.7),
        }[shape]
        scores[::2] *= 1.0 if shape == "even" else 0.5
        peaks.push(scores, rng.normal(0, 1, 10))
        sizes.append(len(pickle.dumps(peaks)))
    assert max(sizes[75:]) < 1.5 * max(sizes[10:75])


def test_the_team_is_that_of_the_step_that_saw_the_event() -> None:
    scores = np.zeros((12, 1))
    scores[[2, 3, 8]] = [[0.9], [0.4], [0.8]]
    offset = np.where(np.arange(12) == 2, 1.0, 0.0)  # step 2 says the event is at step 3
    team = np.full((12, 2), 0.5)
    team[2], team[3], team[8] = (0.2, 0.8), (0.9, 0.1), (0.5, 0.5)
    chosen = PeakSettings(suppression="none")
    events = pick_events(scores, offset, team, ["PASS"], RATE, chosen, half=2)
    assert events == (
        Event(0.75, "PASS", 0.9, team="right", half=2),
        Event(2.0, "PASS", 0.8, team="", half=2),
    )
    smoothed = pick_events(
        scores, offset, team, ["PASS"], RATE, replace(chosen, smoothing_seconds=0.25)
    )
    assert [event.team for event in smoothed] == ["right", ""]
    assert {event.team for event in pick_events(scores, None, None, ["PASS"], RATE, chosen)} == {""}


def test_scores_that_are_no_probabilities_are_refused_with_their_step() -> None:
    peaks = StreamingPeaks(["PASS"], RATE, PeakSettings())
    peaks.push([[0.1]] * 5)
    with pytest.raises(UsageError, match=r"scores between 0 and 1; found \[nan.*at step 6"):
        peaks.push([[0.1], [np.nan]])
    for wrong in (-0.1, 1.5, np.inf):
        with pytest.raises(UsageError, match="The model may have diverged"):
            pick_events([[wrong]], None, None, ["PASS"], RATE, PeakSettings())
    with pytest.raises(UsageError, match="finite scores"):
        pick_events([[0.5]], [np.nan], None, ["PASS"], RATE, PeakSettings())


def test_columns_that_do_not_fit_the_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="3 columns of scores, 2 classes"):
        pick_events(np.zeros((4, 3)), None, None, CLASSES, RATE, PeakSettings())


def test_scores_that_rounding_took_a_trifle_above_one_are_one() -> None:
    scores = np.full((40, 1), np.nextafter(np.float32(1), np.float32(2)))
    for smoothing in (0.0, 0.5):
        chosen = PeakSettings(smoothing_seconds=smoothing)
        events = pick_events(scores, None, None, ["PASS"], RATE, chosen)
        assert [event.confidence for event in events] == [1.0]

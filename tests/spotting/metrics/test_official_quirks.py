"""What the official score does that nobody would ask of it; measured figures are section 6b's."""

from dataclasses import replace

import numpy as np
import pytest

from event_worlds import spaced
from touchline.spotting.events import Event
from touchline.spotting.metrics.exact import exact_average_precisions
from touchline.spotting.metrics.official import official_scores

LABEL = "PASS"


def at1(truth, found, *, rate=25.0, classes=(LABEL,)):
    scores = official_scores(
        {"m": truth}, {"m": found}, classes, frames_per_second=rate, metrics=["at1"]
    )
    return 100 * scores["at1"].mean


def exact(truth, found):
    return 100 * exact_average_precisions({"m": truth}, {"m": found}, [LABEL])[0]


def events(times, confidences=None):
    ones = np.ones(len(times)) if confidences is None else confidences
    pairs = zip(times, ones, strict=True)
    return [Event(float(time), LABEL, float(confidence)) for time, confidence in pairs]


@pytest.fixture(scope="module")
def times():
    """1,079 events at least 3 s apart in 90 minutes, at no round times."""
    return spaced(np.random.default_rng(0), 1079, 3.0, 5400)


def test_a_fixed_offset(times):
    generator = np.random.default_rng(1)
    signs, confidences = generator.choice([-1, 1], 1079), generator.uniform(0.3, 1, 1079)
    found = {
        offset: [at1(events(times), events(np.abs(times + signs * offset), confidences), rate=rate)
                 for rate in (25, 2)]
        for offset in (0, 0.2, 0.46, 0.48, 0.5, 0.52, 0.6, 0.8, 0.99, 1.0)
    }  # fmt: skip
    assert [found[offset][0] for offset in (0, 0.2, 0.46)] == [100] * 3
    # Just twelve cells; one event that falls to a thirteenth takes the last eleventh away.
    assert found[0.48][0] in (pytest.approx(100), pytest.approx(1000 / 11))
    assert found[0.5][0] == pytest.approx(29.3, abs=6)
    # But for an event near the very start, whose offset is cut, nothing is found.
    assert max(found[offset][0] for offset in (0.52, 0.6, 1.0)) < 1
    # The package's own grid of 2 lets everything pass that is half a second off, and some beyond.
    assert [found[offset][1] for offset in (0.46, 0.48, 0.5)] == [100] * 3
    assert found[0.6][1] == pytest.approx(58.8, abs=6)
    assert found[0.8][1] == pytest.approx(21.6, abs=6)
    assert found[0.99][1] < 2
    assert found[1.0][1] < 1


def test_one_frame_time_in_fifteen_falls_into_the_cell_before():
    # 25 * 1.16 is 28.999999999999996 to a computer, so frame 29 lies in cell 28.
    seconds = np.arange(0, 5400, 0.04)
    fallen = np.mean((25 * (np.round(1000 * seconds) / 1000)).astype(int) < np.arange(len(seconds)))
    assert fallen == pytest.approx(1 / 15, abs=0.005)
    # Twelve frames later is therefore thirteen cells later, and not found.
    assert at1(events([1.16]), events([1.64])) == 0
    assert at1(events([1.20]), events([1.68])) == exact(events([1.16]), events([1.64])) == 100


def test_jitter_scores_higher_on_the_coarse_grid(times):
    # Drawn afresh: the score moves by steps of up to one eleventh with the luck of the draw.
    step = 100 / 11
    generator = np.random.default_rng(2)
    confidences = generator.uniform(0.3, 1, 1079)
    for sigma, fine, coarse in ((0.1, 100, 100), (0.3, 74.81, 89.96), (0.4, 57.15, 84.42)):
        found = events(np.abs(times + generator.normal(0, sigma, 1079)), confidences)
        assert at1(events(times), found) == pytest.approx(fine, abs=step), sigma
        assert at1(events(times), found, rate=2) == pytest.approx(coarse, abs=step), sigma


def test_scaling_confidences_moves_the_official_score_and_not_the_exact_one(times):
    generator = np.random.default_rng(3)
    moments = np.concatenate([times, generator.uniform(0, 5400, 1079)])
    confidences = np.concatenate([generator.beta(5, 3, 1079), generator.beta(2, 5, 1079)])
    measured = {
        1: 89.76, 0.5: 89.71, 0.1: 88.5, 0.02: 83.12, 0.01: 77.71, 0.005: 50.19, 0.001: 50.19,
        2: 83.57, 10: 52.94,
    }  # fmt: skip
    unscaled = exact(events(times), events(moments, confidences))
    scores = {}
    for scale, figure in measured.items():
        found = events(moments, scale * confidences)
        scores[scale] = at1(events(times), found)
        assert scores[scale] == pytest.approx(figure, abs=1.5), scale
        assert exact(events(times), found) == pytest.approx(unscaled, abs=1e-9), scale
    # Below the second of 200 thresholds all are equal, and the precision is that of the whole list.
    assert scores[0.005] == scores[0.001] == pytest.approx(100 * 1079 / 2158, abs=0.5)


def test_a_weak_duplicate_in_the_same_cell_replaces_the_strong_one(times):
    generator = np.random.default_rng(4)
    wrong = events(generator.uniform(0, 5400, 1079), np.full(1079, 0.5))
    strong = events(times, np.full(1079, 0.9))
    weak = [replace(event, confidence=0.02) for event in strong]
    pairs = [event for pair in zip(strong, weak, strict=True) for event in pair]
    turned = [event for pair in zip(weak, strong, strict=True) for event in pair]
    # Random predictions beside an event may be taken for it, as in the published 95.47 and 57.23.
    assert at1(events(times), strong + wrong) > 95
    assert at1(events(times), pairs + wrong) == pytest.approx(57, abs=8)
    assert at1(events(times), turned + wrong) == at1(events(times), strong + wrong)
    # The exact score has no cells: the duplicates are false positives after everything else.
    assert exact(events(times), pairs + wrong) == exact(events(times), turned + wrong) > 95


def test_shuffling_moves_the_official_score_only_where_cells_are_written_twice(times):
    generator = np.random.default_rng(5)
    truth, found = events(times[:200]), events(times[:200] + 0.1, generator.uniform(size=200))
    shuffled = [found[place] for place in generator.permutation(200)]
    assert at1(truth, shuffled) == at1(truth, found)
    wrong = events(times[:200] + 1.5, np.full(200, 0.5))
    twice = [*found, *wrong, *(replace(event, confidence=0.1) for event in found)]
    assert at1(truth, twice[::-1]) > at1(truth, twice) + 20


def test_a_class_without_events_halves_the_mean_of_two():
    truth = events([10, 20, 30])
    assert at1(truth, truth, classes=(LABEL, "GOAL")) == 50


def test_events_in_one_cell_are_one_event(times):
    pairs = np.concatenate([times, times + 0.3])

    def cells(rate):
        return len(np.unique((rate * pairs).astype(int)))

    # Half of the pairs found, in order of the cells they fill, show how many events there are.
    assert (cells(2), cells(25)) == (pytest.approx(1700, abs=60), 2158)
    found = events(times + 0.3, np.full(1079, 0.9))
    assert at1(events(pairs), found) == pytest.approx(100 * 6 / 11)
    assert at1(events(pairs), events(pairs), rate=2) == 100


def test_matching_in_order_of_time_can_lose_an_event():
    truth = events([10.0, 10.4])
    lost = events([10.2, 9.7], [0.9, 0.8])
    assert at1(truth, lost) == pytest.approx(54.55, abs=0.01)
    assert exact(truth, lost) == 100
    kept = events([10.2, 10.7], [0.9, 0.8])
    assert at1(truth, kept) == exact(truth, kept) == 100


def test_everything_after_120_minutes_is_one_event():
    late = events([7300, 8000, 9000.0])
    assert at1(late, late[:1]) == 100
    assert exact(late, late[:1]) == pytest.approx(100 / 3)


def test_hopeless_extras_cost_nothing(times):
    generator = np.random.default_rng(6)
    extras = events(generator.uniform(0, 5400, 1079), np.zeros(1079))
    assert at1(events(times), [*extras, *events(times)]) == 100


def test_recall_just_below_a_point_loses_a_whole_eleventh():
    truth = events(10.0 * np.arange(1, 101))
    assert at1(truth, truth[:90]) == pytest.approx(1000 / 11)
    assert at1(truth, truth[:89]) == pytest.approx(900 / 11)
    assert exact(truth, truth[:89]) == pytest.approx(89)

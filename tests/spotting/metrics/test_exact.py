import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_worlds import found_in, match_of, spaced, spoilt
from touchline.reporting.confidence import centred_bootstrap
from touchline.spotting.events import Event
from touchline.spotting.metrics import exact
from touchline.spotting.metrics.exact import exact_average_precisions, exact_scores

CLASSES = ("PASS", "DRIVE", "OUT")


def obvious_e2e(truth, found, tolerance):
    """E2E-Spot's own average precision of one class, from its description, in any unit of time."""
    free, hits, precisions = sorted(truth), 0, []
    for rank, (_, time) in enumerate(sorted(((-c, t) for t, c in found)), start=1):
        nearest = min(free, key=lambda event: abs(event - time), default=None)
        if nearest is not None and abs(nearest - time) <= tolerance:
            free.remove(nearest)
            hits += 1
            precisions.append(hits / rank)
    best = np.maximum.accumulate(precisions[::-1]) if precisions else np.zeros(1)
    return best.sum() / len(truth)


def detector(times, sigma, seed, seconds=2700):
    """90 % of the events found with jitter, and half as many false positives."""
    generator = np.random.default_rng(seed)
    hit = times[generator.uniform(size=len(times)) < 0.9]
    wrong = generator.uniform(0, seconds, len(times) // 2)
    moments = np.abs(np.concatenate([hit + generator.normal(0, sigma, len(hit)), wrong]))
    confidences = [generator.beta(5, 3, len(hit)), generator.beta(2, 5, len(wrong))]
    return (25 * moments).astype(int), np.concatenate(confidences)


def both_scores(cells, found, confidences):
    """E2E-Spot's score with a tolerance of 12 cells, and ours of the same events."""
    reference = obvious_e2e(cells.tolist(), list(zip(found.tolist(), confidences, strict=True)), 12)
    truth = {"m": [Event(cell / 25, "PASS") for cell in cells.tolist()]}
    pairs = zip(found.tolist(), confidences.tolist(), strict=True)
    predicted = {"m": [Event(cell / 25, "PASS", c) for cell, c in pairs]}
    return reference, exact_average_precisions(truth, predicted, ["PASS"], window=0.96)[0]


@pytest.mark.parametrize(("sigma", "published"), [(0.1, 84.05), (0.2, 82.87), (0.3, 73.11)])
def test_sparse_events_score_as_in_e2e_spot(sigma, published):
    times = spaced(np.random.default_rng(7), 675, 3.0, 2700)
    reference, ours = both_scores((25 * times).astype(int), *detector(times, sigma, seed=11))
    # A false positive between two events may, very rarely, be given to either.
    assert ours == pytest.approx(reference, abs=1e-12)
    assert 100 * ours == pytest.approx(published, abs=4)


def test_dense_events_lose_nothing_to_a_neighbour():
    generator = np.random.default_rng(8)
    times = np.cumsum(0.6 + generator.exponential(1.0, 1676))
    cells = (25 * times).astype(int)
    reference, ours = both_scores(cells, *detector(times, 0.3, seed=12, seconds=times[-1]))
    assert reference < ours < reference + 0.03


events = st.builds(
    Event,
    seconds=st.integers(0, 40).map(lambda tenths: tenths / 10),
    label=st.sampled_from(CLASSES),
    confidence=st.sampled_from([0.0, 0.25, 0.5, 0.5, 0.75, 1.0]),
    half=st.sampled_from([1, 2]),
)


@given(truth=st.lists(events, max_size=10), found=st.lists(events, max_size=12), data=st.data())
@settings(max_examples=60, deadline=None)
def test_order_and_scale_decide_nothing(truth, found, data):
    truth = [replace(event, confidence=1.0) for event in truth]
    scores = exact_average_precisions({"m": truth}, {"m": found}, CLASSES)
    shuffled = data.draw(st.permutations(found)), data.draw(st.permutations(truth))
    again = exact_average_precisions({"m": shuffled[1]}, {"m": shuffled[0]}, CLASSES)
    np.testing.assert_array_equal(again, scores)
    squeezed = [replace(each, confidence=each.confidence**3 / 50) for each in found]
    np.testing.assert_array_equal(
        exact_average_precisions({"m": truth}, {"m": squeezed}, CLASSES), scores
    )
    # Classes, halves and matches do not touch one another.
    later = [replace(each, seconds=each.seconds + 77.7) for each in found]
    moved = [replace(each, seconds=each.seconds + 77.7) for each in truth]
    np.testing.assert_array_equal(
        exact_average_precisions({"x": moved, "m": []}, {"x": later}, CLASSES), scores
    )


@given(truth=st.lists(events, min_size=1, max_size=10), found=st.lists(events, max_size=12))
@settings(max_examples=60, deadline=None)
def test_one_more_prediction_that_is_surest_and_right_never_harms(truth, found):
    truth = [replace(event, confidence=1.0, label="PASS") for event in truth]
    found = [replace(event, label="PASS") for event in found]
    before = exact_average_precisions({"m": truth}, {"m": found}, ["PASS"])[0]
    taken = {each.seconds for each in found}
    free = [event for event in truth if all(abs(event.seconds - t) > 1.0 for t in taken)]
    added = [replace(event, confidence=2.0) for event in free[:1]]
    assert exact_average_precisions({"m": truth}, {"m": [*found, *added]}, ["PASS"])[0] >= before


@pytest.mark.parametrize(
    ("seconds", "found"), [(0.5, 1.0), (-0.5, 1.0), (0.501, 0.0), (-0.501, 0.0)]
)
def test_the_window_of_a_second_reaches_half_a_second(seconds, found):
    for start in (1.16, 100.0, 5999.999):
        truth, predicted = (
            {"m": [Event(start, "PASS")]},
            {"m": [Event(start + seconds, "PASS", 0.3)]},
        )
        assert exact_average_precisions(truth, predicted, ["PASS"]).tolist() == [found]


def test_a_duplicate_is_one_false_positive():
    truth = {"m": [Event(10.0, "PASS"), Event(20.0, "PASS")]}
    found = [Event(10.0, "PASS", 0.9), Event(20.0, "PASS", 0.7)]
    twice = [*found, Event(10.0, "PASS", 0.8)]
    assert exact_average_precisions(truth, {"m": found}, ["PASS"]).tolist() == [1.0]
    assert exact_average_precisions(truth, {"m": twice}, ["PASS"])[0] == pytest.approx(
        (1 + 2 / 3) / 2
    )
    # Two events at one instant are two.
    pair = {"m": [Event(10.0, "PASS"), Event(10.0, "PASS")]}
    assert exact_average_precisions(pair, {"m": twice}, ["PASS"]).tolist() == [1.0]


def test_no_confidence_is_no_prediction():
    truth = {"m": [Event(10.0, "PASS")]}
    found = {"m": [Event(10.0, "PASS", float("nan")), Event(10.0, "PASS", -0.1)]}
    assert exact_average_precisions(truth, found, ["PASS"]).tolist() == [0.0]


def minute_of_play(number):
    """Events and predictions in the middle of a minute, so that none touches its border."""
    truth = match_of(CLASSES, seed=number, count=9, halves=1)
    truth = [replace(e, seconds=2 + e.seconds / 60) for e in truth]
    found = found_in(truth, CLASSES, seed=number)
    return truth, [replace(e, seconds=2 + e.seconds % 55) for e in found]


def test_a_minute_drawn_twice_scores_as_two_minutes_alike(monkeypatch):
    minutes = [minute_of_play(number) for number in range(12)]
    copies = np.random.default_rng(1).integers(0, 3, 12)

    # Minutes are numbered as they are met: an event of the first class in each keeps the order.
    for part in minutes:
        for timeline in part:
            timeline.append(Event(1.0, "PASS", 0.5))

    def played(order):
        """A match of these minutes one after another."""
        return [
            {
                "m": [
                    replace(event, seconds=event.seconds + 60 * place)
                    for place, number in enumerate(order)
                    for event in minutes[number][side]
                ]
            }
            for side in (0, 1)
        ]

    weighed = []

    def weighing(statistic, n, **_):
        weighed.append(statistic(copies[None].astype(float))[0] if n == 12 else None)
        return centred_bootstrap(statistic, n, resamples=10)

    monkeypatch.setattr(exact, "centred_bootstrap", weighing)
    exact_scores(*played(range(12)), CLASSES)
    scores = exact_scores(*played(np.repeat(np.arange(12), copies)), CLASSES)
    written = [scores.mean_ap.value, *(score.value for score in scores.average_precision)]
    written += [
        getattr(each, name).value
        for name in ("precision", "recall", "f1")
        for each in scores.at_threshold
    ]
    assert weighed[0].tolist() == pytest.approx(written, abs=1e-12)


def test_scores_have_counts_intervals_and_doubts():
    truth = {"m": match_of(CLASSES, seed=3, count=150)}
    truth["m"] += [Event(100.0, "GOAL"), Event(200.0, "FREE KICK")]
    found = {"m": spoilt(found_in(truth["m"], CLASSES, seed=4), seed=5)}
    classes = [*CLASSES, "GOAL", "FREE KICK", "CROSS"]
    scores = exact_scores(truth, found, classes)
    assert list(scores.means) == ["mAP6", "mAP4"]
    assert scores.mean_ap.n == 152
    assert scores.means["mAP4"].n == 150
    measured = [score for score in scores.average_precision if score.n]
    assert scores.mean_ap.value == pytest.approx(np.mean([score.value for score in measured]))
    assert scores.means["mAP4"].value == pytest.approx(np.mean([s.value for s in measured[:3]]))
    for score in (*scores.means.values(), *measured):
        assert 0 <= score.low <= score.value <= score.high <= 1
        assert score.high - score.low > 0.02
    assert scores.too_few == ("GOAL", "FREE KICK", "CROSS")
    found_dict = json.loads(json.dumps(scores.as_dict(), allow_nan=False))
    assert found_dict["per_class"]["CROSS"]["average_precision"] == {
        "value": None, "n": 0, "low": None, "high": None,
    }  # fmt: skip
    assert found_dict["per_class"]["PASS"]["support"] == sum(e.label == "PASS" for e in truth["m"])
    assert [each["too_few"] for each in found_dict["per_class"].values()] == [False] * 3 + [
        True
    ] * 3


def test_precision_recall_and_f1_at_a_threshold():
    truth = {"m": [Event(10.0 * n, "PASS") for n in range(1, 5)]}
    found = {"m": [Event(10.0, "PASS", 0.9), Event(20.0, "PASS", 0.5), Event(30.0, "PASS", 0.49),
                   Event(35.0, "PASS", 0.8)]}  # fmt: skip
    [scores] = exact_scores(truth, found, ["PASS"]).at_threshold
    assert (scores.precision.value, scores.precision.n) == (2 / 3, 3)
    assert (scores.recall.value, scores.recall.n) == (0.5, 4)
    assert scores.f1.value == pytest.approx(4 / 7)
    [lower] = exact_scores(truth, found, ["PASS"], threshold=0.4).at_threshold
    assert lower.recall.value == 0.75


def test_all_right_is_not_certain():
    truth = {"m": [Event(61.0 * n, "PASS") for n in range(1, 9)]}
    [score] = exact_scores(truth, truth, ["PASS"]).average_precision
    assert (score.value, score.high) == (1, 1)
    assert 0.5 < score.low < 0.8


def test_edges():
    nothing = exact_scores({"m": []}, {}, ["PASS", "GOAL"])
    assert [score.n for score in (*nothing.means.values(), *nothing.average_precision)] == [0] * 4
    # Only a rare class happens: there is a mean over all, none without it.
    goal = {"m": [Event(5.0, "GOAL")]}
    rare = exact_scores(goal, goal, ["PASS", "GOAL"])
    assert (rare.mean_ap.value, rare.means["mAP1"].n) == (1, 0)
    # One minute of play cannot be drawn again, but that one of one is not certain is known.
    missed = exact_scores(goal, {}, ["GOAL"])
    assert missed.mean_ap.value == missed.at_threshold[0].recall.value == 0
    assert missed.mean_ap.high > 0.7

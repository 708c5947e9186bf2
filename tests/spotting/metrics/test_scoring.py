import json
import math

import pytest

from event_worlds import found_in, match_of
from touchline.errors import UsageError
from touchline.spotting.events import Event
from touchline.spotting.metrics.exact import exact_scores
from touchline.spotting.metrics.official import WINDOWS, official_scores
from touchline.spotting.metrics.scoring import score_events

CLASSES = ["PASS", "DRIVE", "GOAL"]


@pytest.fixture(scope="module")
def timelines():
    truth = {name: match_of(CLASSES[:2], seed=seed, count=80) for seed, name in enumerate("ab")}
    truth["a"].append(Event(50.0, "GOAL", team="left"))
    return truth, {name: found_in(truth[name], CLASSES[:2], seed=5) for name in truth}


def test_everything_is_there(timelines):
    truth, found = timelines
    scores = score_events(truth, found, CLASSES, frames_per_second=12.5, window=2, threshold=0.4)
    assert scores.official == official_scores(truth, found, CLASSES, frames_per_second=12.5)
    assert (
        scores.exact.as_dict()
        == exact_scores(truth, found, CLASSES, window=2, threshold=0.4).as_dict()
    )
    written = json.loads(json.dumps(scores.as_dict(), allow_nan=False))
    assert list(written) == [
        "classes", "matches", "frames_per_second", "official", "official_at1_means", "exact",
        "baselines", "notes",
    ]  # fmt: skip
    assert list(written["official"]) == list(WINDOWS)
    assert written["official"]["at1"]["a_mAP"] == written["official_at1_means"]["mAP3"]
    per_class = written["official"]["at1"]["a_mAP_per_class"]
    assert written["official_at1_means"]["mAP2"] == sum(per_class[:2]) / 2
    assert list(written["baselines"]) == ["majority", "chance"]
    assert written["notes"] == ["Fewer than 20 true events, too few to say much: 'GOAL'."]


def test_the_text_has_baselines_counts_and_doubts(timelines):
    lines = score_events(*timelines, CLASSES).describe().splitlines()
    assert lines[0] == "Matches: 2; grid of 25 frames a second"
    assert lines[1].split() == ["score", "value", "majority", "chance"]
    assert lines[2].startswith("exact mAP3 within 0.5 s")
    assert "(n = 161)" in lines[2]
    assert lines[3].startswith("exact mAP2 within 0.5 s")
    assert [line.split()[1].strip(",") for line in lines if line.startswith("official")] == [
        *WINDOWS, "at1", *WINDOWS,
    ]  # fmt: skip
    [goal] = [line for line in lines if line.startswith("GOAL")]
    assert "(n = 1)" in goal
    assert goal.endswith("too few to say")
    assert lines[-1] == "Fewer than 20 true events, too few to say much: 'GOAL'."


def test_what_is_left_out_is_said():
    truth = {"a": [Event(1.0, "PASS"), Event(2.0, "TEA"), Event(3.0, "PASS", half=3)], "b": []}
    found = {"a": [Event(1.0, "PASS", 1.5), Event(4.0, "BALL", 0.5), Event(5.0, "PASS", math.nan)],
             "c": [Event(1.0, "PASS", 0.5)]}  # fmt: skip
    assert score_events(truth, found, ["PASS"]).notes == (
        "No predictions, so nothing found, for 'b'.",
        "Left out, for there is no truth: predictions for 'c'.",
        "True events of other classes, left out: 1 ('TEA').",
        "True events of other halves, left out of the official scores: 1.",
        "Predicted events of other classes, left out: 1 ('BALL').",
        "Predicted events with a confidence outside 0 to 1: 2.",
        "Fewer than 20 true events, too few to say much: 'PASS'.",
    )


def test_nothing_found_scores_nothing():
    scores = score_events({"m": [Event(1.0, "PASS")]}, {"m": []}, ["PASS"])
    assert scores.official["at1"].mean == scores.exact.mean_ap.value == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"truth": {}}, "one true event of 'PASS'; found none .matches: 0"),
        ({"classes": ["TEA"]}, "at least one true event of 'TEA'; found none .matches: 1"),
        ({"predictions": {}}, "predictions for matches such as 'm'; found predictions for nothing"),
        ({"predictions": {"x": []}}, "such as 'm'; found predictions for 'x'"),
        ({"window": 0}, "a window of more than 0 s; found 0 s"),
        ({"window": math.nan}, "a window of more than 0 s; found nan s"),
        ({"frames_per_second": -1}, "more than 0 frames a second; found -1"),
    ],
)
def test_what_cannot_be_scored_is_refused(change, message):
    truth = {"m": [Event(1.0, "PASS")]}
    arguments = {"truth": truth, "predictions": truth, "classes": ["PASS"]}
    with pytest.raises(UsageError, match=message):
        score_events(**{**arguments, **change})

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import event_worlds
import official_package
from touchline.errors import UsageError
from touchline.spotting.events import Event
from touchline.spotting.metrics.official import WINDOWS, official_scores

BALL = (
    "PASS", "DRIVE", "HEADER", "HIGH PASS", "OUT", "CROSS", "THROW IN", "SHOT",
    "BALL PLAYER BLOCK", "PLAYER SUCCESSFUL TACKLE", "FREE KICK", "GOAL",
)  # fmt: skip
REAL = Path(__file__).parents[4] / "shared" / "data" / "soccernet-ball"


def largest_difference(official: dict, ours) -> float:
    found = ours.as_dict()
    return max(np.abs(np.subtract(value, found[name])).max() for name, value in official.items())


def world(classes, *, matches=2, count=200, halves=2, seed=0, unshown=0.2):
    truth, found = {}, {}
    for number in range(matches):
        name = f"league/season/match {number}"
        truth[name] = event_worlds.match_of(
            classes, seed=seed + number, count=count, halves=halves, unshown=unshown
        )
        predicted = event_worlds.found_in(truth[name], classes, seed=seed + 50 + number)
        found[name] = event_worlds.spoilt(predicted, seed=seed + 100 + number)
    return truth, found


def same_as_package(truth, found, classes, rate, metrics):
    dense = official_package.vectors(truth, found, classes, rate=rate)
    ours = official_scores(truth, found, classes, frames_per_second=rate, metrics=metrics)
    for metric in metrics:
        official = official_package.average_map(dense, metric, rate)
        assert largest_difference(official, ours[metric]) == 0, metric
    return ours


@pytest.mark.parametrize("metric", WINDOWS)
def test_the_package_reads_our_files_to_the_same_scores(metric, tmp_path):
    classes = ("PASS", "DRIVE", "NEVER HAPPENS")
    truth, found = world(classes[:2], count=80)
    # A match that is found empty, and times that end in a fraction of a millisecond.
    truth["league/season/not found"] = truth["league/season/match 0"][:20]
    official = official_package.evaluate_files(
        truth, found, classes, rate=2, metric=metric, folder=tmp_path
    )
    ours = official_scores(truth, found, classes, frames_per_second=2)[metric]
    assert largest_difference(official, ours) == 0
    assert 0.1 < ours.mean < 0.6
    assert ours.per_class[2] == 0


def test_twelve_classes_on_the_grid_of_25():
    truth, found = world(BALL, count=300)
    ours = same_as_package(truth, found, BALL, 25, ["at1", "at4"])
    assert 0.1 < ours["at1"].mean < 0.9
    # Sides are set, so that there is a team score beside.
    assert 0 < ours["at1"].team_mean < 1


def test_two_classes_in_all_windows_on_both_grids():
    truth, found = world(BALL[:2], matches=1, count=150, halves=1)
    for rate in (2, 25):
        same_as_package(truth, found, BALL[:2], rate, ["tight", "loose"])


def test_windows_that_swallow_one_another():
    # Dense predictions, wide windows: hardly any event is alone with its prediction.
    generator = np.random.default_rng(4)
    truth = {"m": [Event(float(t), "PASS") for t in generator.uniform(0, 300, 80)]}
    found = {
        "m": [
            Event(float(t), "PASS", round(float(c), 2))
            for t, c in generator.uniform(size=(900, 2)) * [320, 1]
        ]
    }
    same_as_package(truth, found, ["PASS"], 2, ["at1", "at5", "loose"])


events = st.builds(
    Event,
    seconds=st.integers(0, 24).map(lambda steps: 0.25 * steps),
    label=st.sampled_from(["PASS", "DRIVE"]),
    confidence=st.sampled_from([0.0, 0.004, 0.25, 0.5, 0.5, 0.75, 1.0, 1.2, -1.0]),
    half=st.sampled_from([1, 1, 2]),
    visible=st.booleans(),
)


@given(truth=st.lists(events, max_size=8), found=st.lists(events, max_size=14))
@settings(max_examples=30, deadline=None)
def test_any_few_events_score_as_in_the_package(truth, found):
    same_as_package({"m": truth}, {"m": found}, ["PASS", "DRIVE"], 2, ["at1", "at3"])


@pytest.mark.parametrize(
    ("rate", "metrics", "classes"),
    [(25, ["at1", "at5"], BALL), (25, ["tight"], BALL[:2]), (2, ["tight"], BALL),
     (2, ["at2", "loose"], BALL[:2])],
)  # fmt: skip
def test_real_annotations_score_as_in_the_package(rate, metrics, classes):
    files = sorted(REAL.rglob("Labels-ball.json"))
    if not files:
        pytest.skip("the real ball-action annotations are not beside the project")
    truth = {
        str(path.parent.relative_to(REAL)): [
            Event(int(each["position"]) / 1000, each["label"])
            for each in json.loads(path.read_text())["annotations"]
        ]
        for path in files
    }
    found = {
        name: event_worlds.spoilt(event_worlds.found_in(events, BALL, seed=1), seed=2)
        for name, events in truth.items()
    }
    ours = same_as_package(truth, found, classes, rate, metrics)
    assert ours[metrics[0]].mean > 0.2


def test_unshown_events_of_an_average_over_windows_are_multiplied_by_17_13():
    truth = {"m": [Event(10.0, "PASS", visible=False), Event(100.0, "PASS")]}
    found = {"m": [Event(10.0, "PASS", 0.9), Event(100.0, "PASS", 0.9)]}
    scores = official_scores(truth, found, ["PASS"])
    assert scores["tight"].mean_unshown == 17 / 13
    assert scores["tight"].per_class_unshown == (1.0,)
    assert scores["at1"].mean_unshown == 1.0
    assert scores["tight"].mean_visible == scores["tight"].mean == 1.0


@pytest.mark.parametrize(
    ("rate", "cells", "score"), [(25, 12, 1.0), (25, 13, 0.0), (12.5, 6, 1.0), (12.5, 7, 0.0),
                                 (2, 1, 1.0), (2, 2, 0.0), (50, 25, 1.0), (50, 26, 0.0)],
)  # fmt: skip
@pytest.mark.parametrize("direction", [-1, 1])
def test_at1_reaches_half_a_second_in_whole_cells(rate, cells, score, direction):
    truth = {"m": [Event(100.0, "PASS")]}
    found = {"m": [Event(100.0 + direction * cells / rate, "PASS", 0.9)]}
    found_scores = official_scores(truth, found, ["PASS"], frames_per_second=rate, metrics=["at1"])
    assert found_scores["at1"].mean == score


def test_a_team_score_weighs_sides_by_their_events():
    left = [Event(10.0 * n, "PASS", team="left") for n in range(1, 4)]
    right = [Event(100.0, "PASS", team="right")]
    found = {"m": [replace(event, confidence=0.9) for event in left]}
    scores = official_scores({"m": left + right}, found, ["PASS", "OUT"], metrics=["at1", "tight"])
    for score in scores.values():
        assert score.team_per_class == (0.75, 0.0)
        assert score.team_mean == 0.375
        assert score.as_dict()["team_mAP"] == 0.375
    # The right action by the wrong side is worth nothing with sides, and all without.
    swapped = {"m": [replace(event, team="right") for event in found["m"]]}
    score = official_scores({"m": left}, swapped, ["PASS"], metrics=["at1"])["at1"]
    assert (score.mean, score.team_mean) == (1.0, 0.0)


def test_each_side_is_scored_as_the_package_scores_a_class_of_its_own():
    classes = BALL[:3]
    truth, found = world(classes, matches=1)

    def sided(timelines):
        return {
            match: [replace(event, label=f"{event.label}-{event.team}") for event in events]
            for match, events in timelines.items()
        }

    names = [f"{label}-{side}" for label in classes for side in ("left", "right")]
    dense = official_package.vectors(sided(truth), sided(found), names, rate=5)
    each = np.reshape(official_package.average_map(dense, "tight", 5)["a_mAP_per_class"], (3, 2))
    counts = sum((np.abs(target).sum(axis=0) for target in dense[0]), np.zeros(6)).reshape(3, 2)
    score = official_scores(truth, found, classes, frames_per_second=5)["tight"]
    expected = (each * counts).sum(axis=1) / counts.sum(axis=1)
    np.testing.assert_array_equal(score.team_per_class, expected)
    assert score.team_mean == expected.mean()


def test_without_sides_there_is_no_team_score():
    truth = {"m": [Event(1.0, "PASS")]}
    score = official_scores(truth, truth, ["PASS"], metrics=["at1"])["at1"]
    assert score.team_mean is None
    assert set(score.as_dict()) == set(official_package.NAMES)


def test_what_is_asked_for_is_given_in_that_order():
    truth = {"m": [Event(1.0, "PASS")]}
    assert list(official_scores(truth, {}, ["PASS"], metrics=["loose", "at2"])) == ["loose", "at2"]
    assert list(official_scores(truth, {}, ["PASS"])) == [
        "at1", "at2", "at3", "at4", "at5", "tight", "loose",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"truth": {}}, "at least one match to score; found none"),
        ({"classes": []}, r"the classes to score, each once; found \[\]"),
        ({"classes": ["PASS", "PASS"]}, "each once; found"),
        ({"frames_per_second": 0}, "a grid of more than 0 frames a second; found 0"),
        ({"frames_per_second": float("nan")}, "frames a second; found nan"),
        ({"metrics": ["at6"]}, "a metric among at1, at2.*; found 'at6'"),
        ({"truth": {"m": [Event(float("nan"), "PASS")]}}, "a time in seconds .* found nan"),
        ({"predictions": {"m": [Event(-8000.0, "PASS")]}}, "from the start .* found -8000.0"),
    ],
)
def test_what_cannot_be_scored_is_refused(change, message):
    arguments = {"truth": {"m": [Event(1.0, "PASS")]}, "predictions": {}, "classes": ["PASS"]}
    with pytest.raises(UsageError, match=message):
        official_scores(**{**arguments, **change})

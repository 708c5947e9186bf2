"""Events counted by class, split, team and minute."""

import math

from touchline.spotting.events import Event
from touchline.spotting.explore.counts import count_classes, count_minutes, count_splits
from touchline.spotting.matches import Match, MatchData

DATA = MatchData(
    (
        Match("a", (), (Event(0.0, "OUT", team="left"), Event(59.99, "PASS", visible=False),
                        Event(60.0, "PASS", team="right")), "train"),
        Match("b", (), (Event(130.0, "OUT"), Event(5.0, "OUT", half=2)), "test"),
        Match("c", (), (), "challenge", labelled=False),
    ),
    ("PASS", "OUT", "GOAL"),
)  # fmt: skip


def test_splits_and_their_majority() -> None:
    train, test, challenge = count_splits(DATA)
    assert (train.matches, train.events, train.majority) == (1, 3, "PASS")
    assert train.majority_share.value == 2 / 3
    assert (test.majority, test.majority_share.n) == ("OUT", 2)
    assert (challenge.matches, challenge.annotated, challenge.majority) == (1, 0, "")
    assert math.isnan(challenge.majority_share.value)


def test_of_two_majorities_the_first_in_the_order_of_classes() -> None:
    events = (Event(1.0, "OUT"), Event(2.0, "PASS"))
    (split,) = count_splits(MatchData((Match("a", (), events),), ("PASS", "OUT")))
    assert split.majority == "PASS"


def test_classes_by_split_team_and_visibility() -> None:
    passes, outs, goals = count_classes(DATA)
    assert (passes.by_split, passes.right, passes.left, passes.not_shown) == ((2, 0, 0), 1, 0, 1)
    assert (outs.by_split, outs.left, outs.events) == ((1, 2, 0), 1, 3)
    assert goals.events == 0


def test_minutes_by_half() -> None:
    found = count_minutes(DATA)
    assert found[1].tolist() == [[1, 1, 0], [1, 0, 1], [0, 0, 0]]
    assert found[2].tolist() == [[0], [1], [0]]


def test_nothing_to_count() -> None:
    empty = MatchData((), ())
    assert (count_splits(empty), count_classes(empty), count_minutes(empty)) == ((), (), {})

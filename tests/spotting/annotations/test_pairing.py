"""Which predictions belong to which match."""

import pytest

from touchline.errors import UsageError
from touchline.spotting.annotations.pairing import pair_games
from touchline.spotting.events import Event
from touchline.spotting.matches import Match

PASS = (Event(1.0, "PASS"),)


def match(name: str, labelled: bool = True) -> Match:
    return Match(name, (), PASS, labelled=labelled)


def paired(truth: list[str], predictions: list[str], **settings: bool) -> list[int]:
    """For each match, how many of its predictions there are; the name's place tells which."""
    given = {name: PASS * (place + 1) for place, name in enumerate(predictions)}
    found = pair_games([match(name) for name in truth], given, **settings)
    assert [pair.match.name for pair in found.pairs] == truth
    return [len(pair.predictions) for pair in found.pairs]


def test_equal_names_in_any_order() -> None:
    assert paired(["l/a", "l/b"], ["l/b", "l/a"]) == [2, 1]


def test_one_against_one_whatever_the_names() -> None:
    assert paired(["x"], ["results_spotting"]) == [1]


def test_the_end_of_a_name_is_enough_where_it_is_of_one() -> None:
    assert paired(["l/a", "l/b"], ["b", "root/l/a"]) == [2, 1]


@pytest.mark.parametrize(
    ("truth", "predictions"),
    [(["x/a", "y/a"], ["a", "b"]), (["a", "b"], ["x/a", "y/a", "b"])],
)
def test_an_end_of_two_names_is_of_neither(truth: list[str], predictions: list[str]) -> None:
    with pytest.raises(UsageError, match="predictions of"):
        paired(truth, predictions)


def test_the_end_is_taken_part_by_part() -> None:
    with pytest.raises(UsageError, match="predictions of 'l/xa'; found those of 'a', 'l/b'"):
        paired(["l/xa", "l/b"], ["a", "l/b"])


def test_missing_predictions_are_refused_unless_allowed() -> None:
    with pytest.raises(UsageError, match="Wanted predictions of 'b'; found those of 'a', 'c'"):
        paired(["a", "b"], ["a", "c"])
    assert paired(["a", "b"], ["a", "c"], allow_missing=True) == [1, 0]


def test_no_name_in_common_is_refused_even_so() -> None:
    with pytest.raises(UsageError, match="score one split only"):
        paired(["a", "b"], ["c", "d"], allow_missing=True)


def test_what_is_not_scored_is_said() -> None:
    truth = [match("a"), match("b"), match("hidden", labelled=False)]
    found = pair_games(truth, {"a": PASS, "other": ()}, allow_missing=True)
    assert found.notes == (
        "Scored without predictions, as if nothing had been found: 'b'.",
        "Not scored, for nobody has annotated them: 'hidden'.",
        "Predictions not scored, for they are of no match with annotations: 'other'.",
    )
    assert pair_games([match("a")], {"a": ()}).notes == ()


def test_nothing_annotated_is_refused() -> None:
    with pytest.raises(UsageError, match=r"at least one annotated match .*; found 'a'"):
        pair_games([match("a", labelled=False)], {"a": PASS})
    with pytest.raises(UsageError, match="found none"):
        pair_games([], {"a": PASS})


def test_no_predictions_at_all_are_refused() -> None:
    with pytest.raises(UsageError, match="predictions of 'a'; found those of none"):
        paired(["a"], [])

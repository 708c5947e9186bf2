"""Each sentence is proved on random numbers: what is said to rank alike does, the rest does not."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vectors_in_actions
from touchline.errors import UsageError
from touchline.reid.distances import FeatureDistances
from touchline.reid.ensembles.algebra import same_by_algebra
from touchline.reid.ensembles.ensemble import Ensemble, mixed

EVERY = slice(None)
RUNS = ("osnet", "resnet", "vit")
ALIKE = dict.fromkeys(RUNS, 1.0)
ROUNDING = 1e-5


def features(seed):
    """Runs with features of different lengths for the same crops."""
    vectors = [
        vectors_in_actions.clusters(52, seed=10 * seed + place, features=6 + place)
        for place in range(len(RUNS))
    ]
    return {
        run: FeatureDistances(each[:12], each[12:])
        for run, each in zip(RUNS, vectors, strict=True)
    }  # fmt: skip


def rank_alike(first, second, seed):
    """Whether no query sees two crops in one order by one ensemble, in the other by the other."""
    one, other = (
        mixed(ensemble, features(seed)).block(EVERY, EVERY) for ensemble in (first, second)
    )
    nearer = [each[:, :, None] - each[:, None, :] for each in (one, other)]
    return not ((nearer[0] > ROUNDING) & (nearer[1] < -ROUNDING)).any()


def sentence(first, second):
    found = same_by_algebra({"a": first, "b": second})
    return found[0] if found else ""


CASES = {
    "is the mean of their squared distances": (
        Ensemble("concatenation", ALIKE), Ensemble("mean", ALIKE),
    ),
    "multiplied by the roots of weights": (
        Ensemble("mean", {"osnet": 0.6, "vit": 0.4}),
        Ensemble("concatenation", {"osnet": 0.6, "vit": 0.4}),
    ),
    "their weights are proportional": (
        Ensemble("borda", {"osnet": 2, "vit": 1}), Ensemble("borda", {"osnet": 6, "vit": 3}),
    ),
    "distances; and their weights are proportional": (
        Ensemble("mean", {"osnet": 2, "vit": 1}),
        Ensemble("concatenation", {"osnet": 6, "vit": 3}),
    ),
    "both rank as the one run that counts, 'vit', does": (
        Ensemble("reciprocal", {"vit": 2, "osnet": 0}), Ensemble("concatenation", {"vit": 1}),
    ),
    "they mix the same runs in the same way": (
        Ensemble("mean", {"osnet": 2, "vit": 1}),
        Ensemble("mean", {"vit": 1, "osnet": 2, "resnet": 0}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("said", CASES)
def test_a_sentence_says_why(said):
    found = sentence(*CASES[said])
    assert found.startswith("'a' and 'b' are one method: ")
    assert said in found


@pytest.mark.parametrize("said", CASES)
@given(seed=st.integers(0, 1000))
def test_the_sentence_holds_on_any_data(said, seed):
    assert rank_alike(*CASES[said], seed)


WEIGHTS = st.fixed_dictionaries({run: st.sampled_from([0.0, 1.0, 2.0, 5.0]) for run in RUNS})
ENSEMBLES = st.builds(
    Ensemble,
    st.sampled_from(["concatenation", "mean", "borda", "reciprocal"]),
    WEIGHTS.filter(lambda weights: any(weights.values())),
)


@given(first=ENSEMBLES, second=ENSEMBLES)
def test_it_is_said_of_those_that_rank_alike_and_of_no_others(first, second):
    assert bool(sentence(first, second)) == all(rank_alike(first, second, s) for s in range(3))


def test_every_pair_of_a_table_is_looked_at():
    table = {"a": CASES["their weights are proportional"][0], "x": Ensemble("borda", ALIKE)}
    table |= {"b": CASES["their weights are proportional"][1], "c": table["a"]}
    pairs = [set(said.split("'")[1:4:2]) for said in same_by_algebra(table)]
    assert pairs == [set(pair) for pair in combinations("abc", 2)]


def test_nothing_is_said_of_nothing():
    assert same_by_algebra({}) == []


def test_weights_that_cannot_be_shared_out_are_refused():
    broken = Ensemble("mean", {"osnet": -1.0})
    with pytest.raises(UsageError, match="1 weights that are not negative"):
        same_by_algebra({"a": broken, "b": broken})

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from touchline.spotting.metrics.largest_matching import match_by_confidence

times = st.lists(st.integers(0, 60), max_size=14).map(sorted)
reaches = st.sampled_from([0, 1, 3, 8, 100])


def largest(truth, predicted, reach):
    """How many pairs there can be, from a library that knows nothing of times."""
    if not len(truth) or not len(predicted):
        return 0
    near = np.abs(np.subtract.outer(predicted, truth)) <= reach
    return int((maximum_bipartite_matching(csr_matrix(near)) >= 0).sum())


def matched(truth, predicted, confidence, reach):
    return match_by_confidence(
        np.array(truth, dtype=np.int64), np.array(predicted, dtype=np.int64),
        np.array(confidence, dtype=float), reach,
    )  # fmt: skip


@given(times, times, reaches, st.data())
@settings(max_examples=200, deadline=None)
def test_at_every_threshold_the_matching_is_as_large_as_can_be(truth, predicted, reach, data):
    some = st.sampled_from([0.1, 0.3, 0.5, 0.7, 0.9])
    confidence = data.draw(st.lists(some, min_size=len(predicted), max_size=len(predicted)))
    found = matched(truth, predicted, confidence, reach)
    pairs = [(place, event) for place, event in enumerate(found.tolist()) if event >= 0]
    assert len({event for _, event in pairs}) == len(pairs)
    assert all(abs(predicted[place] - truth[event]) <= reach for place, event in pairs)
    for threshold in (0.1, 0.3, 0.5, 0.7, 0.9):
        kept = [time for time, each in zip(predicted, confidence, strict=True) if each >= threshold]
        right = sum(confidence[place] >= threshold for place, _ in pairs)
        assert right == largest(truth, kept, reach)


def test_a_long_chain_is_handed_on():
    # Each prediction lies between two events and takes the first.
    truth = np.arange(0, 1000, 10)
    predicted = truth + 5
    confidence = np.linspace(0.9, 0.5, 100)
    assert matched(truth, predicted, confidence, 5).tolist() == list(range(100))
    assert matched(truth, predicted[:-1], confidence[:-1], 5).tolist() == list(range(99))
    # One that can only have the first event comes last of all: every other one moves on.
    early = matched(truth, np.append(-5, predicted[:-1]), confidence[::-1], 5)
    assert (early >= 0).all()


def test_what_cannot_be_freed_is_not_searched_again():
    truth, predicted = np.zeros(300), np.zeros(3000)
    found = matched(truth, predicted, np.ones(3000), 0)
    assert (found >= 0).sum() == 300


def test_nothing_matches_nothing():
    assert matched([], [], [], 5).tolist() == []
    assert matched([3], [], [], 5).tolist() == []
    assert matched([], [3], [0.5], 5).tolist() == [-1]

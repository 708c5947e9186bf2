import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from touchline.spotting.metrics.official_matching import match_in_time_order, nearest_is_visible

cells = st.lists(st.integers(0, 40), max_size=12, unique=True).map(sorted)


def obvious_matches(truth, predicted, confidence, window):
    """Every event in turn looks at every prediction."""
    claimed = set()
    for event in truth:
        best = None
        for place, cell in enumerate(predicted):
            near = abs(cell - event) <= window / 2 and place not in claimed
            if near and (best is None or confidence[place] > confidence[best]):
                best = place
        if best is not None:
            claimed.add(best)
    return [place in claimed for place in range(len(predicted))]


@given(cells, cells, st.data(), st.sampled_from([1, 2, 5, 12.5, 25, 80]))
def test_it_is_every_event_in_turn(truth, predicted, data, window):
    some = st.sampled_from([0.0, 0.3, 0.3, 0.9, float("inf")])
    confidence = data.draw(st.lists(some, min_size=len(predicted), max_size=len(predicted)))
    found = match_in_time_order(
        np.array(truth, dtype=int), np.array(predicted, dtype=int), np.array(confidence), window
    )
    assert found.tolist() == obvious_matches(truth, predicted, confidence, window)


def test_the_earliest_of_equals_is_claimed_first():
    one = match_in_time_order(np.array([10]), np.array([8, 12]), np.array([0.5, 0.5]), 10)
    assert one.tolist() == [True, False]


@given(cells, cells, st.data())
def test_the_nearest_is_what_the_dense_vector_says(truth, predicted, data):
    visible = data.draw(st.lists(st.booleans(), min_size=len(truth), max_size=len(truth)))
    nearest = np.full(50, -1)
    bounds = [-truth[0], *truth, 100] if truth else []
    for before, cell, after, shown in zip(bounds, bounds[1:], bounds[2:], visible, strict=False):
        nearest[max(0, (before + cell) // 2) : min(50, (cell + after) // 2)] = 1 if shown else -1
    found = nearest_is_visible(
        np.array(truth, dtype=int), np.array(visible, dtype=bool), np.array(predicted, dtype=int)
    )
    assert found.tolist() == (nearest[np.array(predicted, dtype=int)] > 0).tolist()

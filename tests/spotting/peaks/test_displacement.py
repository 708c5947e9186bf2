import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from touchline.spotting.peaks.displacement import displace, sources

SCORES = st.sampled_from([0.0, 0.25, 0.5, 1.0])


@settings(max_examples=200, deadline=None)
@given(data=st.data(), time=st.integers(0, 12), radius=st.integers(0, 4))
def test_displaced_scores_are_those_of_a_slow_reference(
    data: st.DataObject, time: int, radius: int
) -> None:
    scores = data.draw(arrays.arrays(np.float64, (time, 2), elements=SCORES))
    offset = data.draw(arrays.arrays(np.float64, time, elements=st.floats(-9, 9)))
    wanted = np.zeros_like(scores)
    for step in range(time):
        moved = step + round(min(max(offset[step], -radius), radius))  # a half to the even number
        target = min(max(moved, 0), time - 1)
        wanted[target] = np.maximum(wanted[target], scores[step])
    assert np.array_equal(displace(scores, offset, radius), wanted)
    reverse = displace(scores[::-1], -offset[::-1], radius)[::-1]
    assert np.array_equal(reverse, wanted)


def test_scores_meet_at_the_event_and_each_class_keeps_its_highest() -> None:
    scores = np.array([[0.1, 0.9], [0.3, 0.2], [0.6, 0.4], [0.5, 0.5]])
    moved = displace(scores, np.array([2.0, 1.4, 0.4, -0.6]), radius=4)
    assert moved.tolist() == [[0, 0], [0, 0], [0.6, 0.9], [0, 0]]


def test_the_source_of_equal_scores_is_the_nearest_and_then_the_earlier() -> None:
    scores = np.full((4, 1), 0.5)
    assert sources(scores, np.array([2.0, 1.0, 9.0, -1.0]), 2)[:, 0].tolist() == [-1, -1, 1, 2]
    assert sources(scores, np.array([2.0, 1.0, 0.0, -1.0]), 2)[:, 0].tolist() == [-1, -1, 2, -1]


def test_an_offset_out_of_the_video_points_at_its_end() -> None:
    scores = np.array([[0.4], [0.2], [0.7]])
    assert displace(scores, np.array([-3.0, -3.0, 3.0]), 4)[:, 0].tolist() == [0.4, 0, 0.7]

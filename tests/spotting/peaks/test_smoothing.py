import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from touchline.spotting.peaks.smoothing import reach_of_smoothing, smooth


@settings(max_examples=60, deadline=None)
@given(
    time=st.integers(0, 60), sigma=st.sampled_from([0.4, 1.0, 1.5, 3.0]), seed=st.integers(0, 99)
)
def test_a_gaussian_that_keeps_its_weight_at_the_ends(time: int, sigma: float, seed: int) -> None:
    scores = np.random.default_rng(seed).random((time, 2))
    radius = reach_of_smoothing(sigma)
    smoothed = smooth(scores, sigma)
    if time:

        def gaussian(values: np.ndarray) -> np.ndarray:
            return gaussian_filter1d(values, sigma, axis=0, mode="constant", radius=radius)

        wanted = gaussian(scores) / gaussian(np.ones_like(scores))
        assert smoothed == pytest.approx(wanted, abs=1e-8)
    assert smoothed.shape == scores.shape
    assert np.array_equal(smooth(scores[::-1], sigma)[::-1], smoothed)
    reach = slice(radius, max(radius, time - radius))
    assert np.array_equal(
        smooth(np.pad(scores, ((9, 9), (0, 0))), sigma)[9:-9][reach], smoothed[reach]
    )


def test_an_even_score_stays_even_to_the_last_digit() -> None:
    assert set(smooth(np.full((50, 1), 0.3), 2.0).ravel()) == {0.3}
    assert set(smooth(np.full((50, 1), 1.0), 3.0).ravel()) == {1.0}


def test_no_sigma_no_smoothing() -> None:
    scores = np.random.default_rng(0).random((9, 3))
    assert np.array_equal(smooth(scores, 0.0), scores)

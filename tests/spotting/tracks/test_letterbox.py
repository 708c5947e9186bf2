"""Cutting and scaling frames for a detector of fixed size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.spotting.tracks.letterbox import PADDING, batches, letterbox, squares_across


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(1, 5))
def test_squares_cover_the_frame(width: int, height: int, squares: int) -> None:
    lefts, side = squares_across(width, height, squares)
    covered = {column for left in lefts for column in range(left, left + side)}
    assert covered == set(range(width))
    assert len(lefts) == len(set(lefts)) <= squares


def test_the_frame_lies_top_left_in_blue_green_red_on_grey() -> None:
    frame = np.zeros((1, 3, 4, 8), np.uint8)
    frame[:, 0], frame[:, 2] = 200, 50
    field, scale = letterbox(frame, (16, 16))
    assert scale == 2.0
    assert field.shape == (1, 3, 16, 16)
    assert field[0, :, 0, 0].tolist() == [50.0, 0.0, 200.0]
    assert field[0, :, 7, 15].tolist() == [50.0, 0.0, 200.0]
    assert (field[:, :, 8:] == PADDING).all()


def test_a_frame_of_the_right_size_is_untouched() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (2, 3, 6, 6), dtype=np.uint8)
    field, scale = letterbox(frames, (6, 6))
    assert scale == 1.0
    assert (field.numpy() == frames[:, ::-1]).all()


@pytest.mark.parametrize(
    ("count", "fixed", "sizes"),
    [
        (0, 4, []),
        (5, 2, [(2, 2), (2, 2), (2, 1)]),
        (3, None, [(3, 3)]),
        (9, None, [(8, 8), (1, 1)]),
        (2, 1, [(1, 1), (1, 1)]),
    ],
)
def test_batches_hold_every_crop_once(
    count: int, fixed: int | None, sizes: list[tuple[int, int]]
) -> None:
    made = list(batches((np.full(2, value) for value in range(count)), fixed))
    assert [(len(batch), filled) for batch, filled in made] == sizes
    assert [int(row[0]) for batch, filled in made for row in batch[:filled]] == list(range(count))

"""Who is who: ids stay through motion, gaps and doubt, and end when they should."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from touchline.spotting.tracks.bytetrack import ByteTrackSettings, assign, overlaps, track
from touchline.spotting.tracks.detections import Detections, no_detections
from tracks_drawn import around, seen

PLAIN = ByteTrackSettings(sure=0.5, margin=0.0)


def ids_of(
    *frames: Detections, rate: float = 10, settings: ByteTrackSettings = PLAIN
) -> list[list[int]]:
    return [ids.tolist() for ids in track(frames, rate, settings)]


def test_two_who_move_keep_their_ids_whatever_the_order() -> None:
    frames = []
    for step in range(20):
        one, other = (around(50 + 3 * step, 40), 0.9), (around(300 - 3 * step, 60), 0.8)
        frames.append(seen(one, other) if step % 2 else seen(other, one))
    assert ids_of(*frames) == [[1, 0] if step % 2 else [0, 1] for step in range(20)]


def test_an_id_survives_a_gap_within_the_memory_and_no_longer() -> None:
    def with_gap(length: int) -> list[Detections]:
        walk = [seen((around(50 + 2 * step, 40), 0.9)) for step in range(10)]
        back = [seen((around(50 + 2 * (10 + length), 40), 0.9))]
        return [*walk, *[no_detections()] * length, *back]

    settings = PLAIN.model_copy(update={"memory": 0.5})  # five steps at ten a second
    assert ids_of(*with_gap(5), settings=settings)[-1] == [0]
    assert ids_of(*with_gap(6), settings=settings)[-1] == [1]


def test_faint_detections_continue_a_track_but_never_begin_one() -> None:
    sure, faint = seen((around(50, 40), 0.9)), seen((around(50, 40), 0.15))
    assert ids_of(sure, sure, faint, faint, sure) == [[0], [0], [0], [0], [0]]
    assert ids_of(faint, faint, sure) == [[-1], [-1], [0]]


def test_faint_detections_do_not_revive_a_lost_track() -> None:
    sure, faint = seen((around(50, 40), 0.9)), seen((around(50, 40), 0.15))
    frames = (sure, sure, no_detections(), faint, sure)
    assert ids_of(*frames) == [[0], [0], [], [-1], [0]]


def test_a_sure_detection_goes_before_a_faint_one() -> None:
    start = seen((around(50, 40), 0.9))
    frame = seen((around(50, 40), 0.15), (around(52, 40), 0.9))
    assert ids_of(start, start, frame)[-1] == [-1, 0]


def test_a_flicker_is_forgotten() -> None:
    sure = seen((around(50, 40), 0.9))
    assert ids_of(sure, no_detections(), sure, sure) == [[0], [], [1], [1]]


def test_players_never_become_balls() -> None:
    player = seen((around(50, 40), 0.9))
    ball = seen((around(50, 40), 0.9), balls=(0,))
    assert ids_of(player, player, ball, ball, player) == [[0], [0], [1], [1], [0]]


def test_a_margin_holds_on_when_the_camera_pans() -> None:
    frames = [seen((around(50, 40), 0.9))] * 3 + [seen((around(61, 40), 0.9))]
    assert ids_of(*frames)[-1] == [1]
    grown = PLAIN.model_copy(update={"margin": 0.5})
    assert ids_of(*frames, settings=grown)[-1] == [0]


def test_no_frames_and_empty_frames() -> None:
    assert ids_of() == []
    assert ids_of(no_detections(), no_detections()) == [[], []]


boxes = st.lists(
    st.tuples(*[st.integers(0, 20)] * 2, *[st.integers(0, 10)] * 2).map(
        lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
    ),
    max_size=5,
).map(lambda rows: np.array(rows, float).reshape(-1, 4))


@given(boxes, boxes)
def test_overlaps_by_counting_pixels(some: np.ndarray, others: np.ndarray) -> None:
    def pixels(box: np.ndarray) -> set[tuple[int, int]]:
        left, top, right, bottom = box.astype(int)
        return {(x, y) for x in range(left, right) for y in range(top, bottom)}

    expected = np.array(
        [
            [len(pixels(a) & pixels(b)) / max(1, len(pixels(a) | pixels(b))) for b in others]
            for a in some
        ]
    ).reshape(len(some), len(others))
    np.testing.assert_allclose(overlaps(some, others), expected)


def test_a_margin_grows_boxes_on_each_side() -> None:
    one, other = np.array([[0, 0, 10, 20.0]]), np.array([[12, 0, 22, 20.0]])
    assert overlaps(one, other).item() == 0
    # Grown by half: (-5, -10, 15, 30) and (7, -10, 27, 30) share 8 x 40 of 2 x 800.
    assert overlaps(one, other, 0.5).item() == pytest.approx(320 / 1280)


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 1000), st.floats(0.05, 0.9))
def test_no_better_pairs_exist(rows: int, columns: int, seed: int, least: float) -> None:
    overlap = np.random.default_rng(seed).random((rows, columns))
    pairs = assign(overlap, least)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert all(overlap[pair] >= least for pair in pairs)
    useful = np.where(overlap >= least, overlap, 0)
    useful = useful if rows <= columns else useful.T
    best = max(
        sum(useful[row, column] for row, column in enumerate(order))
        for order in permutations(range(useful.shape[1]), useful.shape[0])
    )
    assert sum(overlap[pair] for pair in pairs) == pytest.approx(best)

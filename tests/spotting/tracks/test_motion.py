"""The many small filters against one Kalman filter with full matrices."""

import numpy as np

from touchline.spotting.tracks.motion import (
    POSITION_NOISE,
    VELOCITY_NOISE,
    begin,
    correct,
    predict,
)

SEEN = np.array([[10, 20, 30, 60], [13, 20, 33, 61], [17, 22, 36, 62], [19, 23, 40, 62]], float)


def full_filter(boxes: np.ndarray) -> list[np.ndarray]:
    """The textbook's eight states (values, velocities); the value after each box."""

    def measured(box: np.ndarray) -> np.ndarray:
        return np.array([box[0] + box[2], box[1] + box[3], 0, 0]) / 2 + np.array(
            [0, 0, box[2] - box[0], box[3] - box[1]]
        )

    def noise(state: np.ndarray, share: float) -> np.ndarray:
        return (share * np.array([state[2], state[3], state[2], state[3]])) ** 2

    move = np.eye(8) + np.eye(8, k=4)
    look = np.eye(4, 8)
    state = np.concatenate([measured(boxes[0]), np.zeros(4)])
    doubt = np.diag(
        np.concatenate([noise(state, 2 * POSITION_NOISE), noise(state, 10 * VELOCITY_NOISE)])
    )
    history = [state[:4]]
    for box in boxes[1:]:
        added = np.diag(
            np.concatenate([noise(state, POSITION_NOISE), noise(state, VELOCITY_NOISE)])
        )
        state, doubt = move @ state, move @ doubt @ move.T + added
        total = look @ doubt @ look.T + np.diag(noise(state, POSITION_NOISE))
        gain = doubt @ look.T @ np.linalg.inv(total)
        state = state + gain @ (measured(box) - look @ state)
        doubt = (np.eye(8) - gain @ look) @ doubt
        history.append(state[:4])
    return history


def test_equal_to_the_full_filter() -> None:
    expected = full_filter(SEEN)
    motion = begin(np.stack([SEEN[0], SEEN[0] + 5]))
    for step, box in enumerate(SEEN[1:], start=1):
        motion = predict(motion, np.array([False, False]))
        untouched = motion.value[1].copy()
        motion = correct(motion, np.array([0]), box[None])
        np.testing.assert_allclose(motion.value[0], expected[step], rtol=1e-12)
        assert (motion.value[1] == untouched).all()


def test_a_steady_walk_is_foreseen_and_its_size_kept_when_unseen() -> None:
    motion = begin(np.array([[0, 0, 10, 20.0]]))
    for step in range(1, 40):
        motion = predict(motion, np.array([False]))
        # The box moves by 2 and grows by 1 each step.
        box = np.array([[2 * step, 0, 2 * step + 10 + step, 20.0]])
        motion = correct(motion, np.array([0]), box)
    size = motion.value[0, 2]
    for _ in range(5):
        motion = predict(motion, np.array([True]))
    assert motion.value[0, 2] == size
    np.testing.assert_allclose(motion.velocity[0, 0], 2.5, atol=0.05)
    np.testing.assert_allclose(motion.value[0, 0], 2.5 * 44 + 5, atol=0.5)


def test_boxes_come_back_and_none_is_no_trouble() -> None:
    np.testing.assert_allclose(begin(SEEN).boxes(), SEEN)
    nothing = begin(np.zeros((0, 4)))
    nothing = correct(predict(nothing, np.zeros(0, bool)), np.zeros(0, int), np.zeros((0, 4)))
    assert nothing.boxes().shape == (0, 4)
    joined = nothing.join(begin(SEEN)).take(np.array([True, False, False, True]))
    np.testing.assert_allclose(joined.boxes(), SEEN[[0, 3]])

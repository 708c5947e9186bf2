"""A Kalman filter of many boxes at once: each drifts at a nearly constant velocity.

Centre and size are four numbers that do not influence each other, so that each has a filter of
its own with two states, value and velocity, whose equations fit in a few lines (Kalman 1960; the
noise grows with the box as in Wojke et al., "Simple Online and Realtime Tracking with a Deep
Association Metric", arXiv:1703.07402). Time runs in steps.
"""

from dataclasses import dataclass, fields

import numpy as np

POSITION_NOISE = 1 / 20
VELOCITY_NOISE = 1 / 160
"""Standard deviations a step, as shares of the box's width (across) and height (down)."""


@dataclass(frozen=True, eq=False)
class Motion:
    """What is believed of `n` boxes; all arrays are `(n, 4)`: centre x and y, width, height.

    Attributes:
        value: pixels.
        velocity: pixels a step.
        variance: of the value.
        covariance: of value and velocity.
        velocity_variance: of the velocity.
    """

    value: np.ndarray
    velocity: np.ndarray
    variance: np.ndarray
    covariance: np.ndarray
    velocity_variance: np.ndarray

    def take(self, chosen: np.ndarray) -> "Motion":
        """The boxes at some places, or those of a mask."""
        return Motion(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def join(self, others: "Motion") -> "Motion":
        """These boxes, then the others."""
        return Motion(*(
            np.concatenate([getattr(self, field.name), getattr(others, field.name)])
            for field in fields(self)
        ))  # fmt: skip

    def boxes(self) -> np.ndarray:
        """Left, top, right, bottom `(n, 4)`."""
        half = self.value[:, 2:] / 2
        return np.concatenate([self.value[:, :2] - half, self.value[:, :2] + half], axis=1)


def begin(boxes: np.ndarray) -> Motion:
    """Boxes `(n, 4)` seen for the first time, believed to stand still, though not firmly."""
    value = _centre_and_size(boxes)
    scale = _scale(value)
    return Motion(
        value, np.zeros_like(value), (2 * POSITION_NOISE * scale) ** 2, np.zeros_like(value),
        (10 * VELOCITY_NOISE * scale) ** 2,
    )  # fmt: skip


def predict(motion: Motion, unseen: np.ndarray) -> Motion:
    """One step later.

    Args:
        motion: the boxes.
        unseen: `(n,)` bool: boxes not seen at the last step; they keep their size, which would
            otherwise shrink or grow without end.
    """
    scale = _scale(motion.value)
    velocity = motion.velocity.copy()
    velocity[unseen, 2:] = 0
    return Motion(
        motion.value + velocity,
        velocity,
        motion.variance + 2 * motion.covariance + motion.velocity_variance
        + (POSITION_NOISE * scale) ** 2,
        motion.covariance + motion.velocity_variance,
        motion.velocity_variance + (VELOCITY_NOISE * scale) ** 2,
    )  # fmt: skip


def correct(motion: Motion, places: np.ndarray, boxes: np.ndarray) -> Motion:
    """Take in that the boxes at `places` `(m,)` were seen at `boxes` `(m, 4)`."""
    before = motion.take(places)
    total = before.variance + (POSITION_NOISE * _scale(before.value)) ** 2
    gain, velocity_gain = before.variance / total, before.covariance / total
    surprise = _centre_and_size(boxes) - before.value
    after = Motion(
        before.value + gain * surprise,
        before.velocity + velocity_gain * surprise,
        (1 - gain) * before.variance,
        (1 - gain) * before.covariance,
        before.velocity_variance - velocity_gain * before.covariance,
    )
    arrays = []
    for field in fields(motion):
        array = getattr(motion, field.name).copy()
        array[places] = getattr(after, field.name)
        arrays.append(array)
    return Motion(*arrays)


def _centre_and_size(boxes: np.ndarray) -> np.ndarray:
    corners = boxes.astype(np.float64)
    return np.concatenate(
        [(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], axis=1
    )


def _scale(value: np.ndarray) -> np.ndarray:
    """Width and height twice over, at least a pixel, `(n, 4)`."""
    scale: np.ndarray = np.maximum(np.tile(value[:, 2:], 2), 1.0)
    return scale

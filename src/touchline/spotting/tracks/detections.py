"""What a detector sees in one frame, and what any detector promises."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

Kind = Literal["player", "ball"]

KIND_OF_CLASS: Mapping[str, Kind] = {
    "person": "player", "player": "player", "goalkeeper": "player", "referee": "player",
    "sports ball": "ball", "ball": "ball",
}  # fmt: skip
"""Which classes of a detector count: COCO's two, and those of detectors made for football."""


@dataclass(frozen=True, eq=False)
class Detections:
    """The players and balls of one frame.

    Attributes:
        boxes: `(n, 4)` float32: left, top, right, bottom in pixels of the frame.
        confidence: `(n,)` float32 in [0, 1].
        balls: `(n,)` bool: which of them are balls; the others are players.

    Raises:
        ValueError: when the shapes do not fit each other.
    """

    boxes: np.ndarray
    confidence: np.ndarray
    balls: np.ndarray

    def __post_init__(self) -> None:
        count = len(self.boxes)
        shapes = (self.boxes.shape, self.confidence.shape, self.balls.shape)
        if shapes != ((count, 4), (count,), (count,)):
            raise ValueError(f"boxes, confidence and balls of one length, not {shapes}")

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What each of them is, in words."""
        return tuple("ball" if ball else "player" for ball in self.balls)


def no_detections() -> Detections:
    """What is seen where there is nothing.

    >>> len(no_detections())
    0
    """
    return Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, bool))


class Detector(Protocol):
    """Something that finds players and balls in frames.

    Attributes:
        fingerprint: changes whenever the answers may: names the weights and the settings.
    """

    fingerprint: str

    def __call__(self, frames: np.ndarray) -> list[Detections]:
        """Look at uint8 RGB frames `(n, 3, height, width)`; one answer for each, in order."""
        ...

"""Made-up detections and tracks for the tests of tracking."""

import numpy as np

from touchline.spotting.tracks.bytetrack import ByteTrackSettings
from touchline.spotting.tracks.detections import Detections
from touchline.spotting.tracks.table import Tracks, follow

SIZE = (400, 200)
Box = tuple[float, float, float, float]


def seen(*found: tuple[Box, float], balls: tuple[int, ...] = ()) -> Detections:
    """Boxes with their confidences; the places in `balls` are balls."""
    boxes = np.array([box for box, _ in found], np.float32).reshape(-1, 4)
    confidence = np.array([sure for _, sure in found], np.float32)
    return Detections(boxes, confidence, np.isin(np.arange(len(found)), balls))


def around(x: float, y: float, width: float = 10, height: float = 20) -> Box:
    """A box by its centre."""
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def random_tracks(seed: int, steps: int = 12) -> Tracks:
    """Players who wander, appear and vanish, and a ball seen now and then."""
    rng = np.random.default_rng(seed)
    places = rng.uniform((60, 60), (340, 140), (5, 2))
    frames = []
    for _ in range(steps):
        places += rng.normal(0, 2, places.shape)
        there = [(around(*place), 0.9) for place in places[rng.random(5) < 0.8]]
        ball = [(around(*rng.uniform((10, 10), (390, 190)), 4, 4), 0.5)] * int(rng.random() < 0.5)
        frames.append(seen(*there, *ball, balls=tuple(range(len(there), len(there) + len(ball)))))
    return follow(frames, 10.0, *SIZE, ByteTrackSettings(sure=0.3))

import numpy as np
import pytest

from touchline.spotting.tracks.detections import Detections
from tracks_drawn import around, seen


def test_kinds_in_words() -> None:
    found = seen((around(5, 5), 0.9), (around(9, 9), 0.4), balls=(1,))
    assert found.kinds == ("player", "ball")
    assert len(found) == 2


@pytest.mark.parametrize("shapes", [((2, 4), 1, 2), ((2, 4), 2, 1), ((2, 3), 2, 2), ((4,), 4, 4)])
def test_columns_of_other_lengths_are_refused(shapes: tuple[tuple[int, ...], int, int]) -> None:
    boxes, confidence, balls = shapes
    with pytest.raises(ValueError, match="boxes, confidence and balls of one length, not"):
        Detections(np.zeros(boxes), np.zeros(confidence), np.zeros(balls, bool))

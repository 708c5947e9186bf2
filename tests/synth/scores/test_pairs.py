"""Pictures of generated photos beside their nearest."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from scored_worlds import drawn
from touchline.synth.scores.copies import Copies, find_copies
from touchline.synth.scores.pairs import GAP, write_pairs


def halves_of(path: Path) -> tuple[np.ndarray, np.ndarray]:
    picture = np.array(Image.open(path))
    return picture[:, :64], picture[:, 64 + GAP :]


def test_left_the_sample_right_its_nearest_as_it_was_compared(tmp_path: Path) -> None:
    training = drawn((0, 1, 2), 1)
    samples = torch.stack([training.pixels[4], training.pixels[2].flip(-1)])
    paths = write_pairs(
        tmp_path / "pairs", samples, training.pixels, find_copies(samples, training)
    )
    assert sorted(path.name for path in paths) == ["0.png", "1.png"]
    for number in range(2):
        left, right = halves_of(tmp_path / "pairs" / f"{number}.png")
        np.testing.assert_array_equal(left, samples[number].permute(1, 2, 0).numpy())
        np.testing.assert_array_equal(left, right)


def test_the_nearest_come_first_and_no_more_than_asked_for(tmp_path: Path) -> None:
    pixels = drawn((0, 1), 1).pixels
    distance = np.array([0.9, 0.1, 0.5, 0.1])
    copies = Copies(np.zeros(4, int), np.zeros(4, bool), distance, 0.2)
    paths = write_pairs(tmp_path, pixels[:4], pixels, copies, most=3)
    assert [path.name for path in paths] == ["1.png", "3.png", "2.png"]

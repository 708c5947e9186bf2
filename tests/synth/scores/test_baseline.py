"""Noisy copies and halves."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from scored_worlds import drawn
from touchline.synth.scores.baseline import STRENGTHS, halves, noisy_copies


def test_copies_bear_their_photos_classes_and_no_photo_twice_while_others_are_left() -> None:
    photos = drawn((0, 1), 2)
    pixels, labels = noisy_copies(photos, len(photos), 0.0, seed=1)
    assert sorted(labels.tolist()) == sorted(photos.labels.tolist())
    found = [
        next(i for i, own in enumerate(photos.pixels) if torch.equal(own, each)) for each in pixels
    ]
    assert sorted(found) == list(range(len(photos)))
    assert photos.labels[found].tolist() == labels.tolist()


def test_more_copies_than_photos_take_photos_again() -> None:
    pixels, labels = noisy_copies(drawn((0, 1), 1), 15, 0.1, seed=0)
    assert (len(pixels), len(labels)) == (15, 15)


@pytest.mark.parametrize("strength", STRENGTHS[:3])
def test_the_noise_is_as_strong_as_stated(strength: float) -> None:
    grey = torch.full((2, 3, 64, 64), 128, dtype=torch.uint8)
    photos = replace(drawn((0, 1), 1).take(np.arange(2)), pixels=grey)
    noisy, _ = noisy_copies(photos, 2, strength, seed=0)
    assert noisy.float().std().item() / 255 == pytest.approx(strength, rel=0.05)
    assert noisy.dtype == torch.uint8
    assert not torch.equal(noisy, noisy_copies(photos, 2, strength, seed=1)[0])
    assert torch.equal(noisy, noisy_copies(photos, 2, strength, seed=0)[0])


def test_halves_share_no_group_and_no_photo() -> None:
    photos = drawn((0, 1, 2, 3), 1)
    parts = halves(photos, seed=0)
    assert parts is not None
    first, second = parts
    assert set(photos.groups[first]).isdisjoint(photos.groups[second])
    assert sorted([*first, *second]) == list(range(len(photos)))


def test_one_group_cannot_be_halved() -> None:
    assert halves(drawn((0,), 2), seed=0) is None

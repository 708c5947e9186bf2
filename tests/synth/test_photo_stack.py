"""Photos as a generator sees them, and the batches it is shown."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from touchline.errors import UsageError
from touchline.photos.data import Photo
from touchline.photos.mirror import MirrorMap
from touchline.synth.photo_stack import PhotoStack, batch_of, stack_photos

MIRROR = MirrorMap(("Hero", "Kick-l", "Kick-r"), (0, 2, 1))


def stack_of(count: int, side: int = 4) -> PhotoStack:
    """Photos of which each can be told by its first pixel, bright on the left half."""
    pixels = torch.zeros(count, 3, side, side, dtype=torch.uint8)
    pixels[:, :, :, : side // 2] = 200
    pixels[:, 0, 0, :] = torch.arange(count, dtype=torch.uint8).view(-1, 1)
    names = tuple(str(number) for number in range(count))
    return PhotoStack(
        pixels, np.arange(count) % 3, tuple(map(Path, names)), names, np.array(names),
        np.array(names),
    )  # fmt: skip


def shown(pixels: torch.Tensor) -> list[int]:
    return [int(each) for each in pixels[:, 0, 0, 0]]


@given(count=st.integers(1, 9), size=st.integers(1, 7), seed=st.integers(0, 99))
def test_every_photo_comes_once_before_any_comes_twice(count: int, size: int, seed: int) -> None:
    photos = stack_of(count)
    steps = [shown(batch_of(photos, None, seed, step, size)[0]) for step in range(12)]
    seen = [photo for step in steps for photo in step]
    counts = Counter(seen[: len(seen) // count * count])
    assert set(counts.values()) <= {len(seen) // count}
    assert len(seen) == 12 * size


def test_a_batch_is_a_matter_of_seed_and_step_alone() -> None:
    photos = stack_of(7)
    first, again = (batch_of(photos, MIRROR, 3, 5, 4) for _ in range(2))
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])
    assert not torch.equal(first[0], batch_of(photos, MIRROR, 4, 5, 4)[0])


def test_what_is_mirrored_is_called_by_its_class_in_the_mirror() -> None:
    photos = stack_of(9)
    mirrored = 0
    for step in range(40):
        pixels, labels = batch_of(photos, MIRROR, 0, step, 4)
        for picture, label, photo in zip(pixels, labels, shown(pixels), strict=True):
            is_mirrored = bool(picture[1, 1, 0] == 0)
            own = int(photos.labels[photo])
            assert int(label) == (MIRROR.partner[own] if is_mirrored else own)
            mirrored += is_mirrored
    assert 50 < mirrored < 110


def test_without_a_map_nothing_is_mirrored() -> None:
    pixels, labels = batch_of(stack_of(9), None, 0, 0, 9)
    assert (pixels[:, 1, 1, 0] == 200).all()
    assert sorted(labels.tolist()) == sorted(np.arange(9) % 3)


def test_photos_are_decoded_in_order_and_framed(world: Path) -> None:
    files = sorted((world / "green").glob("*.jpg"))
    photos = [Photo(path, path.name, "green", group="g" * (n < 2)) for n, path in enumerate(files)]
    hashes, twins = [f"{n}" for n in range(len(files))], [f"t{n}" for n in range(len(files))]
    stack = stack_photos(photos, hashes, twins, ("blue", "green"), 64, "letterbox")
    assert stack.pixels.shape == (12, 3, 64, 64)
    assert stack.labels.tolist() == [1] * 12
    assert stack.groups[:3].tolist() == ["g", "g", files[2].name]
    alone = stack_photos(photos[5:6], hashes[5:6], twins[5:6], ("blue", "green"), 64, "letterbox")
    assert torch.equal(stack.pixels[5], alone.pixels[0])
    chosen = stack.subset(np.array([5, 0]))
    assert chosen.paths == (files[5], files[0])
    assert chosen.sha256s == ("5", "0")
    assert chosen.twins.tolist() == ["t5", "t0"]


def test_one_photo_cannot_be_scored_by() -> None:
    with pytest.raises(UsageError, match="at least 2"):
        _ = stack_of(1).scored
    assert len(stack_of(2).scored) == 2

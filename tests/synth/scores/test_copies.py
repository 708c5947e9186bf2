"""Copies are found however they are disguised, and honest photos are left alone."""

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from scored_worlds import drawn
from touchline.errors import UsageError
from touchline.synth.scores.copies import SURELY, find_copies
from touchline.synth.scores.scored_photos import ScoredPhotos

PLAYERS = tuple(range(6))


@pytest.fixture(scope="module")
def training() -> ScoredPhotos:
    return drawn(PLAYERS, 4)


def noisy(pixels: Tensor, strength: float) -> Tensor:
    noise = torch.randn(pixels.shape, generator=torch.Generator().manual_seed(0))
    return (pixels + 255 * strength * noise).round().clamp(0, 255).to(torch.uint8)


def recompressed(pixels: Tensor, quality: int) -> Tensor:
    copies = []
    for each in pixels:
        file = io.BytesIO()
        Image.fromarray(each.permute(1, 2, 0).numpy()).save(file, "JPEG", quality=quality)
        copies.append(torch.from_numpy(np.array(Image.open(file))).permute(2, 0, 1))
    return torch.stack(copies)


DISGUISES = {
    "none": lambda pixels: pixels,
    "mirrored": lambda pixels: pixels.flip(-1),
    "noise of 5 %": lambda pixels: noisy(pixels, 0.05),
    "noise of 10 %": lambda pixels: noisy(pixels, 0.1),
    "mirrored, with noise": lambda pixels: noisy(pixels.flip(-1), 0.1),
    "recompressed": lambda pixels: recompressed(pixels, 30),
    "brighter": lambda pixels: (pixels.float() * 1.15).clamp(0, 255).to(torch.uint8),
    "moved": lambda pixels: torch.roll(pixels, (2, 2), (2, 3)),
}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_copy_is_found_with_its_photo(disguise: str, training: ScoredPhotos) -> None:
    places = torch.arange(0, len(training), 3)
    found = find_copies(DISGUISES[disguise](training.pixels[places]), training)
    assert found.share.value >= 0.95
    assert (found.nearest == places.numpy()).mean() >= 0.95
    assert found.mirrored.all() == disguise.startswith("mirrored")
    assert found.mirrored.any() == disguise.startswith("mirrored")


@pytest.mark.parametrize(("players", "first"), [(PLAYERS, 10), (tuple(range(20, 26)), 0)])
def test_new_photos_are_no_copies(
    players: tuple[int, ...], first: int, training: ScoredPhotos
) -> None:
    found = find_copies(drawn(players, 2, first).pixels, training)
    assert found.share.value <= 0.1
    assert np.median(found.distance) > 2 * found.threshold * 0.7


def test_noise_that_hides_everything_hides_the_copy_too(training: ScoredPhotos) -> None:
    assert find_copies(noisy(training.pixels[:12], 0.9), training).share.value == 0.0


def test_an_exact_copy_lies_at_distance_0(training: ScoredPhotos) -> None:
    found = find_copies(training.pixels[:5], training)
    np.testing.assert_allclose(found.distance, 0, atol=2e-3)
    assert found.is_copy.tolist() == [True] * 5


def test_bursts_do_not_make_copies_look_usual(training: ScoredPhotos) -> None:
    pixels = torch.cat([training.pixels, noisy(training.pixels, 0.02)])
    twins = np.tile(training.twins, 2)
    doubled = ScoredPhotos(pixels, np.tile(training.labels, 2), np.tile(training.groups, 2), twins)
    apart = find_copies(pixels[:4], training).threshold
    assert find_copies(pixels[:4], doubled).threshold == pytest.approx(apart, rel=0.05)
    blind = replace(doubled, twins=np.arange(len(pixels)))
    assert find_copies(pixels[:4], blind).threshold < apart / 2


def test_where_all_is_one_burst_only_near_identity_is_a_copy(training: ScoredPhotos) -> None:
    burst = replace(training, twins=np.zeros(len(training), int))
    found = find_copies(torch.cat([training.pixels[:1], drawn((30,), 1).pixels]), burst)
    assert found.threshold == SURELY
    assert found.is_copy.tolist() == [True, False, False, False]


def test_an_empty_picture_is_no_copy(training: ScoredPhotos) -> None:
    grey = torch.full((2, 3, 64, 64), 128, dtype=torch.uint8)
    assert find_copies(grey, training).share.value == 0.0


def test_blocks_of_rows_change_nothing(
    training: ScoredPhotos, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = drawn(PLAYERS, 1, 20).pixels
    whole = find_copies(samples, training)
    monkeypatch.setattr("touchline.synth.scores.copies.ROWS_A_BLOCK", 7)
    parts = find_copies(samples, training)
    np.testing.assert_array_equal(whole.nearest, parts.nearest)
    np.testing.assert_allclose(whole.distance, parts.distance, atol=1e-4)
    assert whole.threshold == pytest.approx(parts.threshold, abs=1e-4)


def test_what_json_gets(training: ScoredPhotos) -> None:
    values = find_copies(training.pixels[:5], training).as_dict()
    assert values["share"]["value"] == 1.0
    assert values["share"]["n"] == 5
    assert set(values) == {"share", "threshold", "median_distance"}


@pytest.mark.parametrize(
    ("pixels", "found"),
    [
        (torch.zeros(2, 3, 64, 64), "found float32 of shape"),
        (torch.zeros(2, 1, 64, 64, dtype=torch.uint8), r"found uint8 of shape \(2, 1, 64, 64\)"),
        (torch.zeros(2, 3, 64, 32, dtype=torch.uint8), r"shape \(n, 3, side, side\)"),
        (torch.zeros(1, 3, 64, 64, dtype=torch.uint8), "at least 2 photos to score; found 1"),
    ],
)
def test_what_are_no_photos_is_refused(pixels: Tensor, found: str, training: ScoredPhotos) -> None:
    with pytest.raises(UsageError, match=found):
        find_copies(pixels, training)

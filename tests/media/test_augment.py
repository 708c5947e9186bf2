from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from touchline.errors import UsageError
from touchline.media.augment import ERASED_SHARES, Augmentation, augment
from touchline.media.framing import GREY

SEED_000 = Augmentation(
    degrees=15, translate=0.06, scale=(0.9, 1.1), brightness=0.2, contrast=0.2, saturation=0.2
)
ALL = Augmentation(
    degrees=30, translate=0.1, scale=(0.5, 1.5), crop_area=0.4, brightness=0.4, contrast=0.4,
    saturation=0.4, hue=0.1, blur=2.0, erase=0.5,
)  # fmt: skip


def _rng(*key: int) -> np.random.Generator:
    return np.random.default_rng(key)


def _photo(height: int = 40, width: int = 30) -> Tensor:
    numbers = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (3, height, width), dtype=torch.uint8, generator=numbers)


def _flat(colour: tuple[int, int, int], side: int = 40) -> Tensor:
    return torch.tensor(colour, dtype=torch.uint8).view(3, 1, 1).repeat(1, side, side)


def _colours(image: Tensor) -> set[tuple[int, ...]]:
    return set(map(tuple, image.flatten(1).T.tolist()))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), height=st.integers(1, 24), width=st.integers(1, 24))
def test_any_picture_keeps_its_shape_and_type(seed: int, height: int, width: int) -> None:
    photo = _photo(height, width)
    changed = augment(photo, ALL, _rng(seed))
    assert changed.shape == photo.shape
    assert changed.dtype == torch.uint8
    assert torch.equal(photo, _photo(height, width))  # the given picture is not touched


def test_nothing_asked_nothing_changed() -> None:
    assert torch.equal(augment(_photo(), Augmentation(), _rng(0)), _photo())


@pytest.mark.parametrize("chosen", [SEED_000, ALL])
def test_seed_epoch_and_index_decide_all_in_any_thread(chosen: Augmentation) -> None:
    keys = [(seed, epoch, index) for seed in (0, 1) for epoch in (1, 2) for index in (3, 4)]
    alone = [augment(_photo(), chosen, _rng(*key)) for key in keys]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda key: augment(_photo(), chosen, _rng(*key)), keys * 4))
    for index, image in enumerate(together):
        assert torch.equal(image, alone[index % len(keys)])
    assert len({bytes(image.numpy()) for image in alone}) == len(keys)


def test_torchs_and_numpys_global_numbers_are_left_alone() -> None:
    torch_before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()
    augment(_photo(), ALL, _rng(0))
    assert torch.equal(torch.get_rng_state(), torch_before)
    assert np.array_equal(np.random.get_state()[1], numpy_before)


def test_what_is_laid_bare_is_filled_with_the_letterboxs_grey() -> None:
    bare = augment(_flat(GREY), Augmentation(degrees=45, scale=(0.4, 0.6), erase=1.0), _rng(1))
    assert _colours(bare) == {GREY}  # so letterbox bars and corners are one
    red = augment(_flat((255, 0, 0)), Augmentation(scale=(0.5, 0.5)), _rng(1))
    assert tuple(red[:, 0, 0].tolist()) == GREY
    assert tuple(red[:, 20, 20].tolist()) == (255, 0, 0)


@pytest.mark.parametrize(
    ("chosen", "corner", "place"),
    [
        # A white dot at row 10, column 30 of 41 x 41, whose middle is (20, 20).
        (Augmentation(scale=(1.5, 1.5)), (5, 35), "farther out by half"),
        (Augmentation(scale=(0.5, 0.5)), (15, 25), "half as far out"),
    ],
)
def test_zoom_moves_a_dot_where_it_should(
    chosen: Augmentation, corner: tuple[int, int], place: str
) -> None:
    image = torch.zeros(3, 41, 41, dtype=torch.uint8)
    image[:, 9:12, 29:32] = 255
    row, column = np.argwhere(_blurred_away_from_grey(augment(image, chosen, _rng(0)))).mean(axis=0)
    assert (row, column) == pytest.approx(corner, abs=0.6), place


def _blurred_away_from_grey(image: Tensor) -> np.ndarray:
    """Where the picture is brighter than the grey around it."""
    return image[0].numpy() > 160


def test_rotation_and_shift_stay_within_their_bounds_and_reach_them() -> None:
    image = torch.zeros(3, 101, 101, dtype=torch.uint8)
    image[:, 49:52, 89:92] = 255  # 40 pixels to the right of the middle
    angles, shifts = [], []
    for index in range(60):
        turned = _blurred_away_from_grey(augment(image, Augmentation(degrees=15), _rng(index)))
        row, column = np.argwhere(turned).mean(axis=0) - 50
        angles.append(np.degrees(np.arctan2(-row, column)))
        moved = _blurred_away_from_grey(augment(image, Augmentation(translate=0.06), _rng(index)))
        shifts.append(np.argwhere(moved).mean(axis=0) - (50, 90))
    assert -15.8 < min(angles) < -12
    assert 12 < max(angles) < 15.8
    assert -6.6 < np.min(shifts) < -5
    assert 5 < np.max(shifts) < 6.6
    assert np.std(shifts, axis=0).min() > 2  # both ways, each on its own
    assert abs(np.corrcoef(np.transpose(shifts))[0, 1]) < 0.4


def test_a_crop_keeps_a_part_and_fills_the_picture_with_it() -> None:
    ramp = torch.arange(60, dtype=torch.uint8).view(1, 60, 1).repeat(3, 1, 60)
    kept = []
    for index in range(40):
        rows = augment(ramp, Augmentation(crop_area=0.25), _rng(index))[0, :, 30].float()
        assert (rows.diff() >= 0).all()
        kept.append(float(rows.max() - rows.min()) / 59)
    assert min(kept) < 0.6
    assert min(kept) > 0.4
    assert max(kept) > 0.85


def test_erasing_greys_a_box_as_often_as_asked() -> None:
    changed = []
    for index in range(100):
        erased = augment(_flat((255, 0, 0)), Augmentation(erase=0.3), _rng(index))
        share = float((erased[1] == GREY[1]).float().mean())
        changed.append(share > 0)
        assert share <= ERASED_SHARES[1] + 0.03
        assert share == 0 or share >= ERASED_SHARES[0] - 0.02
        assert _colours(erased) <= {(255, 0, 0), GREY}
    assert 15 < sum(changed) < 45


@pytest.mark.parametrize(
    ("chosen", "unchanged"),
    [
        (Augmentation(brightness=0.5), (0, 0, 0)),  # black stays black
        (Augmentation(contrast=0.5), (77, 77, 77)),  # an even grey has no contrast
        (Augmentation(saturation=0.5), (77, 77, 77)),  # nor any colour
        (Augmentation(hue=0.5), (77, 77, 77)),
        (Augmentation(blur=3.0), (200, 30, 90)),  # nothing to blur
    ],
)
def test_each_change_of_colour_changes_what_it_should(
    chosen: Augmentation, unchanged: tuple[int, int, int]
) -> None:
    for index in range(5):
        flat = augment(_flat(unchanged), chosen, _rng(index)).int() - _flat(unchanged).int()
        assert flat.abs().max() <= 1  # torchvision rounds down
        assert not torch.equal(augment(_photo(), chosen, _rng(index)), _photo())


def test_brightness_stays_within_its_bounds() -> None:
    levels = [
        int(augment(_flat((100, 100, 100)), Augmentation(brightness=0.2), _rng(index))[0, 0, 0])
        for index in range(80)
    ]
    assert 79 <= min(levels) < 85
    assert 115 < max(levels) <= 120


def test_a_picture_is_never_mirrored() -> None:
    image = torch.zeros(3, 41, 41, dtype=torch.uint8)
    image[:, 10:31, 30:38] = 255  # white on the right
    chosen = Augmentation(degrees=40, translate=0.1, scale=(0.8, 1.2), crop_area=0.8)
    for index in range(60):
        white = augment(image, chosen, _rng(index))[0].numpy() == 255
        columns = np.argwhere(white)[:, 1]
        assert columns.size == 0 or columns.mean() > 18


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"degrees": -1}, "degrees between 0 and 180; found -1"),
        ({"translate": 1.1}, "translate between 0 and 1; found 1.1"),
        ({"crop_area": 0.0}, "crop_area between 0 and 1; found 0.0"),
        ({"hue": 0.6}, "hue between 0 and 0.5; found 0.6"),
        ({"blur": -0.1}, "blur between 0 and inf; found -0.1"),
        ({"erase": 2.0}, "erase between 0 and 1; found 2.0"),
        ({"brightness": float("nan")}, "brightness between 0 and 1; found nan"),
        ({"scale": (1.1, 0.9)}, r"two rising factors above 0; found \(1.1, 0.9\)"),
        ({"scale": (0.0, 1.0)}, "two rising factors above 0"),
    ],
)
def test_values_out_of_range_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Augmentation(**values)

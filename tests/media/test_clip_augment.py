from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from touchline.errors import UsageError
from touchline.media.augment import Augmentation
from touchline.media.clip_augment import augment_clip
from touchline.media.framing import GREY

ALL = Augmentation(
    degrees=10, translate=0.1, scale=(0.8, 1.2), crop_area=0.5, brightness=0.4, contrast=0.4,
    saturation=0.4, hue=0.1, blur=2.0, erase=0.5,
)  # fmt: skip


def _rng(*key: int) -> np.random.Generator:
    return np.random.default_rng(key)


def _clip(time: int = 5, channels: int = 3, height: int = 24, width: int = 40) -> Tensor:
    numbers = torch.Generator().manual_seed(0)
    shape = (time, channels, height, width)
    return torch.randint(0, 256, shape, dtype=torch.uint8, generator=numbers)


def _dot(row: int, column: int, time: int = 1, side: int = 101) -> Tensor:
    """White 3 x 3 dots on black, at the same place in every frame."""
    clip = torch.zeros(time, 1, side, side, dtype=torch.uint8)
    clip[:, :, row - 1 : row + 2, column - 1 : column + 2] = 255
    return clip


def _places(clip: Tensor) -> np.ndarray:
    """The row and the column of the dot of each frame that shows it, counted from the middle."""
    lit = [np.argwhere(frame[0].numpy() > 150) for frame in clip]
    shown = np.array([places.mean(axis=0) for places in lit if len(places)]).reshape(-1, 2)
    return shown - (np.array(clip.shape[-2:]) - 1) / 2


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000), time=st.integers(0, 4), channels=st.sampled_from([1, 3]),
    height=st.integers(1, 20), width=st.integers(1, 20),
)  # fmt: skip
def test_any_clip_keeps_its_shape_and_type(
    seed: int, time: int, channels: int, height: int, width: int
) -> None:
    clip = _clip(time, channels, height, width)
    changed = augment_clip(clip, ALL, _rng(seed), camera_motion=0.2)
    assert changed.shape == clip.shape
    assert changed.dtype == torch.uint8
    assert torch.equal(clip, _clip(time, channels, height, width))  # the given one is not touched


def test_nothing_asked_nothing_changed() -> None:
    assert torch.equal(augment_clip(_clip(), Augmentation(), _rng(0)), _clip())


def test_seed_epoch_and_index_decide_all_in_any_thread() -> None:
    keys = [(0, epoch, index) for epoch in (1, 2) for index in range(4)]

    def changed(key: tuple[int, ...]) -> Tensor:
        return augment_clip(_clip(), ALL, _rng(*key), camera_motion=0.1)

    torch_before = torch.get_rng_state()
    alone = [changed(key) for key in keys]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(changed, keys * 3))
    assert all(torch.equal(clip, alone[i % len(keys)]) for i, clip in enumerate(together))
    assert len({bytes(clip.numpy()) for clip in alone}) == len(keys)
    assert torch.equal(torch.get_rng_state(), torch_before)


@pytest.mark.parametrize("channels", [1, 3])
def test_all_frames_change_alike_while_the_camera_is_still(channels: int) -> None:
    still = _clip(1, channels).repeat(6, 1, 1, 1)
    for seed in range(20):
        changed = augment_clip(still, ALL, _rng(seed))
        assert torch.equal(changed, changed[:1].expand_as(changed))
        assert not torch.equal(changed, still)


@pytest.mark.parametrize("zoom", [0.5, 1.4])
def test_magnified_a_dot_is_farther_from_the_middle(zoom: float) -> None:
    chosen = Augmentation(scale=(zoom, zoom))
    oblong = _dot(30, 80)[..., :71, :]  # 71 rows, 101 columns
    assert _places(augment_clip(oblong, chosen, _rng(0)))[0] == pytest.approx(
        (-5 * zoom, 30 * zoom), abs=0.6
    )


def test_rotation_and_shift_stay_within_their_bounds_and_reach_them() -> None:
    oblong = _dot(50, 80)[..., 20:81, :]  # 61 rows, 101 columns; 30 to the right of the middle
    angles, shifts = [], []
    for seed in range(60):
        ((row, column),) = _places(augment_clip(oblong, Augmentation(degrees=15), _rng(seed)))
        assert np.hypot(row, column) == pytest.approx(30, abs=0.5)  # a circle, though oblong
        angles.append(np.degrees(np.arctan2(row, column)))
        moved = _places(augment_clip(oblong, Augmentation(translate=0.1), _rng(seed)))
        shifts.append((moved[0] - (0, 30)) / (61, 101))
    assert -16 < min(angles) < -12
    assert 12 < max(angles) < 16
    assert np.min(shifts, axis=0) == pytest.approx((-0.095, -0.095), abs=0.012)
    assert np.max(shifts, axis=0) == pytest.approx((0.095, 0.095), abs=0.012)
    assert abs(np.corrcoef(np.transpose(shifts))[0, 1]) < 0.4  # each on its own


def test_turned_then_magnified_then_shifted_as_a_picture_is() -> None:
    """What a dot's path shows must not depend on the order: the middle only feels the shift."""
    chosen = Augmentation(degrees=30, scale=(0.7, 1.4), translate=0.2)
    for seed in range(20):
        (middle,) = _places(augment_clip(_dot(50, 50), chosen, _rng(seed)))
        assert np.abs(middle).max() < 0.2 * 101 + 0.6


def test_a_crop_keeps_a_part_and_fills_the_frame_with_it() -> None:
    ramp = torch.arange(60, dtype=torch.uint8).view(1, 1, 60, 1).repeat(1, 1, 1, 60)
    kept = []
    for seed in range(40):
        rows = augment_clip(ramp, Augmentation(crop_area=0.25), _rng(seed))[0, 0, :, 30].float()
        assert (rows.diff() >= 0).all()
        kept.append(float(rows.max() - rows.min()) / 59)
    assert 0.4 < min(kept) < 0.6
    assert max(kept) > 0.85


def test_the_camera_drifts_and_zooms_evenly_within_its_bounds() -> None:
    drifts, zooms = [], []
    for seed in range(60):
        moved = [
            _places(augment_clip(_dot(50, column, 5), Augmentation(), _rng(seed), 0.2))
            for column in (30, 70)
        ]
        middle, apart = (moved[0] + moved[1]) / 2, moved[1][:, 1] - moved[0][:, 1]
        assert middle[2] == pytest.approx((0, 0), abs=0.3)  # half way it is where it was
        assert apart[2] == pytest.approx(40, abs=0.5)
        assert np.diff(middle, 2, axis=0) == pytest.approx(0, abs=1.5)  # no jerks
        drifts.append((middle[4] - middle[0]) / 101)
        zooms.append(apart[4] / apart[0])
    assert np.abs(drifts).max() < 0.21
    assert np.abs(drifts).max(axis=0).min() > 0.17
    assert np.min(drifts) < -0.15  # both ways
    assert 1 / 1.23 < min(zooms) < 0.87
    assert 1.15 < max(zooms) < 1.23


def test_a_single_frame_stands_in_the_middle_of_the_motion() -> None:
    clip = _clip(1)
    assert torch.equal(augment_clip(clip, Augmentation(), _rng(3), camera_motion=0.3), clip)


@pytest.mark.parametrize("channels", [1, 3])
def test_what_comes_in_is_the_letterboxs_grey(channels: int) -> None:
    grey = torch.tensor(GREY[:channels], dtype=torch.uint8).view(1, channels, 1, 1)
    even = grey.expand(4, channels, 30, 40).contiguous()
    chosen = Augmentation(degrees=40, scale=(0.5, 0.6), translate=0.2, erase=1.0)
    assert torch.equal(augment_clip(even, chosen, _rng(1), camera_motion=0.3), even)
    white = augment_clip(torch.full_like(even, 255), Augmentation(scale=(0.5, 0.5)), _rng(1))
    assert torch.equal(white[:, :, 0, 0], grey[..., 0, 0].expand(4, channels))
    assert int(white[:, :, 15, 20].min()) == 255


def test_erasing_greys_the_same_box_in_every_frame() -> None:
    boxes = []
    for seed in range(30):
        clip = torch.full((4, 3, 30, 40), 250, dtype=torch.uint8)
        erased = (augment_clip(clip, Augmentation(erase=0.5), _rng(seed)) != 250).numpy()
        assert (erased == erased[0]).all()
        boxes.append(erased.any())
    assert 5 < sum(boxes) < 25


def test_contrast_is_around_the_mean_of_the_whole_clip() -> None:
    """Around each frame's own mean, a dark and a bright frame would not come closer."""
    clip = torch.cat([torch.full((1, 3, 8, 8), value, dtype=torch.uint8) for value in (50, 150)])
    for seed in range(10):
        first, second = augment_clip(clip, Augmentation(contrast=0.5), _rng(seed))[:, 0, 0, 0]
        assert (int(first) + int(second)) / 2 == pytest.approx(100, abs=1)
    assert int(second) - int(first) != 100


@pytest.mark.parametrize(
    ("chosen", "unchanged"),
    [
        (Augmentation(brightness=0.5), (0, 0, 0)),
        (Augmentation(contrast=0.5), (77, 77, 77)),
        (Augmentation(saturation=0.5), (77, 77, 77)),
        (Augmentation(hue=0.5), (77, 77, 77)),
        (Augmentation(blur=3.0), (200, 30, 90)),
    ],
)
def test_each_change_changes_what_it_should(
    chosen: Augmentation, unchanged: tuple[int, int, int]
) -> None:
    even = torch.tensor(unchanged, dtype=torch.uint8).view(1, 3, 1, 1).repeat(2, 1, 20, 20)
    for seed in range(5):
        assert torch.equal(augment_clip(even, chosen, _rng(seed)), even)
        assert not torch.equal(augment_clip(_clip(), chosen, _rng(seed)), _clip())


def test_gray_clips_have_no_colours_to_change() -> None:
    chosen = Augmentation(saturation=0.5, hue=0.3)
    assert torch.equal(augment_clip(_clip(channels=1), chosen, _rng(0)), _clip(channels=1))


def test_a_clip_is_never_mirrored() -> None:
    chosen = Augmentation(degrees=40, translate=0.1, scale=(0.8, 1.2), crop_area=0.8)
    for seed in range(40):
        columns = _places(augment_clip(_dot(50, 85), chosen, _rng(seed), 0.2))[:, 1]
        assert (columns > 0).all()


def test_what_cannot_be_is_refused() -> None:
    for wrong in (-0.1, 0.6, float("nan")):
        with pytest.raises(UsageError, match=f"camera_motion between 0 and 0.5; found {wrong}"):
            augment_clip(_clip(), Augmentation(), _rng(0), camera_motion=wrong)
    with pytest.raises(ValueError, match="2 channels"):
        augment_clip(_clip(channels=2), Augmentation(), _rng(0))

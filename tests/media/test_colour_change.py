import numpy as np
import pytest
import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as F

from touchline.media.augment import Augmentation
from touchline.media.colour_change import YIQ, ColourChange, draw_colour_change

# So dull that no change leaves the range, for torchvision cuts off after each.
COLOURS = 0.4 + 0.2 * torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(0))


def _changed(change: ColourChange, colours: Tensor) -> Tensor:
    matrix, offset = change.as_matrix(colours.mean(dim=(1, 2)))
    return (matrix @ colours.flatten(1) + offset).view_as(colours)


def test_nothing_asked_nothing_changed() -> None:
    assert torch.allclose(_changed(ColourChange(), COLOURS), COLOURS, atol=1e-6)


@pytest.mark.parametrize(
    ("brightness", "contrast", "saturation"),
    [(1.2, 1, 1), (1, 0.7, 1), (1, 1.3, 1), (1, 1, 0.5), (1, 1, 1.4), (0.9, 1.2, 0.6)],
)
def test_changes_are_torchvisions_one_after_the_other(
    brightness: float, contrast: float, saturation: float
) -> None:
    wanted = F.adjust_brightness(COLOURS, brightness)
    wanted = F.adjust_saturation(F.adjust_contrast(wanted, contrast), saturation)
    change = ColourChange(brightness, contrast, saturation)
    assert torch.allclose(_changed(change, COLOURS), wanted, atol=2e-3)


@pytest.mark.parametrize(("hue", "brightest"), [(0.0, 0), (1 / 3, 1), (2 / 3, 2), (1.0, 0)])
def test_a_third_of_the_circle_takes_red_to_green_and_on_to_blue(
    hue: float, brightest: int
) -> None:
    red = torch.tensor([0.6, 0.4, 0.4]).view(3, 1, 1)
    turned = _changed(ColourChange(hue=hue), red)
    assert int(turned.argmax()) == brightest
    luma = torch.from_numpy(YIQ[0]).float()
    assert float(luma @ turned.flatten()) == pytest.approx(float(luma @ red.flatten()), abs=1e-5)


@pytest.mark.parametrize("change", [ColourChange(saturation=0.0), ColourChange(hue=0.5)])
def test_grey_has_no_colour_to_change(change: ColourChange) -> None:
    grey = torch.full((3, 2, 2), 0.3)
    assert torch.allclose(_changed(change, grey), grey, atol=1e-5)


def test_one_channel_knows_brightness_and_contrast_only() -> None:
    gray = torch.tensor([[[0.2, 0.4]]])
    changed = _changed(ColourChange(2.0, 0.5, saturation=0.0, hue=0.4), gray)
    assert changed.flatten().tolist() == pytest.approx([0.5, 0.7])  # doubled, halfway to 0.6


def test_draws_stay_within_their_bounds_and_reach_them() -> None:
    settings = Augmentation(brightness=0.2, contrast=0.3, saturation=0.4, hue=0.1)
    drawn = [draw_colour_change(settings, np.random.default_rng(seed)) for seed in range(300)]
    for name, low, high in (
        ("brightness", 0.8, 1.2), ("contrast", 0.7, 1.3), ("saturation", 0.6, 1.4),
        ("hue", -0.1, 0.1),
    ):  # fmt: skip
        values = [getattr(change, name) for change in drawn]
        margin = 0.05 * (high - low)
        assert low <= min(values) < low + margin
        assert high - margin < max(values) <= high
    assert draw_colour_change(Augmentation(), np.random.default_rng(0)) == ColourChange()

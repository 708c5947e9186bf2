import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from touchline.synth.stylegan.augmentation import (
    augment,
    colour_matrices,
    geometric_matrices,
    recolour,
)  # fmt: skip
from touchline.synth.stylegan.warping import warp

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


def _gradient_picture(n: int = 1, side: int = 16) -> torch.Tensor:
    return torch.linspace(-1, 1, n * 3 * side * side).view(n, 3, side, side)


def test_strength_zero_leaves_pictures_alone() -> None:
    pictures = torch.randn(2, 3, 8, 8)
    assert torch.equal(augment(pictures, 0.0), pictures)


@pytest.mark.parametrize("strength", [0.1, 0.8, 1.0])
def test_no_picture_is_ever_mirrored(strength: float) -> None:
    matrices = geometric_matrices(2000, 64, strength, CPU)
    assert (torch.linalg.det(matrices) > 0).all()


def test_orientation_in_the_picture_itself() -> None:
    """Three marks run clockwise; they run clockwise wherever they are moved."""
    marks = torch.tensor([[-0.5, -0.5, 1.0], [0.5, -0.5, 1.0], [0.5, 0.5, 1.0]])
    moved = geometric_matrices(500, 64, 1.0, CPU) @ marks.t()
    first, second = moved[:, :2, 1] - moved[:, :2, 0], moved[:, :2, 2] - moved[:, :2, 1]
    assert (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0] > 0).all()


def test_at_a_low_strength_most_pictures_stay_as_they_are() -> None:
    identity = torch.eye(3)
    still = (geometric_matrices(4000, 64, 0.1, CPU) - identity).abs().amax(dim=(1, 2)) < 1e-6
    # Six groups of changes, of which quarter turns are none at all in one case of four.
    turned = 1 - 0.9**0.5
    expected = (1 - 0.1 * 0.75) * 0.9 * 0.9 * (1 - turned) * 0.9 * (1 - turned) * 0.9
    assert still.float().mean().item() == pytest.approx(expected, abs=0.03)
    plain = (colour_matrices(4000, 0.1, CPU) - torch.eye(4)).abs().amax(dim=(1, 2)) < 1e-6
    assert plain.float().mean().item() == pytest.approx(0.9**4 * 0.95, abs=0.03)


def test_every_change_of_colour_can_be_undone() -> None:
    pictures = torch.rand(64, 3, 4, 4) * 2 - 1
    matrices = colour_matrices(64, 1.0, CPU).double()
    back = recolour(recolour(pictures.double(), matrices), torch.linalg.inv(matrices))
    torch.testing.assert_close(back, pictures.double())


def test_hue_and_saturation_leave_grey_alone() -> None:
    matrices = colour_matrices(100, 1.0, CPU)
    grey = recolour(torch.full((100, 3, 2, 2), 0.3), matrices)
    torch.testing.assert_close(grey, grey[:, :1].expand(-1, 3, -1, -1), atol=1e-5, rtol=1e-5)


def test_what_comes_out_stays_within_reason() -> None:
    out = augment(torch.rand(64, 3, 16, 16) * 2 - 1, 1.0)
    assert out.isfinite().all()
    assert out.abs().median() < 2
    moved = warp(torch.rand(64, 3, 16, 16), geometric_matrices(64, 16, 1.0, CPU))
    assert moved.min() >= 0
    assert moved.max() <= 1


def test_warping_by_the_identity_a_shift_and_a_quarter_turn_is_exact() -> None:
    picture = _gradient_picture()
    torch.testing.assert_close(warp(picture, torch.eye(3)[None]), picture)
    right = torch.eye(3)[None].clone()
    right[0, 0, 2] = 3 * 2 / 16
    torch.testing.assert_close(warp(picture, right)[..., 3:], picture[..., :-3])
    turn = torch.tensor([[[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]])
    clockwise = picture.rot90(-1, dims=(2, 3))  # y points down
    torch.testing.assert_close(warp(picture, turn), clockwise)


def test_outside_the_picture_is_its_reflection() -> None:
    picture = _gradient_picture()
    right = torch.eye(3)[None].clone()
    right[0, 0, 2] = 2 * 2 / 16
    torch.testing.assert_close(warp(picture, right)[..., :2], picture[..., :2].flip(-1))


def test_warping_has_first_and_second_gradients() -> None:
    matrices = geometric_matrices(2, 5, 1.0, CPU).double()
    pictures = torch.randn(2, 3, 5, 5, dtype=torch.double, requires_grad=True)
    assert gradcheck(lambda values: warp(values, matrices), pictures)
    assert gradgradcheck(lambda values: warp(values, matrices).square(), pictures)


def test_the_same_seed_gives_the_same_change() -> None:
    pictures = _gradient_picture(4)
    made = []
    for _ in range(2):
        torch.manual_seed(5)
        made.append(augment(pictures, 0.7))
    assert torch.equal(*made)
    assert not torch.equal(made[0], augment(pictures, 0.7))

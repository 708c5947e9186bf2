import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from touchline.synth.stylegan.resampling import TAPS, blur, double


def _slow_blur(maps: torch.Tensor, padding: int, gain: float) -> torch.Tensor:
    n, channels, height, width = maps.shape
    padded = torch.zeros(n, channels, height + 2 * padding, width + 2 * padding, dtype=maps.dtype)
    padded[:, :, padding : padding + height, padding : padding + width] = maps
    out = torch.zeros(n, channels, padded.shape[2] - 3, padded.shape[3] - 3, dtype=maps.dtype)
    for row, down in enumerate(TAPS):
        for column, right in enumerate(TAPS):
            part = padded[:, :, row : row + out.shape[2], column : column + out.shape[3]]
            out += part * (down * right * gain / sum(TAPS) ** 2)
    return out


@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("gain", [1.0, 4.0])
def test_blur_agrees_with_loops_over_the_taps(padding: int, gain: float) -> None:
    maps = torch.randn(2, 3, 7, 9, generator=torch.Generator().manual_seed(0)).double()
    torch.testing.assert_close(blur(maps, padding, gain), _slow_blur(maps, padding, gain))


@pytest.mark.parametrize("padding", [0, 1, 2])
def test_blur_has_first_and_second_gradients(padding: int) -> None:
    maps = torch.randn(1, 2, 6, 6, dtype=torch.double, requires_grad=True)
    assert gradcheck(lambda values: blur(values, padding), maps)
    assert gradgradcheck(lambda values: blur(values, padding).square(), maps)


def test_spreading_and_blurring_doubles_a_constant_inside() -> None:
    spread = torch.zeros(1, 1, 16, 16)
    spread[:, :, ::2, ::2] = 3.0
    inside = blur(spread, padding=2, gain=4.0)[:, :, 3:-3, 3:-3]
    torch.testing.assert_close(inside, torch.full_like(inside, 3.0))


def test_doubling_keeps_constants_and_uses_the_same_filter_inside() -> None:
    assert (double(torch.full((1, 3, 4, 4), 0.5)) == 0.5).all()
    point = torch.zeros(1, 1, 8, 8)
    point[0, 0, 4, 4] = 1.0
    taps = torch.tensor(TAPS) / 4
    torch.testing.assert_close(double(point)[0, 0, 7:11, 7:11], torch.outer(taps, taps))

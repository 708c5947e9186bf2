import pytest
import torch
from torchvision.transforms.v2 import functional as F

from touchline.media.blur import blurred


@pytest.mark.parametrize("sigma", [0.0, 0.3, 1.0, 2.5])
@pytest.mark.parametrize("shape", [(3, 20, 31), (1, 7, 9), (3, 6, 40)])
def test_it_blurs_as_torchvision_does(shape: tuple[int, int, int], sigma: float) -> None:
    pixels = 255 * torch.rand(shape, generator=torch.Generator().manual_seed(0))
    radius = min(-int(-2 * sigma // 1), min(shape[1:]) - 1)
    wanted = F.gaussian_blur(pixels, 2 * radius + 1, max(sigma, 1e-3))
    assert torch.allclose(blurred(pixels, sigma), wanted, atol=1e-3)


def test_a_single_pixel_has_nothing_to_blur() -> None:
    assert blurred(torch.full((3, 1, 1), 7.0), 4.0).flatten().tolist() == [7.0, 7.0, 7.0]

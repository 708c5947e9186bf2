import math

import pytest
import torch
from torch.nn import functional as F

from touchline.synth.stylegan.layers import EqualConv, EqualLinear, ModulatedConv, leaky, normalise
from touchline.synth.stylegan.resampling import blur


def _slow_modulated(layer: ModulatedConv, maps: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    """The paper's own way: weights for each image, modulated and then divided by their norm."""
    made = []
    for image, style in zip(maps, layer.style(w), strict=True):
        weight = layer.weight * layer.weight_gain * style[None, :, None, None]
        if layer.demodulate:
            weight = weight / (weight.square().sum(dim=(1, 2, 3), keepdim=True) + 1e-8).sqrt()
        if layer.up:
            spread = F.conv_transpose2d(image[None], weight.transpose(0, 1), stride=2)
            made.append(blur(spread, padding=1, gain=4.0))
        else:
            made.append(F.conv2d(image[None], weight, padding=layer.kernel // 2))
    return torch.cat(made) * layer.gain


@pytest.mark.parametrize(("kernel", "up"), [(1, False), (3, False), (3, True)])
@pytest.mark.parametrize("demodulate", [False, True])
def test_modulated_convolution_agrees_with_one_for_each_image(
    kernel: int, up: bool, demodulate: bool
) -> None:
    torch.manual_seed(0)
    layer = ModulatedConv(5, 7, kernel, latent=6, up=up, demodulate=demodulate, gain=1.5)
    maps, w = torch.randn(3, 5, 8, 8), torch.randn(3, 6)
    out, scale = layer(maps, w)
    torch.testing.assert_close(out * scale, _slow_modulated(layer, maps, w), atol=1e-5, rtol=1e-4)


def test_demodulated_maps_have_unit_variance_whatever_the_style() -> None:
    torch.manual_seed(0)
    layer = ModulatedConv(32, 64, 3, latent=8)
    maps, w = torch.randn(8, 32, 16, 16), torch.randn(8, 8) * 5
    out, scale = layer(maps, w)
    inside = (out * scale)[:, :, 1:-1, 1:-1]
    assert inside.var(dim=(2, 3)).mean().item() == pytest.approx(1.0, abs=0.05)
    assert out[:, :, 1:-1, 1:-1].var(dim=(2, 3)).mean().item() > 5


@pytest.mark.parametrize("down", [False, True])
def test_convolution_keeps_variance_and_scales_its_weights(down: bool) -> None:
    torch.manual_seed(0)
    layer = EqualConv(64, 64, 3, down=down, active=False)
    white = torch.randn(4, 64, 16, 16)
    out = layer(white)
    assert out.shape[2] == (8 if down else 16)
    if not down:  # low-passed noise is weaker
        assert out[:, :, 1:-1, 1:-1].var().item() == pytest.approx(1.0, abs=0.1)
    assert layer.weight.std().item() == pytest.approx(1.0, abs=0.02)


def test_the_gain_inside_is_the_gain_behind_the_activation() -> None:
    torch.manual_seed(0)
    layer = EqualConv(3, 4, 3)
    torch.nn.init.normal_(layer.bias)
    maps = torch.randn(2, 3, 6, 6)
    plain = F.conv2d(maps, layer.weight / math.sqrt(27), layer.bias, padding=1)
    torch.testing.assert_close(layer(maps), F.leaky_relu(plain, 0.2) * math.sqrt(2))


@pytest.mark.parametrize("rate", [1.0, 0.01])
def test_the_rate_of_a_linear_layer_changes_its_learning_not_its_function(rate: float) -> None:
    torch.manual_seed(0)
    layer = EqualLinear(256, 256, bias=0.5, rate=rate)
    vectors = torch.randn(64, 256)
    out = layer(vectors)
    assert out.std().item() == pytest.approx(1.0, abs=0.05)
    assert out.mean().item() == pytest.approx(0.5, abs=0.05)
    out.sum().backward()
    assert layer.bias.grad.mean().item() == pytest.approx(64 * rate)


def test_normalised_vectors_and_zero() -> None:
    vectors = normalise(torch.tensor([[1.0, 7.0], [0.0, 0.0]]))
    torch.testing.assert_close(vectors.square().mean(dim=1), torch.tensor([1.0, 0.0]))


def test_leaky_is_homogeneous() -> None:
    values = torch.tensor([-2.0, 0.0, 3.0])
    torch.testing.assert_close(leaky(values * 2), leaky(values.clone()) * 2)

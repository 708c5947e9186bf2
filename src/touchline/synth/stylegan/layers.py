"""Layers whose weights are drawn from N(0, 1) and scaled when used, so that all learn alike.

Karras et al. 2018 call this an equalised learning rate. Activations are leaky ReLUs that keep the
variance: their gain, the square root of 2, is multiplied into weights and biases beforehand, which
is the same (the function is positively homogeneous) and saves a pass over the feature maps.
Convolutions compute in the number format of their input; the weights themselves are float32.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from touchline.synth.stylegan.resampling import blur

ACTIVATION_GAIN = math.sqrt(2)


def leaky(features: Tensor) -> Tensor:
    """Leaky ReLU of slope 0.2, in place: the input must not be needed any more."""
    return F.leaky_relu(features, 0.2, inplace=True)


def normalise(vectors: Tensor) -> Tensor:
    """Vectors `(n, length)` with a mean square of 1 each.

    >>> normalise(torch.tensor([[3.0, 4.0]])).square().mean().item()
    1.0
    """
    return vectors * torch.rsqrt(vectors.square().mean(dim=1, keepdim=True) + 1e-8)


class EqualLinear(nn.Module):
    """A fully connected layer in float32.

    Args:
        inputs: length of the vectors that come in.
        outputs: length of those that go out.
        bias: its value at first.
        rate: how fast it learns beside other layers; the function at first does not depend on it.
        active: follow it with a leaky ReLU.
    """

    def __init__(
        self, inputs: int, outputs: int, bias: float = 0.0, rate: float = 1.0, active: bool = False
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))
        gain = rate * (ACTIVATION_GAIN if active else 1.0)
        self.weight_gain, self.bias_gain, self.active = gain / math.sqrt(inputs), gain, active

    def forward(self, vectors: Tensor) -> Tensor:
        """`(n, inputs)` to `(n, outputs)`."""
        out = F.linear(vectors.float(), self.weight * self.weight_gain, self.bias * self.bias_gain)
        return leaky(out) if self.active else out


class EqualConv(nn.Module):
    """A convolution that keeps the side, or halves it after a low-pass filter.

    Args:
        inputs: feature maps that come in.
        outputs: feature maps that go out.
        kernel: 1 or 3.
        down: halve the side.
        active: add a bias and apply a leaky ReLU; without, the layer is linear.
        gain: multiplies what goes out.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, down: bool = False, active: bool = True,
        gain: float = 1.0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outputs)) if active else None
        self.bias_gain = gain * (ACTIVATION_GAIN if active else 1.0)
        self.weight_gain = self.bias_gain / math.sqrt(inputs * kernel**2)
        self.kernel, self.down = kernel, down

    def forward(self, maps: Tensor) -> Tensor:
        """`(n, inputs, side, side)` to `(n, outputs, side, side)`, or half the side."""
        weight = (self.weight * self.weight_gain).to(maps.dtype)
        if self.bias is None:
            return self._convolve(maps, weight, None)
        return leaky(self._convolve(maps, weight, (self.bias * self.bias_gain).to(maps.dtype)))

    def _convolve(self, maps: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        if not self.down:
            return F.conv2d(maps, weight, bias, padding=self.kernel // 2)
        return F.conv2d(blur(maps, padding=1 + self.kernel // 2), weight, bias, stride=2)


class ModulatedConv(nn.Module):
    """A convolution whose weights are scaled, for each image, by a style of its own.

    Demodulation gives each output map unit variance where the inputs have it: the weights are
    divided by their norm. Both scales are applied to the maps before and after one convolution
    that all images share, which is the same and much faster than a convolution for each image.

    Args:
        inputs: feature maps that come in.
        outputs: feature maps that go out.
        kernel: 1 or 3.
        latent: length of w.
        up: double the side, then low-pass filter.
        demodulate: divide by the norm of the weights.
        gain: multiplies what goes out.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, latent: int, up: bool = False,
        demodulate: bool = True, gain: float = 1.0,
    ) -> None:  # fmt: skip
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, kernel, kernel))
        self.style = EqualLinear(latent, inputs, bias=1.0)
        self.weight_gain = 1 / math.sqrt(inputs * kernel**2)
        self.kernel, self.up, self.demodulate, self.gain = kernel, up, demodulate, gain

    def forward(self, maps: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
        """Convolve maps `(n, inputs, side, side)` in the styles of w `(n, latent)`.

        Returns:
            The maps `(n, outputs, side, side)` or of twice the side, and the scale
            `(n, outputs, 1, 1)` that they must be multiplied by: the caller does it together with
            its own addition, in one pass.
        """
        style = self.style(w)
        scale = style.new_full((len(style), self.weight.shape[0]), self.gain)
        if self.demodulate:
            squares = (self.weight * self.weight_gain).square().sum(dim=(2, 3))
            scale = scale * torch.rsqrt(style.square() @ squares.t() + 1e-8)
        maps = maps * style[:, :, None, None].to(maps.dtype)
        weight = (self.weight * self.weight_gain).to(maps.dtype)
        return self._convolve(maps, weight), scale[:, :, None, None].to(maps.dtype)

    def _convolve(self, maps: Tensor, weight: Tensor) -> Tensor:
        if not self.up:
            return F.conv2d(maps, weight, padding=self.kernel // 2)
        spread = F.conv_transpose2d(maps, weight.transpose(0, 1), stride=2)
        return blur(spread, padding=1, gain=4.0)

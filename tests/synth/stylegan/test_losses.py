import math

import pytest
import torch
from torch import Tensor

from tiny_stylegans import tiny_config
from touchline.synth.stylegan import resampling, warping
from touchline.synth.stylegan.augmentation import augment
from touchline.synth.stylegan.discriminator import Discriminator
from touchline.synth.stylegan.linear_maps import Map
from touchline.synth.stylegan.losses import (
    discriminator_loss,
    generator_loss,
    path_lengths,
    squared_gradients,
)  # fmt: skip
from touchline.synth.stylegan.synthesis import StyleGenerator


def test_losses_reward_the_right_verdicts() -> None:
    high, low = torch.tensor([5.0]), torch.tensor([-5.0])
    assert generator_loss(high) < 0.01 < 5 < generator_loss(low)
    assert discriminator_loss(high, low) < 0.02 < 10 < discriminator_loss(low, high)


def test_squared_gradients_of_a_known_function() -> None:
    """The gradient of a x² / 2 is a x; of its square's mean, 2 a² x / n."""
    x = torch.tensor([[1.0, 2.0], [3.0, 0.0]], requires_grad=True)
    factor = torch.tensor(3.0, requires_grad=True)
    penalty = squared_gradients((factor * x.square() / 2).sum(dim=1), x)
    assert penalty.item() == (9 * 5 + 9 * 9) / 2
    penalty.backward()
    torch.testing.assert_close(x.grad, 9 * x.detach())
    assert factor.grad is not None
    assert factor.grad.item() == 2 * 3 * (5 + 9) / 2


def test_path_lengths_of_a_linear_generator() -> None:
    """Pictures that repeat one number of w move by the sum of the random direction."""
    styles = torch.randn(2, 3, 4, requires_grad=True)
    pictures = styles[:, 0, 0].view(2, 1, 1, 1).expand(2, 3, 8, 8)
    torch.manual_seed(7)
    lengths = path_lengths(pictures, styles)
    torch.manual_seed(7)
    direction = torch.randn(2, 3, 8, 8) / math.sqrt(64)
    expected = (direction.sum(dim=(1, 2, 3)).square() / 3).sqrt()
    torch.testing.assert_close(lengths, expected, atol=1e-5, rtol=1e-4)


def _by_matrix(values: Tensor, forward: Map, _: Map) -> Tensor:
    """A linear map of each feature map by its matrix, which torch can differentiate by itself."""
    height, width = values.shape[2:]
    units = torch.eye(height * width).view(-1, 1, 1, height, width)
    columns = torch.stack([forward(unit.expand(values.shape).contiguous()) for unit in units])
    return torch.einsum("pnchw,ncp->nchw", columns, values.flatten(2))


def test_second_gradients_through_discriminator_and_augmentation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch.manual_seed(0)
    network = Discriminator(8, 2, tiny_config().stylegan, torch.float32)
    pictures = torch.randn(2, 3, 8, 8).requires_grad_()

    def gradients() -> list[Tensor]:
        torch.manual_seed(3)
        verdicts = network(augment(pictures, 0.9), torch.tensor([0, 1]))
        penalty = squared_gradients(verdicts, pictures)
        return list(torch.autograd.grad(penalty, list(network.parameters()), allow_unused=True))

    ours = gradients()
    for module in (resampling, warping):
        monkeypatch.setattr(module, "linear", _by_matrix)
    for mine, expected in zip(ours, gradients(), strict=True):
        assert (mine is None) == (expected is None)
        if mine is not None:
            torch.testing.assert_close(mine, expected, rtol=1e-3, atol=1e-5)
    assert sum(gradient is not None and bool(gradient.any()) for gradient in ours) > 8


def test_path_penalty_reaches_every_weight_of_the_synthesis() -> None:
    torch.manual_seed(0)
    network = StyleGenerator(64, 2, tiny_config().stylegan, torch.float32)
    styles = torch.randn(2, network.styles, network.latent, requires_grad=True)
    noise = [torch.randn(2, 1, side, side) for side in network.noise_sides()]
    lengths = path_lengths(network(styles, noise), styles)
    lengths.square().mean().backward()
    weights = {name: item for name, item in network.named_parameters() if "convolution" in name}
    assert all(item.grad is not None and item.grad.abs().sum() > 0 for item in weights.values())

import math

import pytest
import torch
from torch import Tensor

from tiny_stylegans import tiny_config
from touchline.synth.stylegan.augmentation import augment
from touchline.synth.stylegan.discriminator import Discriminator
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


def test_second_gradients_through_discriminator_and_augmentation() -> None:
    """Along its own gradient the penalty grows as fast as the gradient is long."""
    torch.manual_seed(0)
    network = Discriminator(16, 2, tiny_config().stylegan, torch.float32)
    pictures = torch.randn(2, 3, 16, 16).requires_grad_()
    labels = torch.tensor([0, 1])

    def penalty() -> Tensor:
        torch.manual_seed(3)
        return squared_gradients(network(augment(pictures, 0.9), labels), pictures)

    for weight in (network.pictures.weight, network.blocks[0].second.weight):
        (gradient,) = torch.autograd.grad(penalty(), weight)
        step = 0.01 * gradient / gradient.norm()
        weight.data += step
        above = penalty().item()
        weight.data -= 2 * step
        below = penalty().item()
        weight.data += step
        assert (above - below) / 0.02 == pytest.approx(gradient.norm().item(), rel=0.05)


def test_path_penalty_reaches_every_weight_of_the_synthesis() -> None:
    torch.manual_seed(0)
    network = StyleGenerator(64, 2, tiny_config().stylegan, torch.float32)
    styles = torch.randn(2, network.styles, network.latent, requires_grad=True)
    noise = [torch.randn(2, 1, side, side) for side in network.noise_sides()]
    lengths = path_lengths(network(styles, noise), styles)
    lengths.square().mean().backward()
    weights = {name: item for name, item in network.named_parameters() if "convolution" in name}
    assert all(item.grad is not None and item.grad.abs().sum() > 0 for item in weights.values())

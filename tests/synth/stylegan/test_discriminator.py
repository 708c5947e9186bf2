import torch
from torch.optim import Adam

from tiny_stylegans import tiny_config
from touchline.synth.stylegan.discriminator import Discriminator, with_deviation
from touchline.synth.stylegan.losses import discriminator_loss


def test_deviation_of_equal_pictures_is_none() -> None:
    maps = torch.randn(1, 3, 4, 4).expand(4, -1, -1, -1)
    out = with_deviation(maps)
    assert out.shape == (4, 4, 4, 4)
    torch.testing.assert_close(out[:, :3], maps)
    assert out[:, 3].max() < 1e-3


def test_deviation_agrees_with_loops_over_groups() -> None:
    maps = torch.randn(8, 3, 2, 2)
    out = with_deviation(maps)[:, 3]
    for group in range(2):
        members = maps[group::2]  # every second picture is in a group
        expected = members.std(dim=0, unbiased=False).mean()
        torch.testing.assert_close(out[group::2], expected.expand(4, 2, 2), atol=1e-4, rtol=1e-4)


def test_groups_of_odd_batches() -> None:
    for n in (1, 2, 3, 5, 6, 7):
        assert with_deviation(torch.randn(n, 2, 4, 4)).shape == (n, 3, 4, 4)


def test_it_learns_which_class_a_picture_is_of() -> None:
    """Red is right for class 0 and blue for class 1; the same pictures are wrong the other way."""
    torch.manual_seed(0)
    network = Discriminator(16, 2, tiny_config().stylegan, torch.float32)
    optimiser = Adam(network.parameters(), 0.005, (0.0, 0.99))
    labels = torch.tensor([0, 1] * 4)
    pictures = -torch.ones(8, 3, 16, 16)
    pictures[labels == 0, 0] = 1.0
    pictures[labels == 1, 2] = 1.0
    for _ in range(40):
        noisy = pictures + torch.randn_like(pictures) * 0.1
        real, fake = network(noisy, labels), network(noisy, 1 - labels)
        optimiser.zero_grad()
        discriminator_loss(real, fake).backward()
        optimiser.step()
    with torch.no_grad():
        assert (network(pictures, labels) > 0).all()
        assert (network(pictures, 1 - labels) < 0).all()

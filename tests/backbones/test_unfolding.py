"""Spreading changes what a network knows of its inputs and nothing that it answers."""

import pytest
import torch
from torch import Tensor, nn

from random_statistics import with_random_statistics
from touchline.backbones.osnet import OSNet
from touchline.backbones.unfolding import spread_batch_normalisation


def pixels(seed: int, count: int = 6) -> Tensor:
    return torch.randn(count, 3, 32, 16, generator=torch.Generator().manual_seed(seed)) + 0.4


def network(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return with_random_statistics(OSNet(0.25), seed)


def test_evaluation_answers_stay() -> None:
    ours = network()
    with torch.no_grad():
        before = [ours(pixels(seed)) for seed in (1, 2, 9)]
        spread_batch_normalisation(ours, [pixels(1), pixels(2, 3)])
        after = [ours(pixels(seed)) for seed in (1, 2, 9)]
    for old, new in zip(before, after, strict=True):
        torch.testing.assert_close(new, old, rtol=1e-4, atol=1e-5)


def test_training_on_that_batch_answers_the_same() -> None:
    ours = network()
    with torch.no_grad():
        expected = ours(pixels(1))
        apart = (ours.train()(pixels(1)) - expected).abs().max()
        ours = network()
        spread_batch_normalisation(ours, [pixels(1)])
        torch.testing.assert_close(ours.train()(pixels(1)), expected, rtol=1e-3, atol=1e-4)
    assert apart > 0.1  # what a training that begins without it does


@pytest.mark.parametrize("sizes", [(6,), (1, 5), (2, 2, 2)])
def test_statistics_are_those_of_all_batches_together(sizes: tuple[int, ...]) -> None:
    layer = with_random_statistics(nn.BatchNorm2d(3))
    assert isinstance(layer, nn.BatchNorm2d)
    spread_batch_normalisation(layer, pixels(4).split(sizes))
    every = pixels(4).transpose(0, 1).flatten(1)
    torch.testing.assert_close(layer.running_mean, every.mean(1))
    torch.testing.assert_close(layer.running_var, every.var(1, correction=0))


def test_rows_and_constant_channels_and_unreached_layers() -> None:
    rows = torch.tensor([[1.0, 5.0], [3.0, 5.0]])
    layers = nn.Sequential(nn.BatchNorm1d(2), nn.BatchNorm1d(2, affine=False))
    unreached = nn.BatchNorm1d(2)
    layers[1].add_module("unreached", unreached)
    with torch.no_grad():
        expected = layers.eval()(rows)
        spread_batch_normalisation(layers, [rows])
        torch.testing.assert_close(layers(rows), expected)
    assert layers[0].running_mean.tolist() == [2, 5]
    assert layers[0].running_var.tolist() == [1, 0]
    assert layers[1].running_mean.tolist() == [0, 0]
    assert unreached.running_var.tolist() == [1, 1]


def test_modes_and_gradients_are_left_as_they_were() -> None:
    layers = nn.Sequential(nn.BatchNorm1d(2), nn.Dropout())
    layers.train()[1].eval()
    spread_batch_normalisation(layers, [torch.randn(4, 2)])
    assert [layers.training, layers[0].training, layers[1].training] == [True, True, False]
    assert layers[0].weight.requires_grad
    assert not layers[0]._forward_pre_hooks


def test_no_batches_change_nothing() -> None:
    layer = nn.BatchNorm1d(2)
    spread_batch_normalisation(layer, [])
    assert layer.running_mean.tolist() == [0, 0]

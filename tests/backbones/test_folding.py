"""Folding changes the speed and nothing else."""

import pytest
import timm
import torch
from torch import Tensor, nn

from random_statistics import with_random_statistics
from touchline.backbones.folding import fold_batch_normalisation


def norms(network: nn.Module) -> int:
    return sum(isinstance(module, nn.BatchNorm2d) for module in network.modules())


@pytest.mark.parametrize("name", ["test_resnet", "test_efficientnet", "test_byobnet", "test_vit"])
def test_the_answers_stay_and_the_normalisations_go(name: str) -> None:
    network = with_random_statistics(timm.create_model(name, num_classes=0))
    example = torch.randn(2, 3, 160, 160, generator=torch.Generator().manual_seed(1))
    before = norms(network)
    folded = fold_batch_normalisation(network, example)
    other = torch.randn(3, 3, 160, 160, generator=torch.Generator().manual_seed(2))
    with torch.inference_mode():
        torch.testing.assert_close(folded(other), network(other), rtol=1e-3, atol=1e-4)
    assert norms(folded) == 0
    assert norms(network) == before  # the network given is left as it is


def test_only_the_frozen_part_is_folded_when_asked() -> None:
    network = with_random_statistics(timm.create_model("test_resnet", num_classes=0))
    network.requires_grad_(False)
    for parameter in network.layer4.parameters():
        parameter.requires_grad_(True)
    folded = fold_batch_normalisation(network, torch.zeros(2, 3, 64, 64), frozen_only=True)
    assert norms(folded) == norms(network.layer4)
    trained = {name for name, p in folded.named_parameters() if p.requires_grad}
    assert trained == {name for name, p in network.named_parameters() if p.requires_grad}


class Shared(nn.Module):
    """A convolution whose output is used beside the normalisation too: folding would be wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution, self.normalisation = nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)

    def forward(self, pixels: Tensor) -> Tensor:
        values = self.convolution(pixels)
        return (values + self.normalisation(values)).mean((2, 3))


def test_a_network_that_folding_would_change_is_left_unfolded() -> None:
    network = with_random_statistics(Shared())
    example = torch.randn(2, 3, 8, 8)
    kept = fold_batch_normalisation(network, example)
    assert norms(kept) == 1
    with torch.inference_mode():
        assert torch.equal(kept(example), network(example))

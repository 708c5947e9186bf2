"""Trunks: the right network for every name, at sizes it can take."""

from pathlib import Path

import pytest
import torch
from torch import nn

from touchline.errors import UsageError
from touchline.reid.config import NetworkSettings
from touchline.reid.networks.trunk import Trunk, load_trunk

SIZE = (64, 32)


def trunk(name: str, size: tuple[int, int] = SIZE, **settings: object) -> Trunk:
    return load_trunk(NetworkSettings(name=name, **settings), size, seed=0)


def pixels(size: tuple[int, int] = SIZE) -> torch.Tensor:
    return torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(1))


def last_maps(network: nn.Module, stage: str) -> torch.Size:
    shapes: list[torch.Size] = []
    handle = network.get_submodule(stage).register_forward_hook(
        lambda _module, _inputs, output: shapes.append(output.shape)
    )
    with torch.no_grad():
        network(pixels())
    handle.remove()
    return shapes[0][2:]


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnetaa50d", "resnetblur50"])
def test_last_stride_one_doubles_the_last_maps(name: str) -> None:
    fine, coarse = trunk(name, weights="random"), trunk(name, last_stride=2)
    assert last_maps(fine.network, "layer4") == (4, 2)
    assert last_maps(coarse.network, "layer4") == (2, 1)
    assert fine.network.state_dict().keys() == coarse.network.state_dict().keys()


def test_osnet_is_ours_and_takes_any_size() -> None:
    found = trunk("osnet_x0_25")
    assert (found.features, found.multiple) == (512, 1)
    assert found.mean == (0.485, 0.456, 0.406)
    assert not found.network.training


@pytest.mark.parametrize("name", ["osnet_x0_25", "test_resnet"])
def test_generalised_mean_lies_between_the_mean_and_the_maximum(name: str) -> None:
    plain, gem = trunk(name), trunk(name, pooling="gem")
    assert gem.features == plain.features
    pools = [module for module in gem.network.modules() if hasattr(module, "power")]
    assert len(pools) == 1
    assert pools[0].power.requires_grad
    with torch.no_grad():
        at_three = gem.network(pixels())
        pools[0].power.fill_(1)
        torch.testing.assert_close(gem.network(pixels()), plain.network(pixels()))
    assert not torch.allclose(at_three, plain.network(pixels()))


def test_networks_that_give_a_vector_keep_their_own_pooling() -> None:
    plain, asked = trunk("test_vit", (32, 32)), trunk("test_vit", (32, 32), pooling="gem")
    with torch.no_grad():
        shown = pixels((32, 32))
        assert torch.equal(plain.network(shown), asked.network(shown))


def test_packaged_weights_are_taken() -> None:
    found = trunk("tf_efficientnet_lite0", weights="packaged")
    assert (found.features, found.mean) == (1280, (0.5, 0.5, 0.5))


def test_sizes_are_refused_with_the_nearest_that_fits() -> None:
    with pytest.raises(
        UsageError, match=r"divisible by 14 for vit_small.*; found 256x128\. .*nearest is 252x126"
    ):
        trunk("vit_small_patch14_dinov2", (256, 128))
    with pytest.raises(UsageError, match=r"divisible by 16 for test_vit; found 7x128\. .*16x128"):
        trunk("test_vit", (7, 128))


def test_networks_of_one_size_refuse_others() -> None:
    with pytest.raises(UsageError, match=r"network that takes crops of 64x32; found mixer_s16_224"):
        trunk("mixer_s16_224")


def test_unknown_names_and_unfitting_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a backbone that timm knows; found 'nonesuch'"):
        trunk("nonesuch")
    torch.save({"a": torch.zeros(1)}, tmp_path / "weights.pth")
    with pytest.raises(UsageError, match="Wanted the weights of test_resnet"):
        trunk("test_resnet", weights=str(tmp_path / "weights.pth"))

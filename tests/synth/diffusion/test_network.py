"""The network at every size: shapes, speed's memory order, and what it refuses."""

import pytest
import torch

from optional_packages import needs_diffusers
from touchline.errors import UsageError
from touchline.synth.config import SIZES, DiffusionSettings
from touchline.synth.diffusion.network import build_network

pytestmark = needs_diffusers


@pytest.mark.parametrize("size", SIZES)
def test_a_prediction_has_the_shape_of_the_photo_at_every_size(size: int) -> None:
    network = build_network(DiffusionSettings(channels=(4, 8), attention_side=8), size, 2)
    noisy = torch.randn(2, 3, size, size)
    with torch.no_grad():
        clean = network(noisy, torch.tensor([0.1, 0.9]), torch.tensor([0, 2]))
    assert clean.shape == noisy.shape
    assert clean.dtype == torch.float32


@pytest.mark.parametrize("channels", [(6,), (10, 20), (8, 12, 16), (3, 7)])
def test_any_number_of_channels_is_split_into_groups_and_heads(channels: tuple[int, ...]) -> None:
    network = build_network(DiffusionSettings(channels=channels, attention_side=32), 64, 1)
    with torch.no_grad():
        assert (
            network(torch.randn(1, 3, 64, 64), torch.ones(1), torch.zeros(1).long())
            .isfinite()
            .all()
        )


def test_patches_keep_each_pixel_in_its_place() -> None:
    network = build_network(DiffusionSettings(channels=(8,), patch=4, attention_side=0), 64, 1)
    network.unet.forward = lambda patches, *_, **__: (patches,)  # type: ignore[assignment]
    noisy = torch.randn(1, 3, 64, 64)
    assert torch.equal(network(noisy, torch.ones(1), torch.zeros(1).long()), noisy)


def test_attention_is_only_where_the_maps_are_small_enough() -> None:
    def attentive(side: int) -> list[str]:
        settings = DiffusionSettings(channels=(8, 8, 8), patch=2, attention_side=side)
        return [type(block).__name__ for block in build_network(settings, 64, 1).unet.down_blocks]

    assert attentive(8) == ["DownBlock2D", "DownBlock2D", "AttnDownBlock2D"]
    assert attentive(16) == ["DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D"]
    assert attentive(0) == ["DownBlock2D"] * 3


def test_the_finest_resolution_can_be_halved_only_to_one() -> None:
    fits = DiffusionSettings(channels=(4,) * 4, patch=8)
    assert build_network(fits, 64, 1).unet.config.sample_size == 8
    with pytest.raises(UsageError, match=r"at most 4 resolutions for 64 pixels.*found 5"):
        build_network(DiffusionSettings(channels=(4,) * 5, patch=8), 64, 1)

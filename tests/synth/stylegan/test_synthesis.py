import pytest
import torch

from tiny_stylegans import tiny_config
from touchline.synth.stylegan.mapping import Mapping
from touchline.synth.stylegan.synthesis import StyleGenerator, widths


@pytest.mark.parametrize("size", [64, 128, 256, 512])
def test_widths_end_alike_at_every_size(size: int) -> None:
    found = widths(size, tiny_config(channel_base=2048, channel_max=128).stylegan)
    assert list(found) == [side for side in (4, 8, 16, 32, 64, 128, 256, 512) if side <= size]
    assert (found[4], found[size // 2], found[size]) == (128, 64, 32)


def test_each_layer_listens_to_its_own_style() -> None:
    torch.manual_seed(0)
    network = StyleGenerator(64, 1, tiny_config().stylegan, torch.float32)
    styles = torch.randn(1, network.styles, network.latent)
    noise = [torch.randn(1, 1, side, side) for side in network.noise_sides()]
    before = network(styles, noise)
    for place in range(network.styles):
        other = styles.clone()
        other[:, place] += 1.0
        assert not torch.allclose(network(other, noise), before), place


def test_noise_is_without_effect_at_first_and_then_has_one() -> None:
    torch.manual_seed(0)
    network = StyleGenerator(64, 1, tiny_config().stylegan, torch.float32)
    styles = torch.randn(1, network.styles, network.latent)
    silence = [torch.zeros(1, 1, side, side) for side in network.noise_sides()]
    before = network(styles, silence)
    for place, layer in enumerate(network.layers):
        noise = [torch.randn_like(m) if n == place else m for n, m in enumerate(silence)]
        assert torch.equal(network(styles, noise), before)
        layer.noise_strength.data.fill_(1.0)
        assert not torch.allclose(network(styles, noise), before), place


def test_mapping_tells_classes_and_noise_apart_but_not_their_length() -> None:
    torch.manual_seed(0)
    mapping = Mapping(3, 8, 16, 2)
    z = torch.randn(1, 8)
    w = mapping(torch.tensor([0]), z)
    assert w.shape == (1, 16)
    torch.testing.assert_close(mapping(torch.tensor([0]), z * 9), w)
    assert not torch.allclose(mapping(torch.tensor([1]), z), w)
    assert not torch.allclose(mapping(torch.tensor([0]), -z), w)

"""Adapters: few weights learn, the rest stays, and merging changes no answer."""

import pytest
import timm
import torch
from torch import nn

from touchline.errors import UsageError
from touchline.reid.config import NetworkSettings
from touchline.reid.networks.adapters import add_adapters, merged

SETTINGS = NetworkSettings(name="test_vit", lora_rank=4, lora_dropout=0.0)


def adapted(taught: bool = False) -> nn.Module:
    torch.manual_seed(0)
    network = timm.create_model("test_vit", num_classes=0, dynamic_img_size=True).eval()
    add_adapters(network, SETTINGS, seed=0)
    if taught:
        for name, parameter in network.named_parameters():
            if "lora_B" in name:
                nn.init.normal_(parameter, std=0.1)
    return network.eval()


def pixels() -> torch.Tensor:
    return torch.randn(2, 3, 64, 32, generator=torch.Generator().manual_seed(1))


def test_only_the_adapters_of_the_attention_learn() -> None:
    network = adapted()
    learnt = {name for name, weight in network.named_parameters() if weight.requires_grad}
    assert all(".attn." in name and "lora_" in name for name in learnt)
    layers = {name.split(".lora_")[0].rpartition(".")[2] for name in learnt}
    assert layers == {"qkv", "proj"}
    assert len(learnt) == 2 * 2 * len(network.blocks)


def test_adapters_begin_without_effect() -> None:
    torch.manual_seed(0)
    plain = timm.create_model("test_vit", num_classes=0, dynamic_img_size=True).eval()
    with torch.no_grad():
        assert torch.equal(adapted()(pixels()), plain(pixels()))


def test_the_seed_decides_and_the_generator_is_left_alone() -> None:
    before = torch.random.get_rng_state()
    states = [adapted().state_dict() for _ in range(2)]
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    torch.random.set_rng_state(before)
    network = timm.create_model("test_vit", num_classes=0)
    drawn = torch.random.get_rng_state()
    add_adapters(network, SETTINGS, seed=0)
    assert torch.equal(drawn, torch.random.get_rng_state())


def test_merging_keeps_the_answers_and_leaves_the_original_alone() -> None:
    network = adapted(taught=True)
    with torch.no_grad():
        expected = network(pixels())
        single = merged(network)
        torch.testing.assert_close(single(pixels()), expected, rtol=1e-4, atol=1e-5)
        assert torch.equal(network(pixels()), expected)
        assert (adapted()(pixels()) - expected).abs().max() > 1e-2
    plain = timm.create_model("test_vit", num_classes=0)
    assert single.state_dict().keys() == plain.state_dict().keys()


def test_a_network_without_adapters_is_copied() -> None:
    network = nn.Linear(2, 2)
    copied = merged(network)
    assert copied is not network
    assert torch.equal(copied.weight, network.weight)


def test_what_is_no_transformer_is_refused() -> None:
    settings = NetworkSettings(name="test_resnet", lora_rank=4)
    with pytest.raises(UsageError, match=r"attention can be adapted; found test_resnet\. .*rank=0"):
        add_adapters(timm.create_model("test_resnet"), settings, seed=0)

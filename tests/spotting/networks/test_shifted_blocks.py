"""Where gate-shift modules go, and where they cannot."""

import pytest
import torch

from touchline.backbones.loading import create_network
from touchline.errors import UsageError
from touchline.spotting.networks.gate_shift import GateShift, set_time
from touchline.spotting.networks.shifted_blocks import insert_shifts


@pytest.mark.parametrize(
    ("name", "stages", "first", "count"),
    [
        ("regnety_002", 2, "s3.b1.conv1.0", 11),
        ("test_resnet", 1, "layer4.0.conv1.0", 1),
        ("test_resnet", 4, "layer1.0.conv1.0", 4),
        ("test_convnext", 1, "stages.3.blocks.0.conv_dw.0", 2),
        ("test_efficientnet", 4, "blocks.1.0.conv_exp.0", 4),
        ("mobilenetv3_small_050", 1, "blocks.5.0.conv.0", 1),
    ],
)
@pytest.mark.parametrize("shift", ["gsm", "gsf"])
def test_every_block_of_the_last_stages_shifts_first(
    name: str, stages: int, first: str, count: int, shift: str
) -> None:
    network = create_network(name)
    reach = insert_shifts(network, name, shift, stages)
    places = [key for key, module in network.named_modules() if isinstance(module, GateShift)]
    assert places[0] == first
    assert len(places) == count
    assert reach == count * {"gsm": 2, "gsf": 3}[shift]


@pytest.mark.parametrize("name", ["regnety_002", "test_resnet", "test_convnext"])
def test_closed_gates_leave_the_network_as_it_was(name: str) -> None:
    network = create_network(name).eval()
    pictures = torch.randn(4, 3, 64, 64)
    with torch.no_grad():
        before = network(pictures)
        insert_shifts(network, name, "gsm", 2)
        set_time(network.eval(), 2)
        assert torch.equal(network(pictures), before)


def test_networks_without_such_blocks_are_refused() -> None:
    with pytest.raises(UsageError, match=r"to shift features in; found test_vit\. Name one"):
        insert_shifts(create_network("test_vit"), "test_vit", "gsm", 1)
    network = create_network("mobilenetv4_conv_small_035")
    with pytest.raises(UsageError, match=r"UniversalInvertedResidual in mobilenetv4"):
        insert_shifts(network, "mobilenetv4", "gsm", 2)


@pytest.mark.parametrize("stages", [0, 5])
def test_stages_that_do_not_exist_are_refused(stages: int) -> None:
    with pytest.raises(UsageError, match=f"Wanted 1 to 4 stages of test_resnet.*; found {stages}"):
        insert_shifts(create_network("test_resnet"), "test_resnet", "gsm", stages)

"""OSNet is the published network: its tensors, its size and its cost."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from random_statistics import with_random_statistics
from touchline.backbones.osnet import FEATURES, WIDTHS, OSNet

# What the authors' counter prints for x1.0 without its classifier, at 256x128; it counts the gate
# that four streams share four times, and additions of a bias as multiplications.
PUBLISHED_PARAMETERS = 2_193_616
PUBLISHED_MULTIPLICATIONS = 978_878_352


def parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def gates(network: nn.Module) -> list[nn.Module]:
    return [module for name, module in network.named_modules() if name.endswith(".gate")]


@pytest.mark.parametrize("ain", [False, True])
def test_size_is_the_published_one_to_the_last_weight(ain: bool) -> None:
    network = OSNet(1.0, ain)
    assert parameters(network) + 3 * sum(map(parameters, gates(network))) == PUBLISHED_PARAMETERS


@pytest.mark.parametrize(
    ("width", "millions"), [("x1_0", 2.2), ("x0_75", 1.3), ("x0_5", 0.6), ("x0_25", 0.2)]
)
def test_sizes_are_those_of_the_model_zoo(width: str, millions: float) -> None:
    assert round(parameters(OSNet(WIDTHS[width])) / 1e6, 1) == millions


@pytest.mark.parametrize("ain", [False, True])
def test_cost_is_the_published_one_to_the_last_multiplication(ain: bool) -> None:
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        network = OSNet(1.0, ain)
        network.eval()(torch.zeros(1, 3, 256, 128))
    biases = 4 * sum(gate.fc1.out_channels + gate.fc2.out_channels for gate in gates(network))
    assert counter.get_total_flops() / 2 + biases + FEATURES == PUBLISHED_MULTIPLICATIONS


def test_tensors_go_by_the_published_names() -> None:
    plain, ain = OSNet(0.25).state_dict(), OSNet(0.25, instance_normalised=True).state_dict()
    for name, shape in {
        "conv1.conv.weight": (16, 3, 7, 7),
        "conv2.0.conv2a.conv1.weight": (16, 16, 1, 1),
        "conv2.1.conv2d.3.bn.running_var": (16,),
        "conv2.2.0.conv.weight": (64, 64, 1, 1),
        "conv3.0.downsample.bn.bias": (96,),
        "conv4.1.gate.fc2.weight": (32, 2, 1, 1),
        "conv4.1.conv3.bn.weight": (128,),
        "fc.0.weight": (512, 128),
        "fc.1.running_mean": (512,),
    }.items():
        assert tuple(plain[name].shape) == shape, name
    for name, shape in {
        "conv1.bn.weight": (16,),
        "conv2.0.conv2.3.layers.3.conv2.weight": (16, 1, 3, 3),
        "conv2.0.IN.weight": (64,),
        "pool2.0.bn.running_mean": (64,),
        "conv3.0.conv3.bn.weight": (96,),
        "conv3.1.IN.bias": (96,),
        "conv4.0.IN.bias": (128,),
        "conv4.1.conv3.bn.bias": (128,),
    }.items():
        assert tuple(ain[name].shape) == shape, name
    assert not {"conv1.bn.running_mean", "conv2.0.conv3.bn.weight", "conv3.0.IN.weight"} & set(ain)
    assert (len(plain), len(ain)) == (565, 550)


@pytest.mark.parametrize("ain", [False, True])
@pytest.mark.parametrize("size", [(32, 16), (70, 33)])
def test_any_size_gives_features_that_are_not_negative(ain: bool, size: tuple[int, int]) -> None:
    network = with_random_statistics(OSNet(0.25, ain))
    pixels = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        features = network(pixels)
    assert features.shape == (2, FEATURES)
    assert (features >= 0).all()
    assert not torch.allclose(features[0], features[1])


def test_a_stream_of_t_layers_sees_2t_plus_1_pixels() -> None:
    block = OSNet(0.25, instance_normalised=True).conv2[0].eval()
    for layers, stream in enumerate(block.conv2, start=1):
        maps = torch.zeros(1, 16, 11, 11)
        with torch.no_grad():
            still = stream(maps)
            maps[..., 5, 5] = 1
            touched = (stream(maps) != still).any(1)[0]
        assert touched.any(0).sum() == 2 * layers + 1


def test_instance_normalisation_forgets_a_pictures_contrast() -> None:
    pixels = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    stem = OSNet(0.25, instance_normalised=True).conv1
    with torch.no_grad():
        torch.testing.assert_close(stem(pixels), stem(3 * pixels), rtol=1e-3, atol=1e-3)

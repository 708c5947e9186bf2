"""X3D is the published network: its tensors, its arithmetic and its cost."""

import hashlib

import pytest
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from touchline.backbones.squeeze_excitation import Squeeze
from touchline.backbones.x3d import X3D

# Made with pytorchvideo 0.1.5: the SHA-256 of all names and shapes but the classifier's; and some
# features of each of five frames, with tensors and pixels filled by `noise`.
NAMES_AND_SHAPES = "4d13f127091039f476b674b022d0e8e114b5b413ed7c4cd883d4527f5072bcf5"
CHOSEN = [1734, 468, 1806, 100]
FEATURES = [
    [0.90145737, 0.80233210, 0.72553563, 0.07548364],
    [0.98035610, 0.96324503, 0.95309633, 0.09615733],
    [1.01566255, 1.00738966, 0.93750721, 0.10208765],
    [1.01018751, 0.93380398, 0.90768594, 0.13644022],
    [0.94973415, 0.95879757, 0.89941823, 0.10778663],
]
SUM = 1224.08422852


def noise(shape: tuple[int, ...], place: int) -> Tensor:
    """Numbers in [-1, 1) without any structure, the same everywhere."""
    count = torch.arange(torch.Size(shape).numel(), dtype=torch.float64)
    return ((12.9898 * count + place).sin() * 43758.5453).remainder(1).mul(2).sub(1).reshape(shape)


def filled(key: str, value: Tensor, place: int) -> Tensor:
    if not value.is_floating_point():
        return value
    values = noise(tuple(value.shape), place)
    if value.dim() == 5:
        return values * (3 / value[0].numel()) ** 0.5
    if key.endswith("running_var"):
        return 1 + 0.5 * values
    return 1 + 0.2 * values if key.endswith("weight") else 0.1 * values


def test_names_and_shapes_are_those_of_pytorchvideo() -> None:
    state = sorted(X3D().state_dict().items())
    text = "\n".join(f"{key} {tuple(value.shape)}" for key, value in state)
    assert hashlib.sha256(text.encode()).hexdigest() == NAMES_AND_SHAPES


def test_features_are_those_of_pytorchvideo() -> None:
    network = X3D().eval()
    state = sorted(network.state_dict().items())
    network.load_state_dict({k: filled(k, v, place) for place, (k, v) in enumerate(state)})
    with torch.no_grad():
        features = network(noise((1, 3, 5, 64, 48), 1000).float())
    assert features.shape == (1, 5, 2048)
    assert torch.allclose(features[0][:, CHOSEN], torch.tensor(FEATURES), atol=1e-4)
    assert features.sum().item() == pytest.approx(SUM, rel=1e-4)


def test_parameters_with_the_classifier_are_the_published_number() -> None:
    assert sum(p.numel() for p in X3D().parameters()) + 2048 * 400 + 400 == 3_794_274


@pytest.mark.parametrize(("frames", "side", "published"), [(13, 160, 1.96), (16, 224, 4.73)])
def test_multiplications_are_those_of_the_paper(frames: int, side: int, published: float) -> None:
    with torch.device("meta"), FlopCounterMode(display=False) as counter:
        X3D()(torch.zeros(1, 3, frames, side, side))
    assert counter.get_total_flops() / 2e9 == pytest.approx(published, rel=0.01)


@pytest.mark.parametrize(("squeeze", "reach"), [("clip", None), ("frame", 28)])
def test_reach(squeeze: Squeeze, reach: int | None) -> None:
    # The stem's kernel of five sees two frames to either side, and 26 blocks one each.
    assert X3D(squeeze).reach == reach


@pytest.mark.parametrize(("height", "width", "time"), [(64, 96, 4), (33, 47, 1)])
def test_any_size_and_no_frame_lost(height: int, width: int, time: int) -> None:
    with torch.no_grad():
        assert X3D()(torch.zeros(2, 3, time, height, width)).shape == (2, time, 2048)

"""Weights out of an ONNX file, folded or not, give the very features that the file gives."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from pictures import picture
from random_statistics import with_random_statistics
from touchline.backbones.onnx_weights import module_path
from touchline.backbones.osnet_weights import MEAN, STD, load_osnet
from touchline.errors import EnvironmentMissingError, UsageError
from touchline.media.framing import as_pixels, normalise

PUBLISHED = Path(__file__).parents[3] / "shared/data/weights/osnet_x0_25_msmt17.onnx"


def node_name(module: str, kind: str) -> str:
    """As torch names nodes: a part of a sequence repeats the sequence's name."""
    parts: list[str] = []
    for part in module.split("."):
        parts.append(f"{parts[-1]}.{part}" if part.isdigit() else part)
    return "/" + "/".join([*parts, kind])


def write_like_torch(network: nn.Module, path: Path, folded: bool) -> None:
    """The nodes that hold weights, named and numbered as torch does, without what joins them."""
    nodes, tensors = [], dict[str, Tensor]()

    def add(kind: str, module: str, values: dict[str, Tensor]) -> None:
        tensors.update(values)
        nodes.append(
            helper.make_node(
                kind, ["crops", *values], [f"answer_{len(nodes)}"], name=node_name(module, kind)
            )
        )

    modules = dict(network.named_modules())
    for name, module in modules.items():
        beside = modules.get(".".join([*name.split(".")[:-1], "bn"]))
        foldable = isinstance(beside, nn.BatchNorm2d) and not name.endswith("conv2a.conv1")
        light = name.rpartition(".")[2] == "conv1"  # the first of two convolutions before one norm
        if isinstance(module, nn.Conv2d) and folded and foldable and not light:
            weight, bias = fuse_conv_bn_weights(
                module.weight, None, beside.running_mean, beside.running_var, beside.eps,
                beside.weight, beside.bias,
            )  # fmt: skip
            number = 1000 + 2 * len(nodes)
            add("Conv", name, {f"onnx::Conv_{number}": weight, f"onnx::Conv_{number + 1}": bias})
        elif isinstance(module, nn.Conv2d):
            own = dict(module.named_parameters())
            add("Conv", name, {f"{name}.{key}": value for key, value in own.items()})
        elif isinstance(module, nn.BatchNorm1d) or (
            isinstance(module, nn.BatchNorm2d) and not folded
        ):
            kinds = ("weight", "bias", "running_mean", "running_var")
            values = {f"t{len(nodes)}_{kind}": getattr(module, kind) for kind in kinds}
            add("BatchNormalization", name, values)
        elif isinstance(module, nn.InstanceNorm2d | nn.Linear):
            tensors.update({f"{name}.{key}": v for key, v in module.named_parameters()})
    kept = tensors.pop("conv2.0.gate.fc2.bias")  # equal tensors are stored once
    tensors["conv2.1.gate.fc2.bias"] = kept
    nodes.insert(
        0, helper.make_node("Identity", ["conv2.1.gate.fc2.bias"], ["conv2.0.gate.fc2.bias"])
    )
    graph = helper.make_graph(
        nodes, "network",
        [helper.make_tensor_value_info("crops", TensorProto.FLOAT, ["batch"])],
        [helper.make_tensor_value_info("answer_0", TensorProto.FLOAT, ["batch"])],
        [numpy_helper.from_array(v.detach().numpy(), key) for key, v in tensors.items()],
    )  # fmt: skip
    onnx.save(helper.make_model(graph), path)


@pytest.mark.parametrize("name", ["osnet_x0_25", "osnet_ain_x0_25"])
@pytest.mark.parametrize("folded", [True, False])
def test_features_survive_the_way_there_and_back(name: str, folded: bool, tmp_path: Path) -> None:
    taught = with_random_statistics(load_osnet(name, "random", 3))
    write_like_torch(taught, tmp_path / "network.onnx", folded)
    read = load_osnet(name, str(tmp_path / "network.onnx"))
    pixels = torch.randn(2, 3, 48, 24, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected = taught(pixels)
        torch.testing.assert_close(read(pixels), expected, rtol=1e-4, atol=1e-5)
    assert expected.std() > 0.01
    other = "osnet_x0_5" if name == "osnet_x0_25" else "osnet_x0_25"
    with pytest.raises(UsageError, match=f"Wanted the weights of {other}; found"):
        load_osnet(other, str(tmp_path / "network.onnx"))


@pytest.mark.parametrize(
    ("node", "module"),
    [
        ("/conv1/conv/Conv", "conv1.conv"),
        ("/conv2/conv2.2/conv2.2.0/conv/Conv", "conv2.2.0.conv"),
        ("/conv2/conv2.0/conv2b/conv2b.1/conv1/Conv", "conv2.0.conv2b.1.conv1"),
        ("/conv2/conv2.0/conv2.0/layers/layers.0/Conv", "conv2.0.conv2.0.layers.0"),
        ("/Shape", ""),
    ],
)
def test_nodes_tell_their_modules(node: str, module: str) -> None:
    assert module_path(node) == module


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissingError, match="a file of weights; found nothing at"):
        load_osnet("osnet_x0_25", str(tmp_path / "none.onnx"))
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(UsageError, match="Wanted an ONNX model; found"):
        load_osnet("osnet_x0_25", str(tmp_path / "text.onnx"))


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="the published OSNet is not on this machine")
def test_the_published_file_gives_onnxruntimes_features() -> None:
    shown = torch.stack([as_pixels(picture(number, (128, 256))) for number in range(6)])
    pixels = normalise(shown, MEAN, STD).contiguous()
    session = onnxruntime.InferenceSession(str(PUBLISHED), providers=["CPUExecutionProvider"])
    (expected,) = session.run(None, {"images": pixels.numpy()})
    with torch.no_grad():
        found = load_osnet("osnet_x0_25", str(PUBLISHED))(pixels).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-4, rtol=0)
    assert expected.max() > 1

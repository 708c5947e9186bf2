"""The weights in an ONNX file that torch wrote, by the names they had before.

Torch names the nodes of a graph after the modules they came from. Folding batch normalisation into
a convolution makes new tensors with numbers for names; the node that uses them tells whose they
are.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from touchline.errors import EnvironmentMissingError, UsageError

NORMALISATION = "bn"
"""What the batch normalisation beside a convolution is called."""
STATISTICS = ("weight", "bias", "running_mean", "running_var")
"""Inputs of a batch normalisation's node, in order, behind its input proper."""


def read_onnx_weights(path: Path, network: nn.Module) -> dict[str, Tensor]:
    """The tensors for `network` in an ONNX file that was exported from its like.

    A bias that folding gave to a convolution which has none becomes the bias of the batch
    normalisation beside it, with weight 1, mean 0 and a variance of 1 less epsilon, so that the
    answers stay exactly the same.

    Args:
        path: written by torch's exporter, with or without folded batch normalisation.
        network: what the tensors are for; its own values play no part.

    Raises:
        EnvironmentMissingError: when there is no such file.
        UsageError: when it is no ONNX model.

    Returns:
        Tensors by the names of the network's state dict; some may be missing, and there are no
        others.
    """
    graph = _read(path).graph
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:  # equal tensors are stored once
        if node.op_type == "Identity" and node.input[0] in values:
            values[node.output[0]] = values[node.input[0]]
    own = network.state_dict()
    found = {name: _tensor(value) for name, value in values.items() if name in own}
    for node in graph.node:
        given = [values.get(name) for name in node.input[1:]]
        for name, value in _named(node, given, network):
            if name in own and value is not None:
                found.setdefault(name, _tensor(value))
    return found


def module_path(node: str) -> str:
    """The name of the module that a node came from.

    Each part of a node's name is a module within the one before; the parts of a sequence repeat
    its name.

    >>> module_path("/conv2/conv2.0/conv2a/conv1/Conv")
    'conv2.0.conv2a.conv1'
    """
    *parts, _ = node.strip("/").split("/")
    named = (part for part, after in pairwise([*parts, ""]) if not after.startswith(f"{part}."))
    return ".".join(named)


def _named(
    node: onnx.NodeProto, given: list[np.ndarray | None], network: nn.Module
) -> Iterator[tuple[str, np.ndarray | None]]:
    path = module_path(node.name)
    if node.op_type == "BatchNormalization":
        yield from zip((f"{path}.{kind}" for kind in STATISTICS), given, strict=True)
    elif node.op_type == "Conv":
        weight, bias = (*given, None)[:2]
        yield f"{path}.weight", weight
        if bias is not None:
            yield f"{path}.bias", bias
            yield from _stand_in(path, bias, network)


def _stand_in(
    path: str, bias: np.ndarray, network: nn.Module
) -> Iterator[tuple[str, np.ndarray | None]]:
    """The batch normalisation that does no more than add a folded convolution's bias."""
    beside = ".".join([*path.split(".")[:-1], NORMALISATION])
    layer = dict(network.named_modules()).get(beside)
    if isinstance(layer, nn.BatchNorm2d):
        ones = np.ones_like(bias)
        stand_ins = (ones, bias, 0 * ones, ones - np.float32(layer.eps))
        yield from zip((f"{beside}.{kind}" for kind in STATISTICS), stand_ins, strict=True)


def _read(path: Path) -> onnx.ModelProto:
    if not path.is_file():
        raise EnvironmentMissingError("a file of weights", f"nothing at {path}", "Check the path.")
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model)
    except Exception as error:  # protobuf and onnx raise many kinds on a broken file
        raise UsageError(
            "an ONNX model", f"{type(error).__name__} in {path}", "Export the network again."
        ) from error
    return model


def _tensor(value: np.ndarray) -> Tensor:
    return torch.from_numpy(value.copy())

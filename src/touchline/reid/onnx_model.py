"""A re-identifier as one ONNX file that carries its own preprocessing.

Input `crops`: uint8 RGB `(batch, 3, height, width)`, any batch. Output `vectors`: float32
`(batch, features)` of length 1, the mirror images' features added where the re-identifier does so.
The metadata key `touchline` holds JSON: the size of the crops and how they are brought to it, the
normalisation (which is inside), and the name of the run.
"""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.reid.distances import Features
from touchline.reid.networks.comparing import ComparisonNetwork
from touchline.reid.networks.embedder import Embedder
from touchline.reid.networks.extractor import check_pixels
from touchline.reid.networks.trunk import Size

METADATA_KEY = "touchline"
INPUT, OUTPUT = "crops", "vectors"


def export_onnx(embedder: Embedder, size: Size, flip_views: bool, path: Path, name: str) -> Path:
    """Write an embedder as an ONNX file in float32; the embedder is left as it is.

    Args:
        embedder: a taught one.
        size: height and width of the crops.
        flip_views: whether the features of mirror images are added.
        path: the file.
        name: of the run, to be found in the file.

    Raises:
        UsageError: when the size is none that the embedder can take.
    """
    network = ComparisonNetwork(embedder, size, flip_views).eval()
    example = torch.zeros(2, 3, *size, dtype=torch.uint8)
    with warnings.catch_warnings():
        # Torch warns of how it holds the constants of the normalisation itself.
        warnings.filterwarnings("ignore", "Attempted to insert a get_attr Node", UserWarning)
        program = torch.onnx.export(
            network, (example,), input_names=[INPUT], output_names=[OUTPUT], dynamo=True,
            verbose=False, optimize=True, dynamic_shapes=({0: torch.export.Dim("batch")},),
        )  # fmt: skip
    assert program is not None
    proto = program.model_proto
    _forget_origins(proto)
    entry = proto.metadata_props.add()
    entry.key = METADATA_KEY
    entry.value = json.dumps({
        "task": "reid", "height": size[0], "width": size[1], "framing": "squash",
        "mean": embedder.mean, "std": embedder.std, "flip_views": flip_views, "run": name,
    })  # fmt: skip
    write_atomically(path, proto.SerializeToString())
    return path


@dataclass(frozen=True)
class OnnxExtractor:
    """An extractor that onnxruntime runs on the CPU.

    Attributes:
        session: the file's network.
        size: height and width of the crops it takes.
        features: the length of a vector.
        run: the name of the run it was written from.
    """

    session: onnxruntime.InferenceSession
    size: Size
    features: int
    run: str

    def __call__(self, pixels: Tensor) -> Features:
        """Unit vectors of uint8 pixels, as `touchline.reid.networks.extractor.Extractor`."""
        check_pixels(pixels, self.size)
        (vectors,) = self.session.run([OUTPUT], {INPUT: pixels.numpy()})
        return np.asarray(vectors, dtype=np.float32)


def load_onnx(path: Path, size: Size | None = None) -> OnnxExtractor:
    """The extractor of an ONNX file written by `export_onnx`.

    Args:
        path: the file.
        size: the height and width that crops will be given in; None takes the file's own.

    Raises:
        UsageError: when the file is no re-identifier of ours, or takes crops of another size.
    """
    try:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        facts = json.loads(session.get_modelmeta().custom_metadata_map[METADATA_KEY])
        stored = int(facts["height"]), int(facts["width"])
        shape = tuple(session.get_inputs()[0].shape[1:])
        features = int(session.get_outputs()[0].shape[1])
        run = str(facts["run"])
    except Exception as error:  # onnxruntime raises types of its own for every kind of fault
        raise UsageError(
            "an ONNX file of a re-identifier exported by Touchline",
            f"{type(error).__name__} in {path}",
            "Write one with `touchline reid export`.",
        ) from error  # fmt: skip
    _check_size(path, stored, shape, size)
    return OnnxExtractor(session, stored, features, run)


def _forget_origins(proto: onnx.ModelProto) -> None:
    """Drop what torch notes of each node: source files of this machine, at half the file's size."""
    for part in (proto.graph, *proto.graph.node, *proto.graph.value_info):
        del part.metadata_props[:]


def _check_size(path: Path, stored: Size, shape: tuple[Any, ...], size: Size | None) -> None:
    if shape != (3, *stored):
        raise UsageError(
            f"a network that takes the {stored[0]}x{stored[1]} its preprocessing tells of",
            f"one that takes {shape[1]}x{shape[2]} in {path}",
            "Export the run again.",
        )  # fmt: skip
    if size is not None and size != stored:
        raise UsageError(
            f"crops of {stored[0]}x{stored[1]}, which {path} was taught on",
            f"crops of {size[0]}x{size[1]}",
            "Give crops of that size, or export a run of the other.",
        )  # fmt: skip

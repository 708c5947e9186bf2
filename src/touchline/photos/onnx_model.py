"""A classifier as one ONNX file that carries its own preprocessing, labels and calibration.

Inputs `view_0`, `view_1`, ...: uint8 pixels `(n, 3, size, size)`, any n. Outputs: `logits`
`(n, views, classes)` and `embeddings` `(n, views, features)`. The metadata key `touchline` holds
JSON: how photos are shown, the classes and their mirror map, the calibration and the scope.
"""

import base64
import json
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from touchline.backbones.folding import fold_batch_normalisation
from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.media.framing import normalise
from touchline.photos.calibration import Calibration
from touchline.photos.classifier import Classifier, load_network, load_scope
from touchline.photos.config import View
from touchline.photos.mirror import MirrorMap
from touchline.photos.scope import Scope
from touchline.runs import Run

METADATA_KEY = "touchline"


class _AllViews(nn.Module):
    """The network over all views of a photo at once, normalisation inside."""

    def __init__(self, network: nn.Module, mean: Sequence[float], std: Sequence[float]) -> None:
        super().__init__()
        self.network, self.mean, self.std = network, tuple(mean), tuple(std)

    def forward(self, *views: Tensor) -> tuple[Tensor, Tensor]:
        """Stacked logits and embeddings of the views' pixels."""
        answers = [self.network(normalise(pixels, self.mean, self.std)) for pixels in views]
        return torch.stack([a[0] for a in answers], 1), torch.stack([a[1] for a in answers], 1)


def export_onnx(run: Run, path: Path) -> Path:
    """Write the run's classifier as an ONNX file in float32.

    Raises:
        UsageError: when the run is unfinished.
    """
    network, facts = load_network(run)
    views = [View(**view) for view in facts["views"]]
    folded = fold_batch_normalisation(network, torch.zeros(2, 3, views[0].size, views[0].size))
    model = _AllViews(folded, facts["mean"], facts["std"]).eval()
    examples = tuple(torch.zeros(2, 3, v.size, v.size, dtype=torch.uint8) for v in views)
    with warnings.catch_warnings():
        # Several views share one batch size, which is all that torch has to tell here.
        warnings.filterwarnings("ignore", "# The axis name: batch will not be used", UserWarning)
        program = torch.onnx.export(
            model, examples, input_names=[f"view_{v}" for v in range(len(views))],
            output_names=["logits", "embeddings"], dynamo=True, verbose=False, optimize=True,
            dynamic_shapes=(tuple({0: torch.export.Dim("batch")} for _ in views),),
        )  # fmt: skip
    assert program is not None
    proto = program.model_proto
    scope = load_scope(run)
    _describe(proto, {
        "views": facts["views"],
        "labels": run.read_json("labels.json"),
        "calibration": run.read_json("calibration.json"),
        "scope": {
            "threshold": scope.threshold,
            "features": scope.references.shape[1],
            "references": base64.b64encode(scope.references.astype(np.float16).tobytes()).decode(),
        },
        "run": str(run.folder),
    })  # fmt: skip
    write_atomically(path, proto.SerializeToString())
    return path


@dataclass(frozen=True)
class OnnxNetwork:
    """The network of an ONNX file, run by onnxruntime on the CPU."""

    session: onnxruntime.InferenceSession

    def __call__(self, pixels: Sequence[Tensor]) -> tuple[np.ndarray, np.ndarray]:
        """Logits and embeddings of each view, as `touchline.photos.classifier.Network`."""
        given = {f"view_{v}": shown.numpy() for v, shown in enumerate(pixels)}
        logits, embeddings = self.session.run(["logits", "embeddings"], given)
        return logits, embeddings


def load_onnx(path: Path) -> Classifier:
    """The classifier of an ONNX file written by `export_onnx`.

    Raises:
        UsageError: when the file is no ONNX model or not one of ours.
    """
    try:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        text = session.get_modelmeta().custom_metadata_map[METADATA_KEY]
    except Exception as error:  # onnxruntime raises types of its own for every kind of fault
        raise UsageError(
            "an ONNX file exported by Touchline", f"{type(error).__name__} in {path}",
            "Write one with `touchline photos export RUN`.",
        ) from error  # fmt: skip
    facts = json.loads(text)
    scope = facts["scope"]
    points = np.frombuffer(base64.b64decode(scope["references"]), np.float16)
    return Classifier(
        OnnxNetwork(session),
        tuple(View(**view) for view in facts["views"]),
        MirrorMap.from_dict(facts["labels"]),
        Calibration.from_dict(facts["calibration"]),
        Scope(points.reshape(-1, scope["features"]).astype(np.float32), scope["threshold"]),
        facts["run"],
    )  # fmt: skip


def _describe(proto: onnx.ModelProto, facts: dict[str, Any]) -> None:
    entry = proto.metadata_props.add()
    entry.key, entry.value = METADATA_KEY, json.dumps(facts)

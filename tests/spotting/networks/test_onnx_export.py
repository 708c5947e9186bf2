"""Time models and heads leave torch with a free length, and answer the same outside it."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from touchline.spotting.networks.heads import SpottingHead
from touchline.spotting.networks.time_model import TimeModelKind, build_time_model

FEATURES = 4


class Decided(nn.Module):
    """A time model and its heads, answering with plain tensors."""

    def __init__(self, kind: TimeModelKind) -> None:
        super().__init__()
        self.time = build_time_model(kind, FEATURES, layers=1, hidden=16, dropout=0.1)
        self.head = SpottingHead(self.time.features, 3, "relative", 2, team=True)

    def forward(self, rows: Tensor) -> tuple[Tensor | None, ...]:
        outputs = self.head(self.time(rows))
        return outputs.classes, outputs.offset, outputs.team


@pytest.mark.parametrize("kind", ["lstm", "transformer", "sgp"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_onnx_gives_the_same_at_any_length(kind: TimeModelKind, tmp_path: Path) -> None:
    torch.manual_seed(0)
    model, path = Decided(kind).eval(), tmp_path / "model.onnx"
    torch.onnx.export(
        model, (torch.zeros(1, 60, FEATURES),), path, dynamo=True, verbose=False,
        optimize=False, dynamic_shapes=({1: torch.export.Dim.DYNAMIC},),
    )  # fmt: skip
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for time in (1, 60, 61, 150):
        rows = torch.randn(1, time, FEATURES)
        found = session.run(None, {session.get_inputs()[0].name: rows.numpy()})
        with torch.no_grad():
            expected = model(rows)
        for ours, theirs in zip(expected, found, strict=True):
            np.testing.assert_allclose(theirs, ours.numpy(), atol=1e-4)

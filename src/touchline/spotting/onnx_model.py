"""A spotter as one ONNX file that carries its preprocessing and labels.

Input `frames`: uint8 `(batch, time, channels, height, width)`, any batch. Output `rows`: float32
`(batch, time, columns)`: the probability of each class, then the offset to the event in steps
where the spotter has one, then the probabilities of the left and the right team where it has them.
The metadata key `touchline` holds JSON: classes, columns, frame rate, how events are picked.
"""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn

from touchline.errors import UsageError
from touchline.files import write_atomically
from touchline.runs import Run
from touchline.spotting.inference import score_rows
from touchline.spotting.model import load_spotter
from touchline.spotting.networks.spotter import Spotter, colour_of

METADATA_KEY = "touchline"


class _Rows(nn.Module):
    """Frames to score rows."""

    def __init__(self, network: Spotter) -> None:
        super().__init__()
        self.network = network

    def forward(self, frames: Tensor) -> Tensor:
        return score_rows(self.network(frames))


def export_onnx(run: Run, path: Path, steps: int | None = None) -> Path:
    """Write the run's spotter in float32 for clips of `steps` frames (as taught when None).

    Raises:
        UsageError: when the run is unfinished, or looks at tracks, which a file of frames lacks.
    """
    spotter = load_spotter(run, "cpu", "fp32")
    network = spotter.scorer.network
    if network.tracks is not None:
        raise UsageError(
            "a run that looks at frames alone", f"tracks in {run.folder}",
            "Export a run without tracks.",
        )  # fmt: skip
    frames, count = spotter.frames, steps or spotter.config.clips.steps
    shape = (2, count, network.encoder.channels, frames.height, frames.width)
    program = torch.onnx.export(
        _Rows(network).eval(), (torch.zeros(shape, dtype=torch.uint8),), input_names=["frames"],
        output_names=["rows"], dynamo=True, verbose=False, optimize=True,
        dynamic_shapes=({0: torch.export.Dim("batch")},),
    )  # fmt: skip
    assert program is not None
    proto = program.model_proto
    entry = proto.metadata_props.add()
    entry.key = METADATA_KEY
    entry.value = json.dumps({
        "classes": spotter.classes, "columns": asdict(spotter.scorer.columns),
        "rate": frames.rate, "colour": colour_of(network), "steps": count,
        "peaks": {**asdict(spotter.peaks), "thresholds": dict(spotter.peaks.thresholds)},
        "run": spotter.name,
    })  # fmt: skip
    write_atomically(path, proto.SerializeToString())
    return path

"""The exported file says what the spotter says."""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from safetensors.torch import save_file

from random_spotters import CLASSES, random_network, small_config
from touchline.errors import UsageError
from touchline.runs import Run, open_run
from touchline.settings import as_yaml
from touchline.spotting.inference import score_rows
from touchline.spotting.model import load_spotter, save_spotter
from touchline.spotting.networks.spotter import build_spotter
from touchline.spotting.onnx_model import METADATA_KEY, export_onnx
from touchline.spotting.peaks.settings import PeakSettings

PEAKS = PeakSettings(thresholds={"PASS": 0.25})


def run_of(folder: Path, *words: str) -> Run:
    run, config = Run(folder), small_config(*words)
    (folder / "weights").mkdir(parents=True)
    run.config.write_text(as_yaml(config))
    save_file(random_network(config).state_dict(), run.weights)
    save_spotter(run, CLASSES, (), team=True, peaks=PEAKS)
    return run


STACKS = ("encoder.kind=stacks", "encoder.name=test_efficientnet", "head.offset=relative")


def test_its_rows_are_those_of_the_spotter(tmp_path: Path) -> None:
    steps = 10  # no whole stacks, and other than it was taught with
    run = run_of(tmp_path / "run", *STACKS)
    path = export_onnx(run, tmp_path / "new" / "spotter.onnx", steps)
    spotter = load_spotter(run, "cpu", "fp32")
    network = spotter.scorer.network
    shape = (3, steps, network.encoder.channels, 32, 48)
    numbers = torch.Generator().manual_seed(0)
    frames = torch.randint(0, 256, shape, dtype=torch.uint8, generator=numbers)
    with torch.no_grad():
        expected = score_rows(network(frames)).numpy()
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for batch in (3, 1):
        (rows,) = session.run(["rows"], {"frames": frames[:batch].numpy()})
        np.testing.assert_allclose(rows, expected[:batch], atol=2e-5)
    (entry,) = [e for e in onnx.load(path).metadata_props if e.key == METADATA_KEY]
    facts = json.loads(entry.value)
    assert facts["classes"] == ["PASS", "SHOT"]
    assert facts["columns"] == {"classes": 2, "offset": True, "team": True}
    assert (facts["rate"], facts["steps"], facts["run"]) == (25, steps, "run")
    assert facts["colour"] == "gray"
    assert PeakSettings(**facts["peaks"]) == PEAKS


def test_a_run_with_tracks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("touchline.spotting.track_source._detector", lambda _settings: None)
    run = run_of(tmp_path / "run")
    config = small_config("tracks.detector=yolox", "tracks.weights=a.onnx")
    run.config.write_text(as_yaml(config))
    save_file(build_spotter(config, CLASSES, team=True).state_dict(), run.weights)
    with pytest.raises(UsageError, match=r"a run that looks at frames alone; found tracks in"):
        export_onnx(run, tmp_path / "x.onnx")


def test_an_unfinished_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(as_yaml(small_config()))
    with pytest.raises(UsageError, match="a finished run"):
        export_onnx(open_run(tmp_path), tmp_path / "x.onnx")
    assert not (tmp_path / "x.onnx").exists()

"""The classifier as one ONNX file: the same answers, everything with it, nothing else taken."""

import json
from pathlib import Path

import numpy as np
import onnx
import pandas as pd
import pytest
import torch

from touchline.cli import main
from touchline.errors import UsageError
from touchline.photos.classifier import load_classifier
from touchline.photos.onnx_model import METADATA_KEY, load_onnx
from touchline.runs import open_run


@pytest.fixture(scope="module")
def exported(taught: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("onnx") / "deep" / "model.onnx"
    assert main(["photos", "export", str(taught), "--out", str(path)]) == 0
    return path


@pytest.mark.parametrize("batch", [1, 7, 32])
def test_logits_are_those_of_pytorch(batch: int, taught: Path, exported: Path) -> None:
    ours, theirs = load_classifier(open_run(taught), "cpu", "fp32"), load_onnx(exported)
    generator = torch.Generator().manual_seed(batch)
    pixels = [
        torch.randint(0, 256, (batch, 3, v.size, v.size), dtype=torch.uint8, generator=generator)
        for v in ours.views
    ]
    for expected, found in zip(ours.network(pixels), theirs.network(pixels), strict=True):
        assert found.shape == expected.shape
        np.testing.assert_allclose(found, expected, atol=1e-4)
    answers, others = ours(pixels), theirs(pixels)
    np.testing.assert_allclose(others.probabilities, answers.probabilities, atol=1e-4)
    np.testing.assert_allclose(others.distances, answers.distances, atol=1e-3)


def test_labels_are_those_of_the_run(
    world: Path, taught: Path, exported: Path, tmp_path: Path
) -> None:
    tables = []
    for name, model in (("onnx", exported), ("run", taught)):
        out = tmp_path / f"{name}.parquet"
        words = [str(model), f"{world}/*/1?.jpg", "--out", str(out), "--precision", "fp32"]
        assert main(["photos", "predict", *words, "--device", "cpu"]) == 0
        tables.append(pd.read_parquet(out))
    theirs, ours = tables
    for column in ("path", "label", "decision", "sha256", "mirror_agrees", "run"):
        assert list(theirs[column]) == list(ours[column]), column
    np.testing.assert_allclose(theirs["confidence"], ours["confidence"], atol=1e-4)


def test_the_file_carries_all_that_labelling_needs(taught: Path, exported: Path) -> None:
    ours, theirs = load_classifier(open_run(taught)), load_onnx(exported)
    assert (theirs.views, theirs.mirror) == (ours.views, ours.mirror)
    assert (theirs.calibration, theirs.run) == (ours.calibration, ours.run)
    assert theirs.scope.threshold == ours.scope.threshold
    assert (theirs.scope.references == ours.scope.references).all()
    model = onnx.load(exported)
    onnx.checker.check_model(model)
    (entry,) = model.metadata_props
    assert entry.key == METADATA_KEY
    assert set(json.loads(entry.value)) == {"views", "labels", "calibration", "scope", "run"}
    assert [graph_input.name for graph_input in model.graph.input] == ["view_0", "view_1"]


def test_without_a_name_it_lies_in_the_run(
    taught: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from touchline.photos import onnx_model

    monkeypatch.setattr(onnx_model, "export_onnx", lambda _, path: path)
    assert main(["photos", "export", str(taught)]) == 0
    assert capsys.readouterr().out == f"{taught / 'model.onnx'}\n"


@pytest.mark.parametrize("kind", ["missing", "text", "other model"])
def test_other_files_are_refused(kind: str, exported: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    if kind == "text":
        path.write_text("no model")
    if kind == "other model":
        model = onnx.load(exported)
        del model.metadata_props[:]
        onnx.save(model, path)
    with pytest.raises(UsageError, match="Wanted an ONNX file exported by Touchline; found"):
        load_onnx(path)

"""A re-identifier taken out of its run again."""

import json
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from touchline.errors import UsageError
from touchline.reid.model import load_reidentifier
from touchline.reid.sample import copy_sample_crops, open_reid_run
from touchline.runs import open_run


@pytest.fixture
def copy(reid_run: Path, tmp_path: Path) -> Path:
    return shutil.copytree(reid_run, tmp_path / "copy")


def test_the_fingerprint_tells_how_crops_are_shown(reid_run: Path, copy: Path) -> None:
    first = load_reidentifier(open_run(reid_run), "cpu", "fp32")
    assert first.extractor.size == (32, 16)
    assert load_reidentifier(open_run(copy), "cpu", "fp32").fingerprint == first.fingerprint
    shown = json.loads((copy / "preprocess.json").read_text())
    (copy / "preprocess.json").write_text(json.dumps(shown | {"height": 64}))
    assert load_reidentifier(open_run(copy), "cpu", "fp32").fingerprint != first.fingerprint


def test_weights_of_another_network_are_refused(copy: Path) -> None:
    config = (copy / "config.yaml").read_text().replace("osnet_x0_25", "osnet_x0_5")
    (copy / "config.yaml").write_text(config)
    with pytest.raises(UsageError, match="the weights of the network that"):
        load_reidentifier(open_run(copy), "cpu", "fp32")


def test_an_unfinished_run_is_named(copy: Path) -> None:
    (copy / "calibration.json").unlink()
    with pytest.raises(UsageError, match=r"a finished run; found FileNotFoundError at .*calibrat"):
        load_reidentifier(open_run(copy), "cpu", "fp32")


def test_sample_crops_are_copied_once(tmp_path: Path) -> None:
    folder = copy_sample_crops(tmp_path / "crops")
    assert (folder / "test" / "bbox_info.json").is_file()
    with pytest.raises(UsageError, match="a new or empty folder; found something at"):
        copy_sample_crops(folder)


def test_a_folder_called_sample_outranks_the_shipped_run(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    copy.rename(tmp_path / "sample")
    assert open_reid_run("sample").folder.resolve() == tmp_path / "sample"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("labels.json", b"{}"),
        ("labels.json", b"[]"),
        ("labels.json", b'{"classes": "many"}'),
        ("labels.json", b'{"classes": -3}'),
        ("calibration.json", b"{}"),
        ("calibration.json", b"\xff\xfe"),
        ("calibration.json", b"[" * 100_000),
        ("preprocess.json", b"{}"),
    ],
)
def test_a_file_of_another_form_is_named(copy: Path, name: str, content: bytes) -> None:
    (copy / name).write_bytes(content)
    with pytest.raises(UsageError, match=rf"a finished run.*; found \w+Error (in|at) .*{name}"):
        load_reidentifier(open_run(copy), "cpu", "fp32")


def test_a_confidence_of_other_features_is_refused(copy: Path) -> None:
    values = json.loads((copy / "calibration.json").read_text())
    values["alone"]["slopes"] = []
    (copy / "calibration.json").write_text(json.dumps(values))
    with pytest.raises(UsageError, match=r"calibration\.json as a finished run has it"):
        load_reidentifier(open_run(copy), "cpu", "fp32")


def test_exchanged_weights_are_refused(copy: Path) -> None:
    weights = load_file(copy / "weights" / "best.safetensors")
    save_file({name: 2 * tensor for name, tensor in weights.items()}, open_run(copy).weights)
    with pytest.raises(UsageError, match="weights that the run was finished with; found others"):
        load_reidentifier(open_run(copy), "cpu", "fp32")

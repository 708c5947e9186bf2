"""YOLO in our runs: taught, scored, compared with a probe, labelling, exported."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from optional_packages import needs_ultralytics
from photo_world import teach
from touchline.backbones.loading import load_backbone
from touchline.cli import main

pytestmark = needs_ultralytics

YOLO = [
    "--shots", "6", "--recipe", "finetune", "--backbone", "yolov8n-cls", "training.epochs=1",
    "training.batch_size=9", "training.stages=10", "training.refit=false", "head.hidden=[]",
]  # fmt: skip
WHOLE = "training.learn_statistics=true"


@pytest.fixture(scope="module")
def run(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return teach(world, tmp_path_factory.mktemp("yolo") / "yolo", *YOLO, WHOLE)


def statistics(run: Path) -> dict[str, torch.Tensor]:
    state = load_file(run / "weights" / "best.safetensors")
    return {name: tensor for name, tensor in state.items() if "running" in name}


def test_all_of_it_learns_statistics_included(run: Path, world: Path, tmp_path: Path) -> None:
    before = load_backbone("yolov8n-cls", "random").network.state_dict()
    learnt = load_file(run / "weights" / "best.safetensors")
    assert all(
        not torch.equal(tensor, learnt[f"backbone.{name}"]) for name, tensor in before.items()
    )
    kept = statistics(teach(world, tmp_path / "kept", *YOLO))
    for name, tensor in kept.items():
        assert torch.equal(tensor, before[name.removeprefix("backbone.")])


def test_it_is_compared_with_a_probe_in_one_report(
    run: Path, taught: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    page = tmp_path / "compare.html"
    assert main(["photos", "compare", str(taught), str(run), "--out", str(page), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {row["name"] for row in answer["runs"]} == {"run", "yolo"}
    assert answer["pairs"][0]["difference"]["n"] == 18
    assert page.is_file()
    assert (run / "report.html").is_file()


def test_its_run_and_its_onnx_file_label_alike(
    run: Path, world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "yolo.onnx"
    assert main(["photos", "export", str(run), "--out", str(model)]) == 0
    photo = str(next((world / "green").glob("*.jpg")))
    capsys.readouterr()
    answers = []
    for source in (str(run), str(model)):
        assert main(["photos", "predict", source, photo, "--device", "cpu"]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    ours, exported = answers
    assert ours["labels"] == exported["labels"]
    assert ours["confidences"] == pytest.approx(exported["confidences"], abs=1e-4)


def test_a_finished_run_scores_other_photos(run: Path, world: Path, tmp_path: Path) -> None:
    assert main(["photos", "evaluate", str(run), str(world), "--out", str(tmp_path / "e")]) == 0
    assert json.loads((tmp_path / "e" / "metrics.json").read_text())["accuracy"]["n"] == 18

"""Runs followed by TensorBoard, W&B (offline) and MLflow (a folder), opened again afterwards."""

import errno
import fcntl
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

import wandb_records
from event_files import curve, opened, picture
from touchline.errors import EnvironmentMissingError, InterruptedRunError, UsageError
from touchline.runs import Run
from touchline.settings import Settings
from touchline.training.fitting import fit
from touchline.training.settings import FitSettings
from touchline.training.tracking.at_work import at_work
from touchline.training.tracking.opening import require_trackers, tell_outcome, tracked
from touchline.training.tracking.settings import TrackingSettings

ALIEN = "kick, élan/.."
METRICS = {
    "test": {"mAP": {"value": 0.75, "n": 4, "low": 0.5, "high": 0.9}},
    "per_class": {ALIEN: {"f1": {"value": 0.25, "n": 2, "low": None, "high": None}}},
}
FINAL = {"final/test/mAP": 0.75, "final/test/mAP/low": 0.5, "final/test/mAP/high": 0.9}


class Group(Settings):
    rate: float = 0.125
    sizes: tuple[int, ...] = (8, 4)


class Config(Settings):
    seed: int = 3
    head: Group = Group()
    cache: Path | None = None


def batches(epoch: int) -> Iterator[tuple[Tensor]]:
    yield (torch.full((2, 2), float(epoch + 1)),)


def loss(network: nn.Module, batch: tuple[Tensor]) -> Tensor:
    mean: Tensor = network(batch[0]).square().mean()
    return mean


def train(run: Run, settings: TrackingSettings, *, stop_at: int | None = None) -> None:
    """Three epochs; interrupted in one of them, or with metrics and a picture at the end."""

    def until(network: nn.Module, batch: tuple[Tensor]) -> Tensor:
        if stop_at is not None and batch[0][0, 0] == stop_at:
            raise KeyboardInterrupt
        return loss(network, batch)

    torch.manual_seed(0)
    network = nn.Linear(2, 1)
    with tracked(run, "photos", Config(), settings) as tracker:
        fit(
            network, until, batches, 1,
            [{"params": list(network.parameters()), "lr": 0.1, "weight_decay": 0.0}],
            FitSettings(epochs=3, device="cpu", precision="fp32"), run.folder,
            validate=lambda _: {"figure": 0.5}, resume=True, tracker=tracker,
        )  # fmt: skip
        run.write_json("metrics.json", METRICS)
        run.file("plots").mkdir()
        Image.new("RGB", (40, 30), (200, 10, 10)).save(run.file("plots/confusion_matrix.png"))
        tell_outcome(tracker, run, "confusion_matrix.png", "no-such-*.png")


def new_run(folder: Path) -> Run:
    folder.mkdir()
    return Run(folder)


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def interrupted_and_resumed(run: Run, settings: TrackingSettings) -> None:
    with pytest.raises(InterruptedRunError, match="after 2 of 3 epochs"):
        train(run, settings, stop_at=3)
    train(run, settings)


def test_tensorboard_has_every_epoch_the_settings_the_scores_and_the_picture(
    tmp_path: Path,
) -> None:
    run = new_run(tmp_path / "run")
    interrupted_and_resumed(run, TrackingSettings())
    assert curve(run.folder, "train/figure") == [(1, 0.5), (2, 0.5), (3, 0.5)]
    board = opened(run.folder)
    assert {"train/train_loss", "train/learning_rate", "train/seconds", *FINAL} <= set(
        board.Tags()["scalars"]
    )
    assert curve(run.folder, "final/test/mAP") == [(0, 0.75)]
    shown = picture(run.folder, "plots/confusion_matrix")
    assert (shown.size, shown.getpixel((5, 5))) == ((40, 30), (200, 10, 10))
    text = board.Tensors("settings/text_summary")[0].tensor_proto.string_val[0].decode()
    assert "rate: 0.125" in text
    (begun,) = (each for each in [board.summary_metadata["_hparams_/session_start_info"]])
    assert b"head.rate" in begun.plugin_data.content
    assert not run.file("tracking.json").exists()


def test_wandb_offline_has_every_epoch_the_settings_the_scores_and_the_picture(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    wandb = pytest.importorskip("wandb", reason="the extra touchline[wandb] is not installed")
    run = new_run(tmp_path / "run")
    interrupted_and_resumed(run, TrackingSettings(wandb=True, project="league"))
    wandb.teardown()  # its service writes behind our back until it ends
    first, second = wandb_records.offline_files(run.folder)
    identity = run.read_json("tracking.json")["wandb"]
    assert wandb_records.identity_and_exit(first) == (identity, 1)
    assert wandb_records.identity_and_exit(second) == (identity, 0)
    for file, steps in ((first, [1, 2]), (second, [3])):
        rows = [row for row in wandb_records.history(file) if "train/figure" in row]
        assert [row["trainer/global_step"] for row in rows] == steps
        assert all(row["train/figure"] == 0.5 for row in rows)
        assert all({"train/train_loss", "train/learning_rate"} <= row.keys() for row in rows)
        settings = wandb_records.configuration(file)
        assert settings["seed"] == 3
        assert settings["head"] == {"rate": 0.125, "sizes": [8, 4]}
    (final,) = (row for row in wandb_records.history(second) if "final/test/mAP" in row)
    assert final.items() >= {**FINAL, f"final/per_class/{ALIEN}/f1": 0.25}.items()
    (shown,) = (row for row in wandb_records.history(second) if any("plots" in k for k in row))
    assert any("plots/confusion_matrix" in name for name in shown)
    (kept,) = second.parent.glob("files/media/images/plots/confusion_matrix_*.png")
    assert size_of(kept) == (40, 30)
    assert "wandb:" not in capfd.readouterr().err


def test_mlflow_has_every_epoch_the_settings_the_scores_and_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    mlflow = pytest.importorskip("mlflow", reason="the extra touchline[mlflow] is not installed")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    run = new_run(tmp_path / "run")
    interrupted_and_resumed(run, TrackingSettings(mlflow="store", project="league"))
    assert {each.name for each in tmp_path.iterdir()} == {"run", "store"}
    identity = run.read_json("tracking.json")["mlflow"]
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'store' / 'mlflow.db'}")
    (found,) = client.search_runs([client.get_experiment_by_name("league").experiment_id])
    assert found.info.run_id == identity
    assert (found.info.status, found.info.run_name) == ("FINISHED", "run")
    assert found.data.tags["task"] == "photos"
    assert found.data.params == {
        "seed": "3", "head.rate": "0.125", "head.sizes": "[8, 4]", "cache": "None",
    }  # fmt: skip
    points = client.get_metric_history(identity, "train/figure")
    assert [(point.step, point.value) for point in points] == [(1, 0.5), (2, 0.5), (3, 0.5)]
    scores = {**FINAL, "final/per_class/kick_2c_ _e9_lan/_2e__2e_/f1": 0.25}
    assert found.data.metrics.items() >= scores.items()
    (artifact,) = client.list_artifacts(identity, "plots")
    assert artifact.path == "plots/confusion_matrix.png"
    assert size_of(tmp_path / "store/artifacts" / identity / "artifacts" / artifact.path) == (
        40,
        30,
    )
    told = capfd.readouterr().err.splitlines()
    assert [line for line in told if not line.startswith("train: epoch")] == []


@pytest.mark.parametrize("identity", [None, "0" * 32], ids=["no store", "no such run in it"])
def test_a_store_that_cannot_be_used_is_said_and_nothing_is_trained(
    tmp_path: Path, identity: str | None
) -> None:
    pytest.importorskip("mlflow", reason="the extra touchline[mlflow] is not installed")
    run, place = new_run(tmp_path / "run"), tmp_path / "place"
    if identity is None:
        place.write_text("a file, not a folder")
    else:
        run.write_json("tracking.json", {"mlflow": identity})
    with pytest.raises(EnvironmentMissingError, match=r"an MLflow store at .*place; found"):
        train(run, TrackingSettings(mlflow=str(place)))
    assert not run.file("results.csv").exists()


def test_a_folder_in_the_place_of_the_store_is_refused(tmp_path: Path) -> None:
    """SQLite would try to open it without end."""
    pytest.importorskip("mlflow", reason="the extra touchline[mlflow] is not installed")
    (tmp_path / "store" / "mlflow.db").mkdir(parents=True)
    with pytest.raises(EnvironmentMissingError, match=r"an MLflow store .*mlflow\.db is a folder"):
        train(new_run(tmp_path / "run"), TrackingSettings(mlflow=str(tmp_path / "store")))


@pytest.mark.parametrize("kept", [(), ("results.csv",), ("tensorboard/events",)])
def test_a_new_run_whose_followers_do_not_begin_is_taken_away(
    tmp_path: Path, kept: tuple[str, ...]
) -> None:
    pytest.importorskip("mlflow", reason="the extra touchline[mlflow] is not installed")
    run = new_run(tmp_path / "run")
    for name in ("config.yaml", "split.csv", *kept):
        run.file(name).parent.mkdir(exist_ok=True)
        run.file(name).write_text("kept")
    (tmp_path / "place").write_text("a file, not a folder")
    with pytest.raises(EnvironmentMissingError, match="an MLflow store"):
        train(run, TrackingSettings(mlflow=str(tmp_path / "place")))
    assert all(run.file(name).is_file() for name in (*kept, "config.yaml") if kept)
    assert run.folder.exists() is bool(kept)


def test_a_run_is_trained_by_one_process_at_a_time(tmp_path: Path) -> None:
    run = new_run(tmp_path / "run")
    with (
        at_work(run.folder),
        pytest.raises(UsageError, match="a run that no process is at work on"),
    ):
        train(run, TrackingSettings())
    assert not run.file("results.csv").exists()


def test_where_there_are_no_locks_a_run_is_trained_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with at_work(tmp_path):
        (tmp_path / "done").touch()
    assert (tmp_path / "done").exists()


@pytest.mark.parametrize(
    ("package", "settings"),
    [("wandb", TrackingSettings(wandb=True)), ("mlflow", TrackingSettings(mlflow="store"))],
)
def test_a_missing_extra_is_named_with_the_command_that_installs_it(
    package: str, settings: TrackingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        EnvironmentMissingError, match=rf'pip install "touchline\[{package}\]"'
    ) as caught:
        require_trackers(settings)
    assert caught.value.exit_code == 3


def test_nothing_is_required_where_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> Any:
        raise AssertionError(name)

    monkeypatch.setattr(importlib, "import_module", refuse)
    require_trackers(TrackingSettings())

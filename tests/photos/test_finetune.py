"""The gradient recipes: what they train, what they leave alone, and how they resume."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from photo_world import TINY, teach
from studies_of_photos import tiny_study
from touchline.backbones.loading import last_stages, load_backbone
from touchline.cli import main
from touchline.photos import finetune
from touchline.photos.config import HeadSettings, TrainingSettings
from touchline.photos.evaluation import plan_evaluation
from touchline.photos.finetune import learn_finetune, learn_two_stage
from touchline.photos.shown import Batch, epoch_batches
from touchline.training.history import read_rows

SHORT = ["--shots", "6", "training.epochs=2", "training.batch_size=8", "training.warmup_epochs=0.5"]
FILES_OF_TRAINING = {
    "plots/training.png", "results.csv", "weights/last-refitted.ckpt",
    "weights/last-validated.ckpt",
}  # fmt: skip
RECIPES = pytest.mark.parametrize("recipe", ["finetune", "two-stage"])


@pytest.fixture(scope="module")
def trained(world: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A run of each recipe, never interrupted."""
    folder = tmp_path_factory.mktemp("trained")
    return {
        recipe: teach(world, folder / recipe, "--recipe", recipe, *SHORT)
        for recipe in ("finetune", "two-stage")
    }


def weights_of(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "weights" / "best.safetensors")


@RECIPES
def test_only_the_last_stage_and_the_head_change(recipe: str, trained: dict[str, Path]) -> None:
    backbone = load_backbone("test_resnet", "random").network
    free = last_stages(backbone, 1)
    found = weights_of(trained[recipe])
    changed = set()
    for name, before in backbone.state_dict().items():
        if not torch.equal(before, found[f"backbone.{name}"]):
            changed.add(name)
    assert changed <= free  # frozen weights and all batch statistics are bit-equal
    assert changed >= {name for name in free if name.endswith("conv1.weight")}
    assert 0 < len(free) < len(dict(backbone.named_parameters()))


def without_events(names: set[str]) -> set[str]:
    """Event files of TensorBoard are named by time and machine."""
    return {name for name in names if not name.startswith("tensorboard/")}


@RECIPES
def test_a_run_holds_the_history_too(recipe: str, trained: dict[str, Path], taught: Path) -> None:
    run = trained[recipe]
    found = {p.relative_to(run).as_posix() for p in run.rglob("*") if p.is_file()}
    probe = {p.relative_to(taught).as_posix() for p in taught.rglob("*") if p.is_file()}
    assert without_events(found) == without_events(probe) | FILES_OF_TRAINING
    rows = pd.read_csv(run / "results.csv")
    assert list(rows["stage"]) == ["validated"] * 2 + ["refitted"] * len(rows[2:])
    assert list(rows["epoch"][:2]) == [1, 2]
    assert rows["train_loss"].notna().all()
    assert rows["validation_accuracy"][:2].between(0, 1).all()
    learnt = json.loads((run / "manifest.json").read_text())["learnt"]
    assert learnt == {"best_epoch": len(rows) - 2, "epochs": 2, "stopped_early": False}


@RECIPES
def test_the_schedule_ends_near_its_minimum(recipe: str, trained: dict[str, Path]) -> None:
    rates = pd.read_csv(trained[recipe] / "results.csv")["learning_rate"]
    peak = TrainingSettings().head_learning_rate
    assert rates[1] < rates[0] <= peak
    assert peak * TrainingSettings().minimum_fraction <= rates[1] < 0.2 * peak


@RECIPES
@pytest.mark.parametrize("stop", [(1, 1), (2, 0)], ids=["second", "refit"])
def test_an_interrupted_run_resumes_to_the_same_weights(
    recipe: str, stop: tuple[int, int], world: Path, trained: dict[str, Path], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    epochs_begun = iter(range(100))

    def interrupted(study: object, photos: np.ndarray, epoch: int) -> Iterator[Batch]:
        begun = next(epochs_begun)
        for number, batch in enumerate(epoch_batches(study, photos, epoch)):  # type: ignore[arg-type]
            if (begun, number) == stop:
                raise KeyboardInterrupt
            yield batch

    run = tmp_path / "run"
    words = [str(world), *TINY, f"cache={tmp_path / 'cache'}", "--recipe", recipe, *SHORT]
    with monkeypatch.context() as patch:
        patch.setattr(finetune, "epoch_batches", interrupted)
        assert main(["photos", "train", *words, "--out", str(run)]) == 130
    told = capsys.readouterr().err
    assert "Wanted training to its end; found an interruption after" in told
    assert not (run / "metrics.json").exists()
    assert main(["photos", "train", "--resume", str(run)]) == 0
    expected, found = weights_of(trained[recipe]), weights_of(run)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)
    for file in ("results.csv", "metrics.json"):
        texts = [without_times(folder / file) for folder in (trained[recipe], run)]
        assert texts[0] == texts[1]


def without_times(file: Path) -> object:
    """What a file says, but for how long it took."""
    if file.suffix == ".csv":
        return pd.read_csv(file).drop(columns="seconds").to_csv()
    return {k: v for k, v in json.loads(file.read_text()).items() if k != "seconds"}


@pytest.mark.parametrize("hidden", [(), (8,)])
def test_two_stage_begins_with_a_head_that_fits(
    hidden: tuple[int, ...], world: Path, tmp_path: Path
) -> None:
    settings = TrainingSettings(
        epochs=3, batch_size=7, backbone_learning_rate=1e-9, head_learning_rate=3e-2, refit=False,
        ema_decay=0, warmup_epochs=0,
    )  # fmt: skip
    study = tiny_study(
        world, tmp_path / "cache", training=settings, head=HeadSettings(hidden=hidden, dropout=0)
    )
    plan = plan_evaluation(study.config.evaluation, study.photos, 0)
    learnt = learn_two_stage(study, plan.train, tmp_path / "run")
    logits, _ = study.score(learnt.network, plan.train)
    assert np.mean(logits.argmax(axis=1) == study.labels[plan.train]) > 0.6
    assert len(learnt.held_out) == len(learnt.logits) > 0
    assert set(learnt.held_out) < set(plan.train)
    assert bool(list((tmp_path / "run").glob("head-*"))) == bool(hidden)


def test_an_odd_number_of_photos_in_small_batches_is_learnt_from(
    world: Path, tmp_path: Path
) -> None:
    few = tmp_path / "few"
    for number, photo in enumerate(sorted(world.glob("*/0[2-8].jpg"))):
        (few / photo.parent.name).mkdir(parents=True, exist_ok=True)
        if number % 7 < 4:
            shutil.copy(photo, few / photo.parent.name)
    run = teach(few, tmp_path / "run", "--recipe", "finetune", "--shots", "3", *SHORT[2:3],
                "training.batch_size=2", "training.validation_share=0.34")  # fmt: skip
    assert (run / "report.html").is_file()


@pytest.mark.parametrize("given", [True, False])
def test_a_valid_part_of_the_data_chooses_and_nothing_is_trained_twice(
    given: bool, world: Path, tmp_path: Path
) -> None:
    study = tiny_study(world, tmp_path / "cache")
    photos, rest = np.arange(0, len(study.photos), 2), np.arange(1, len(study.photos), 2)
    study = replace(study, validation=rest if given else np.empty(0, int))
    learnt = learn_finetune(study, photos, tmp_path / "run")
    stages = {row["stage"] for row in read_rows(tmp_path / "run" / "results.csv")}
    assert stages == ({"validated"} if given else {"validated", "refitted"})
    assert set(learnt.held_out) <= set(rest if given else photos)
    assert (set(learnt.held_out) == set(rest)) is given

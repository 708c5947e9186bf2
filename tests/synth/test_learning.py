"""The loop: resumed learning equals uninterrupted learning, limits end it, Ctrl-C loses nothing."""

import math
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from taught_generator import TINY
from touchline.cli.words import split_words
from touchline.errors import InterruptedRunError, UsageError
from touchline.settings import resolve
from touchline.synth import learning
from touchline.synth.config import LimitSettings, SynthConfig
from touchline.synth.learning import teach
from touchline.synth.lesson import Lesson, gather_lesson
from touchline.synth.snapshots import open_snapshots
from touchline.training.history import read_rows

pytestmark = pytest.mark.usefixtures("quickly")


@pytest.fixture(scope="module")
def config(world: Path, tmp_path_factory: pytest.TempPathFactory) -> SynthConfig:
    _, words = split_words([word for word in TINY if "=" in word])
    flags = {"data": str(world), "device": "cpu", "precision": "fp32",
             "cache": str(tmp_path_factory.mktemp("cache"))}  # fmt: skip
    return resolve(SynthConfig, None, flags, words)


@pytest.fixture(scope="module")
def lesson(config: SynthConfig) -> Lesson:
    return gather_lesson(config)


def longer(config: SynthConfig, images: int) -> SynthConfig:
    return config.model_copy(
        update={"training": config.training.model_copy(update={"images": images})}
    )


def run_in(folder: Path) -> Path:
    folder.mkdir()
    return folder


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    last = open_snapshots(folder, 2, None).last()
    assert last is not None
    return load_file(last.path)


def state_of(folder: Path) -> dict[str, object]:
    return open_snapshots(folder, 2, None).load_state().state["trainee"]


def rows_of(folder: Path) -> list[dict[str, object]]:
    rows = read_rows(folder / "results.csv")
    return [{name: each for name, each in row.items() if name != "seconds"} for row in rows]


def equal(first: object, second: object) -> bool:
    if isinstance(first, torch.Tensor):
        return isinstance(second, torch.Tensor) and torch.equal(first, second)
    if isinstance(first, dict):
        return isinstance(second, dict) and first.keys() == second.keys() and all(
            equal(first[key], second[key]) for key in first
        )  # fmt: skip
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(equal, first, second))  # type: ignore[arg-type]
    return first == second or (first != first and second != second)


def test_it_learns_in_steps_and_keeps_a_row_a_sheet_and_weights_a_snapshot(
    config: SynthConfig, lesson: Lesson, tmp_path: Path
) -> None:
    taught = teach(config, lesson, tmp_path)
    assert (taught.images, taught.stopped) == (16, "")
    rows = read_rows(tmp_path / "results.csv")
    assert [row["images"] for row in rows] == [0, 8, 16]
    assert all(math.isfinite(float(row["kid"])) for row in rows)
    assert all("loss_generator" in row for row in rows[1:])
    assert sorted(path.name for path in (tmp_path / "samples").iterdir()) == [
        "images-000000000.jpg", "images-000000008.jpg", "images-000000016.jpg",
    ]  # fmt: skip
    assert (tmp_path / "weights" / "best.safetensors").is_file()


def test_resumed_learning_equals_uninterrupted_learning(
    config: SynthConfig, lesson: Lesson, tmp_path: Path
) -> None:
    whole, parted = run_in(tmp_path / "whole"), run_in(tmp_path / "parted")
    teach(longer(config, 24), lesson, whole)
    teach(longer(config, 8), lesson, parted)
    taught = teach(longer(config, 24), lesson, parted, resume=True)
    assert taught.images == 24
    assert equal(state_of(whole), state_of(parted))
    assert equal(weights_of(whole), weights_of(parted))
    assert rows_of(whole) == rows_of(parted)


def test_other_seeds_learn_otherwise(config: SynthConfig, lesson: Lesson, tmp_path: Path) -> None:
    folders = [run_in(tmp_path / name) for name in ("a", "b")]
    teach(longer(config, 8), lesson, folders[0])
    teach(longer(config, 8).model_copy(update={"seed": 1}), lesson, folders[1])
    assert not equal(weights_of(folders[0]), weights_of(folders[1]))


def test_when_the_time_is_up_it_stops_and_can_go_on(
    config: SynthConfig, lesson: Lesson, tmp_path: Path
) -> None:
    hurried = config.model_copy(update={"limits": LimitSettings(time=1)})
    taught = teach(longer(hurried, 4000), lesson, tmp_path)
    assert 0 < taught.images < 4000
    assert "the time of" in taught.stopped
    assert open_snapshots(tmp_path, 2, None).load_state().images == taught.images
    further = teach(longer(config, taught.images + 4), lesson, tmp_path, resume=True)
    assert further.images == taught.images + 4
    assert further.seconds > taught.seconds


def test_ctrl_c_loses_no_step(
    config: SynthConfig, lesson: Lesson, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, broken = run_in(tmp_path / "whole"), run_in(tmp_path / "broken")
    teach(config, lesson, whole)
    batches = learning.batch_of

    def interrupting(photos, mirror, seed, step, size):  # type: ignore[no-untyped-def]
        if step == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return batches(photos, mirror, seed, step, size)

    with monkeypatch.context() as patched:
        patched.setattr(learning, "batch_of", interrupting)
        with pytest.raises(InterruptedRunError, match="an interruption at 12"):
            teach(config, lesson, broken)
    assert teach(config, lesson, broken, resume=True).images == 16
    assert equal(state_of(whole), state_of(broken))


def test_the_best_snapshot_is_chosen_without_the_test_part(
    config: SynthConfig, lesson: Lesson, tmp_path: Path
) -> None:
    spoilt = replace(lesson.learn, pixels=torch.zeros_like(lesson.learn.pixels))
    folders = [run_in(tmp_path / name) for name in ("a", "b")]
    teach(longer(config, 8), lesson, folders[0])
    teach(longer(config, 8), replace(lesson, test=spoilt), folders[1])
    kids = [[row["kid"] for row in read_rows(each / "results.csv")] for each in folders]
    assert kids[0] == kids[1]


@pytest.mark.parametrize(
    "state",
    [{}, 5, {"step": "x", "spent": 0.0}, {"step": 1, "spent": 0.0, "trainee": {"networks": {}}}],
    ids=str,
)
def test_a_state_of_something_else_is_refused(
    config: SynthConfig, lesson: Lesson, tmp_path: Path, state: object
) -> None:
    teach(longer(config, 4), lesson, tmp_path)
    torch.save({"images": 4, "state_dict": state}, tmp_path / "weights" / "last.ckpt")
    with pytest.raises(UsageError, match=r"state of the generator that config\.yaml describes"):
        teach(config, lesson, tmp_path, resume=True)


def test_the_state_of_another_network_is_refused(
    config: SynthConfig, lesson: Lesson, tmp_path: Path
) -> None:
    teach(longer(config, 4), lesson, tmp_path)
    wider = config.model_copy(
        update={"stylegan": config.stylegan.model_copy(update={"latent": 32})}
    )
    with pytest.raises(UsageError, match=r"RuntimeError reading .*last\.ckpt"):
        teach(wider, lesson, tmp_path, resume=True)


def test_weights_that_are_no_numbers_never_take_the_place_of_others(
    config: SynthConfig, lesson: Lesson, tmp_path: Path
) -> None:
    astray = config.model_copy(
        update={"stylegan": config.stylegan.model_copy(update={"learning_rate": 1e30})}
    )
    with pytest.raises(UsageError, match=r"up to image 0 is kept.*smaller stylegan.learning_rate"):
        teach(astray, lesson, tmp_path)
    assert open_snapshots(tmp_path, 2, None).load_state().images == 0

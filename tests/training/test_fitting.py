import logging
import os
import signal
import warnings
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset

from touchline.errors import InterruptedRunError, UsageError
from touchline.training.averaging import MovingAverage
from touchline.training.fitting import FitResult, fit
from touchline.training.learner import epoch_seed
from touchline.training.ordering import epoch_order
from touchline.training.schedule import warmup_cosine
from touchline.training.settings import FitSettings

EXAMPLES, BATCH = 48, 8
STEPS = EXAMPLES // BATCH
RATE, DECAY = 0.02, 0.01
FEATURES = torch.randn(EXAMPLES, 4, generator=torch.Generator().manual_seed(1))
LABELS = FEATURES[:, :3].argmax(dim=1)
SETTINGS = FitSettings(epochs=4, monitor="loss", precision="fp32", device="cpu", seed=3)


def network() -> nn.Sequential:
    """Has batch statistics and dropout, so that both the state and the random numbers matter."""
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 3)
        )


def batches(epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
    order = epoch_order(EXAMPLES, SETTINGS.seed, epoch)
    for start in range(0, EXAMPLES, BATCH):
        chosen = order[start : start + BATCH]
        yield FEATURES[chosen], LABELS[chosen]


def loss(model: nn.Module, batch: tuple[Tensor, Tensor]) -> Tensor:
    return cross_entropy(model(batch[0]), batch[1])


def validate(model: nn.Module) -> dict[str, float]:
    logits = model(FEATURES)
    return {
        "loss": float(cross_entropy(logits, LABELS)),
        "accuracy": float((logits.argmax(dim=1) == LABELS).float().mean()),
    }


def groups(model: nn.Module) -> list[dict[str, Any]]:
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [{"params": trained, "lr": RATE, "weight_decay": DECAY}]


def run(
    model: nn.Module, folder: Path, settings: FitSettings = SETTINGS, **other: Any
) -> FitResult:
    wanted = {"loss": loss, "batches": batches, "validate": validate, **other}
    return fit(
        model,
        wanted.pop("loss"),
        wanted.pop("batches"),
        STEPS,
        wanted.pop("groups", groups(model)),
        settings,
        folder,
        **wanted,
    )


def without_seconds(rows: list[Any]) -> list[Any]:
    return [{name: value for name, value in row.items() if name != "seconds"} for row in rows]


def assert_same(one: nn.Module, other: nn.Module) -> None:
    torch.testing.assert_close(dict(one.state_dict()), dict(other.state_dict()), rtol=0, atol=0)


def trained_by_hand(settings: FitSettings) -> nn.Module:
    """The slow obvious reference: the last epoch's weights, averaged when settings say so."""
    model = network().train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    average = MovingAverage(model, settings.ema_decay)
    step, warmup = 0, round(settings.warmup_epochs * STEPS)
    with torch.random.fork_rng([]):
        for epoch in range(settings.epochs):
            torch.manual_seed(epoch_seed(settings.seed, epoch))
            for batch in batches(epoch):
                factor = warmup_cosine(
                    step, settings.epochs * STEPS, warmup, settings.minimum_fraction
                )
                optimizer.param_groups[0]["lr"] = RATE * factor
                optimizer.zero_grad()
                loss(model, batch).backward()
                if settings.gradient_clip is not None:
                    nn.utils.clip_grad_norm_(model.parameters(), settings.gradient_clip)
                optimizer.step()
                average.update()
                step += 1
    if settings.ema_decay:
        model.load_state_dict({**model.state_dict(), **average.average})
    return model


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS,
        replace(SETTINGS, ema_decay=0.9),
        replace(SETTINGS, gradient_clip=0.1, warmup_epochs=0.5, minimum_fraction=0.2, seed=8),
    ],
    ids=["plain", "averaged", "clipped"],
)
def test_equals_a_plain_loop_bit_for_bit(tmp_path: Path, settings: FitSettings) -> None:
    model = network()
    result = run(model, tmp_path, replace(settings, monitor=None))
    assert result.best_epoch == result.epochs_run == settings.epochs
    assert_same(model, trained_by_hand(settings))


def test_learns_and_leaves_the_files_of_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = network()
    result = run(model, Path("run"))
    assert {str(file.relative_to("run")) for file in Path("run").rglob("*")} - {
        str(file.relative_to("run")) for file in Path("run/tensorboard").iterdir()
    } == {
        "results.csv",
        "tensorboard",
        "weights",
        "weights/last-train.ckpt",
        "weights/best.safetensors",
    }
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]  # no lightning_logs
    table = pd.read_csv("run/results.csv")
    assert list(table) == [
        "epoch", "stage", "learning_rate", "train_loss", "loss", "accuracy", "seconds",
    ]  # fmt: skip
    assert table["train_loss"].iloc[-1] < table["train_loss"].iloc[0]
    assert table["accuracy"].max() > 0.7
    assert table["learning_rate"].iloc[-1] == RATE * SETTINGS.minimum_fraction
    assert result.rows == table.to_dict("records")
    assert not model.training
    torch.testing.assert_close(load_file(result.weights), dict(model.state_dict()))
    assert torch.load("run/weights/last-train.ckpt", weights_only=True)["epoch"] == 3


class Scripted:
    """Validates to given figures, and remembers the weights it saw."""

    def __init__(self, figures: list[float]) -> None:
        self.figures, self.seen = figures, list[dict[str, Tensor]]()

    def __call__(self, model: nn.Module) -> Mapping[str, float]:
        assert not model.training
        assert not torch.is_grad_enabled()
        self.seen.append(deepcopy(model.state_dict()))
        return {"loss": self.figures[len(self.seen) - 1]}


@pytest.mark.parametrize(
    ("figures", "mode", "best", "run_for"),
    [
        ([3.0, 1.0, 2.0, 2.0, 0.0, 0.0], "min", 2, 4),  # 2 epochs without a better one
        ([3.0, 1.0, 2.0, 0.5, 2.0, 0.4], "min", 6, 6),  # the patience never runs out
        ([3.0, 1.0, 2.0, 2.0, 0.0, 0.0], "max", 1, 3),
        ([1.0, 1.0, 1.0, 0.0, 0.0, 0.0], "min", 1, 3),  # as good is not better
        ([2.0, float("nan"), float("nan"), 0.0, 0.0, 0.0], "min", 1, 3),
    ],
)
@pytest.mark.parametrize("ema_decay", [0.0, 0.9])
def test_stops_early_and_brings_the_best_weights_back(
    tmp_path: Path, figures: list[float], mode: Any, best: int, run_for: int, ema_decay: float
) -> None:
    scripted, model = Scripted(figures), network()
    settings = replace(SETTINGS, epochs=6, patience=2, mode=mode, ema_decay=ema_decay)
    result = run(model, tmp_path, settings, validate=scripted)
    assert (result.best_epoch, result.epochs_run) == (best, run_for)
    assert result.stopped_early is (run_for < 6)
    for weights in (dict(model.state_dict()), load_file(result.weights)):
        torch.testing.assert_close(weights, dict(scripted.seen[best - 1]), rtol=0, atol=0)
    if best < run_for:
        assert not torch.equal(model[0].weight, scripted.seen[-1]["0.weight"])


class Interruption:
    """The loss, until a given batch."""

    def __init__(self, batches_before: int, stop: Any) -> None:
        self.left, self.stop = batches_before, stop

    def __call__(self, model: nn.Module, batch: Any) -> Tensor:
        self.left -= 1
        if self.left < 0:
            self.stop()
        return loss(model, batch)


def _press_ctrl_c() -> Any:
    raise KeyboardInterrupt


@pytest.mark.parametrize("ema_decay", [0.0, 0.9])
@pytest.mark.parametrize("finished", [1, 3])
@pytest.mark.parametrize("into", [0, 3], ids=["first batch", "mid-epoch"])
def test_a_resumed_training_equals_an_uninterrupted_one(
    tmp_path: Path, ema_decay: float, finished: int, into: int
) -> None:
    settings = replace(SETTINGS, epochs=4, ema_decay=ema_decay, patience=4)
    whole = network()
    expected = run(whole, tmp_path / "whole", settings)
    stopping = Interruption(finished * STEPS + into, _press_ctrl_c)
    folder = tmp_path / "stopped"
    with pytest.raises(
        InterruptedRunError,
        match=rf"after {finished} of 4 epochs.*go on with `--resume .*stopped`",
    ):
        run(network(), folder, settings, loss=stopping)
    assert len(pd.read_csv(folder / "results.csv")) == finished
    torch.manual_seed(99)  # the random numbers in between do not matter
    resumed = nn.Sequential(*network())
    for parameter in resumed.parameters():
        nn.init.normal_(parameter)  # nor do the weights it comes with
    result = run(resumed, folder, settings, resume=True)
    assert_same(resumed, whole)
    assert without_seconds(result.rows) == without_seconds(expected.rows)
    assert result.best_epoch == expected.best_epoch
    assert (folder / "weights" / "best.safetensors").read_bytes() == (expected.weights.read_bytes())


def test_a_data_loader_that_shuffles_resumes_the_same(tmp_path: Path) -> None:
    def loader(_: int) -> DataLoader[Any]:
        return DataLoader(TensorDataset(FEATURES, LABELS), BATCH, shuffle=True)

    stopping = Interruption(2 * STEPS + 1, _press_ctrl_c)
    with pytest.raises(InterruptedRunError, match="after 2 of 4 epochs"):
        run(network(), tmp_path / "stopped", batches=loader, loss=stopping)
    whole, resumed = network(), network()
    run(whole, tmp_path / "whole", batches=loader)
    run(resumed, tmp_path / "stopped", batches=loader, resume=True)
    assert_same(resumed, whole)


def test_an_interruption_before_anything_is_finished_says_so(tmp_path: Path) -> None:
    with pytest.raises(InterruptedRunError, match=r"after 0 of 4 epochs.*start anew"):
        run(network(), tmp_path, loss=Interruption(2, _press_ctrl_c))


def test_an_interruption_while_validating_goes_back_to_the_epoch_before(tmp_path: Path) -> None:
    settings, calls = replace(SETTINGS, ema_decay=0.9), iter(range(9))

    def stopping(model: nn.Module) -> dict[str, float]:
        return validate(model) if next(calls) < 2 else _press_ctrl_c()

    with pytest.raises(InterruptedRunError, match="after 2 of 4 epochs"):
        run(network(), tmp_path / "stopped", settings, validate=stopping)
    whole, resumed = network(), network()
    run(whole, tmp_path / "whole", settings)
    run(resumed, tmp_path / "stopped", settings, resume=True)
    assert_same(resumed, whole)


def test_a_polite_kill_keeps_the_finished_epochs_too(tmp_path: Path) -> None:
    stopping = Interruption(STEPS + 2, lambda: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(InterruptedRunError, match="after 1 of 4 epochs"):
        run(network(), tmp_path / "stopped", loss=stopping)
    whole, resumed = network(), network()
    run(whole, tmp_path / "whole")
    run(resumed, tmp_path / "stopped", resume=True)
    assert_same(resumed, whole)


def _never(*_: Any) -> Any:
    raise AssertionError("nothing is to be trained")


def test_a_finished_training_is_not_trained_again(tmp_path: Path) -> None:
    model, again = network(), network()
    settings = replace(SETTINGS, patience=2, epochs=6)
    scripted = Scripted([2.0, 1.0, 3.0, 3.0])
    expected = run(model, tmp_path, settings, validate=scripted)
    expected.weights.unlink()  # a crash just before the end
    result = run(again, tmp_path, settings, resume=True, loss=_never, batches=_never)
    assert result == expected
    assert_same(again, model)
    assert expected.weights.is_file()


def test_resuming_without_a_checkpoint_starts_from_the_beginning(tmp_path: Path) -> None:
    model, expected = network(), network()
    run(model, tmp_path / "one", resume=True)
    run(expected, tmp_path / "two")
    assert_same(model, expected)


def _two_stages(model: nn.Sequential, folder: Path, **other: Any) -> list[Any]:
    """What each stage came to: its result and the weights that it left the network with."""
    outcomes = []
    for stage, trained in (("head", model[4]), ("top", model)):
        model.requires_grad_(False)
        trained.requires_grad_(True)
        settings = replace(SETTINGS, stage=stage, epochs=3)
        result = run(model, folder, settings, groups=groups(model), **other)
        outcomes.append((result.best_epoch, without_seconds(result.rows), _copy(model)))
    return outcomes


def _copy(model: nn.Module) -> dict[str, Tensor]:
    return deepcopy(dict(model.state_dict()))


@pytest.mark.parametrize("finished", [2, 3, 4], ids=["in the head", "between", "in the top"])
def test_a_run_of_two_stages_resumes_in_either(tmp_path: Path, finished: int) -> None:
    expected = _two_stages(network(), tmp_path / "whole")
    stopping = Interruption(finished * STEPS + 1, _press_ctrl_c)
    with pytest.raises(InterruptedRunError, match="an interruption after"):
        _two_stages(network(), tmp_path / "stopped", loss=stopping)
    outcomes = _two_stages(network(), tmp_path / "stopped", resume=True)
    assert [outcome[:2] for outcome in outcomes] == [outcome[:2] for outcome in expected]
    for outcome, wanted in zip(outcomes, expected, strict=True):
        torch.testing.assert_close(outcome[2], wanted[2], rtol=0, atol=0)
    table = pd.read_csv(tmp_path / "stopped" / "results.csv")
    assert list(table["stage"]) == ["head"] * 3 + ["top"] * 3


@pytest.mark.parametrize(
    ("settings", "rate", "message"),
    [
        (replace(SETTINGS, epochs=9), RATE, "the epochs that this training began with, 4; found 9"),
        (replace(SETTINGS, seed=4), RATE, "the seed that this training began with, 3; found 4"),
        (SETTINGS, 0.5, r"the lr that this training began with, \[0.02\]; found \[0.5\]"),
    ],
)
def test_resuming_with_other_settings_is_refused(
    tmp_path: Path, settings: FitSettings, rate: float, message: str
) -> None:
    run(network(), tmp_path)
    model = network()
    other = [{**group, "lr": rate} for group in groups(model)]
    with pytest.raises(UsageError, match=message):
        run(model, tmp_path, settings, groups=other, resume=True)


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_loss_that_is_not_finite_stops_the_training(tmp_path: Path, value: str) -> None:
    left = iter([1.0] * (STEPS + 1) + [float(value)])
    with pytest.raises(
        UsageError,
        match=f"finite loss; found {value} at step 2 of epoch 2. Lower the learning rate",
    ):
        run(network(), tmp_path, loss=lambda model, batch: loss(model, batch) * next(left))
    assert len(pd.read_csv(tmp_path / "results.csv")) == 1  # the good epoch is kept


def test_a_figure_that_is_not_validated_cannot_be_monitored(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one of loss, accuracy; found 'recall'"):
        run(network(), tmp_path, replace(SETTINGS, monitor="recall"))


def test_a_monitored_figure_needs_validation(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="found 'loss' without validation"):
        run(network(), tmp_path, validate=None)


def test_an_epoch_shorter_than_promised_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="promised 6 batches an epoch; epoch 0 had 2"):
        run(network(), tmp_path, batches=lambda epoch: list(batches(epoch))[:2])


def test_an_epoch_of_no_batch_is_refused(tmp_path: Path) -> None:
    model = network()
    with pytest.raises(UsageError, match="at least one whole batch"):
        fit(model, loss, batches, 0, groups(model), SETTINGS, tmp_path, validate=validate)


def test_frozen_modules_stay_in_evaluation_mode(tmp_path: Path) -> None:
    frozen = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(0.5)).requires_grad_(
        False
    )
    model = nn.Sequential(frozen, nn.BatchNorm1d(4), nn.Dropout(0.1), nn.Linear(4, 3))
    before = deepcopy(frozen.state_dict())
    modes = []

    def watched(network: nn.Module, batch: Any) -> Tensor:
        modes.append([module.training for module in network.modules()])
        return loss(network, batch)

    run(model, tmp_path, loss=watched)
    torch.testing.assert_close(dict(frozen.state_dict()), dict(before), rtol=0, atol=0)
    # The whole, then the frozen four, then what is trained; after each validation as before it.
    assert modes == [[True, False, False, False, False, True, True, True]] * (4 * STEPS)
    assert model[1].num_batches_tracked == STEPS * run_epochs(tmp_path)


def run_epochs(folder: Path) -> int:
    table = pd.read_csv(folder / "results.csv")
    return int(table.loc[table["loss"].idxmin(), "epoch"])


def test_leaves_nothing_behind_but_its_lines_on_stderr(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    loggers = [logging.getLogger(name) for name in ("pytorch_lightning", "lightning_fabric", None)]
    before = (
        [logger.level for logger in loggers],
        list(warnings.filters),
        signal.getsignal(signal.SIGINT),
        signal.getsignal(signal.SIGTERM),
        torch.get_rng_state().tolist(),
    )
    with pytest.raises(InterruptedRunError, match="after 2 of 4 epochs"):
        run(network(), tmp_path, loss=Interruption(2 * STEPS, _press_ctrl_c))
    run(network(), tmp_path, resume=True)
    assert before == (
        [logger.level for logger in loggers],
        list(warnings.filters),
        signal.getsignal(signal.SIGINT),
        signal.getsignal(signal.SIGTERM),
        torch.get_rng_state().tolist(),
    )
    told = capfd.readouterr()
    assert told.out == ""
    assert [line.partition(",")[0] for line in told.err.splitlines()] == [
        f"train: epoch {epoch} of 4" for epoch in (1, 2, 3, 4)
    ]


def test_bf16_computes_in_bf16_and_keeps_the_weights_in_float32(tmp_path: Path) -> None:
    formats = set()

    def watched(model: nn.Module, batch: Any) -> Tensor:
        logits = model(batch[0])
        formats.add(logits.dtype)
        return cross_entropy(logits.float(), batch[1])

    def validated(model: nn.Module) -> dict[str, float]:
        formats.add(model(FEATURES).dtype)
        return validate(model)

    settings, model = replace(SETTINGS, precision="bf16"), network()
    result = run(model, tmp_path, settings, loss=watched, validate=validated)
    assert formats == {torch.bfloat16}
    assert model[0].weight.dtype == torch.float32
    assert float(result.rows[-1]["accuracy"]) > 0.6


def test_random_numbers_of_the_loss_follow_the_seed(tmp_path: Path) -> None:
    drawn: dict[str, list[float]] = {}

    def noisy(name: str) -> Any:
        def noisy_loss(model: nn.Module, batch: Any) -> Tensor:
            drawn.setdefault(name, []).append(float(torch.rand(())))
            return loss(model, batch)

        return noisy_loss

    for name, seed in (("one", 0), ("same", 0), ("other", 1)):
        run(network(), tmp_path / name, replace(SETTINGS, seed=seed), loss=noisy(name))
    assert drawn["one"] == drawn["same"]
    assert drawn["one"] != drawn["other"]
    assert len(set(drawn["one"])) == 4 * STEPS

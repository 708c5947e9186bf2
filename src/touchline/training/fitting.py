"""Train any network by gradient: one call that stops early, resumes exactly and keeps the best.

Importing this module takes seconds (Lightning); `touchline.training.settings` does not.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from lightning_fabric.utilities.warnings import PossibleUserWarning
from pytorch_lightning import Trainer
from torch import Tensor, nn

from touchline.errors import InterruptedRunError, UsageError
from touchline.files import write_atomically
from touchline.training.averaging import load
from touchline.training.checkpoints import WholeCheckpoints
from touchline.training.devices import choose_device, choose_precision
from touchline.training.epochs import EpochEnd, Validate, is_finished
from touchline.training.history import Row, best_epoch, write_rows
from touchline.training.learner import Learner, Loss, ParameterGroup, SeededBatches
from touchline.training.quiet import quiet
from touchline.training.saved_state import read_checkpoint
from touchline.training.settings import FitSettings
from touchline.training.tracking.board import BoardTracker
from touchline.training.tracking.tracker import Tracker

LOGGERS = ("pytorch_lightning", "lightning_fabric")
ADVICE = (PossibleUserWarning, FutureWarning, DeprecationWarning)
"""What Lightning says of its own accord: banners, tips and advice."""


@dataclass(frozen=True)
class FitResult:
    """What a training came to.

    Attributes:
        best_epoch: the epoch whose weights were kept, from 1.
        rows: one row an epoch, as in `results.csv`.
        stopped_early: whether the patience ran out before the last epoch.
        weights: the best weights of the whole network, as safetensors.
    """

    best_epoch: int
    rows: list[Row]
    stopped_early: bool
    weights: Path

    @property
    def epochs_run(self) -> int:
        """How many epochs were trained, those before an interruption included."""
        return len(self.rows)


def fit(
    network: nn.Module,
    loss: Loss,
    batches: Callable[[int], Iterable[Any]],
    steps_per_epoch: int,
    parameter_groups: list[ParameterGroup],
    settings: FitSettings,
    folder: Path,
    *,
    validate: Validate | None = None,
    resume: bool = False,
    tracker: Tracker | None = None,
) -> FitResult:
    """Train `network` in place with AdamW; it ends with the weights of its best epoch.

    Writes into `folder`: after each epoch `results.csv` (rows of other stages stay) and
    `weights/last-STAGE.ckpt` (for resuming); at the end the whole network as
    `weights/best.safetensors`. The stages of a run call `fit` in turn with the same folder; when
    it is resumed they do so again, and a finished stage only loads its best weights.

    Resumed training equals uninterrupted training bit for bit on the same CPU, if `batches` and
    `loss` draw their random numbers from torch's default generator (seeded here for each epoch
    from seed and epoch) or from generators of their own that depend on the epoch alone.

    Args:
        network: what is trained. Parameters that do not require gradients are frozen; modules
            that hold only such parameters stay in evaluation mode.
        loss: the mean loss of a batch, as a scalar.
        batches: the batches of an epoch (from 0), as tuples or dictionaries of
            tensors on the CPU; they are moved to the device.
        steps_per_epoch: how many batches an epoch has; any beyond are not drawn.
        parameter_groups: dictionaries with `params`, `lr` (the peak) and `weight_decay`.
        settings: everything else.
        folder: the folder of the run.
        validate: the figures of the network as it is given, in evaluation mode, without gradients,
            with the averaged weights where there are any.
        resume: go on from the stage's checkpoint where there is one; the frozen weights must be
            those that it began with.
        tracker: hears of each epoch; it stays open. When None, `tensorboard/` in the folder does.

    Raises:
        UsageError: for an epoch without a batch, a loss that is not finite, a monitored figure
            that `validate` does not give, an unreadable checkpoint, or one of other settings.
        InterruptedRunError: on Ctrl-C or SIGTERM; finished epochs are kept.
        EnvironmentMissingError: when the device asked for is not there.
    """
    _refuse_unusable(steps_per_epoch, settings, validate)
    device = choose_device(settings.device)
    terms = _terms(settings, steps_per_epoch, parameter_groups)
    checkpoint = folder / "weights" / f"last-{settings.stage}.ckpt"
    saved = read_checkpoint(checkpoint)["epochs"] if resume and checkpoint.is_file() else None
    if saved is not None:
        _refuse_other_terms(saved["terms"], terms)
        if is_finished(saved["rows"], settings):
            return _finish(network, saved["rows"], saved["best"], settings, folder)
    learner = Learner(network, loss, parameter_groups, settings, steps_per_epoch)
    source = SeededBatches(batches, learner, settings.seed)
    home = next(network.parameters()).device
    cuda_devices = range(torch.cuda.device_count()) if device.type == "cuda" else []
    with (
        quiet(*LOGGERS, ignored=ADVICE),
        torch.random.fork_rng(cuda_devices),
        _following(tracker, folder) as follower,
    ):
        ending = EpochEnd(validate, settings, terms, checkpoint, follower)
        try:
            trainer = _trainer(settings, device, ending, folder)
            trainer.fit(learner.train(), source, ckpt_path=checkpoint if saved else None)
        except (KeyboardInterrupt, SystemExit) as stop:
            raise _interrupted(ending.saved, settings, folder) from stop
        finally:
            network.to(home)
    return _finish(network, ending.rows, ending.best, settings, folder)


def _following(tracker: Tracker | None, folder: Path) -> AbstractContextManager[Tracker]:
    return closing(BoardTracker(folder)) if tracker is None else nullcontext(tracker)


def _trainer(
    settings: FitSettings, device: torch.device, ending: EpochEnd, folder: Path
) -> Trainer:
    bf16 = choose_precision(settings.precision, device) == torch.bfloat16
    return Trainer(
        accelerator="gpu" if device.type == "cuda" else device.type,
        devices=1,
        precision="bf16-mixed" if bf16 else "32-true",
        max_epochs=settings.epochs,
        gradient_clip_val=settings.gradient_clip,
        callbacks=[ending],
        plugins=[WholeCheckpoints()],
        default_root_dir=folder,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )


def _terms(
    settings: FitSettings, steps_per_epoch: int, parameter_groups: list[ParameterGroup]
) -> dict[str, Any]:
    """What must not change between an interruption and going on."""
    terms = asdict(settings)
    del terms["device"]
    for name in ("lr", "weight_decay"):
        terms[name] = [float(group[name]) for group in parameter_groups]
    return {**terms, "steps_per_epoch": steps_per_epoch}


def _refuse_unusable(
    steps_per_epoch: int, settings: FitSettings, validate: Validate | None
) -> None:
    if steps_per_epoch < 1:
        raise UsageError(
            "at least one whole batch an epoch", f"{steps_per_epoch}",
            "Add examples or lower the batch size.",
        )  # fmt: skip
    if settings.monitor is not None and validate is None:
        raise UsageError(
            "validation to monitor a figure", f"{settings.monitor!r} without validation",
            "Set monitor to null, or keep some examples for validation.",
        )  # fmt: skip


def _refuse_other_terms(saved: dict[str, Any], terms: dict[str, Any]) -> None:
    for name, value in terms.items():
        if saved.get(name) != value:
            raise UsageError(
                f"the {name} that this training began with, {saved.get(name)}", str(value),
                "Set it back to go on, or train anew in another folder.",
            )  # fmt: skip


def _interrupted(saved: int, settings: FitSettings, folder: Path) -> InterruptedRunError:
    kept = f"These are kept; go on with `--resume {folder}`."
    return InterruptedRunError(
        "training to its end", f"an interruption after {saved} of {settings.epochs} epochs",
        kept if saved else "There is nothing to go on from; start anew.",
    )  # fmt: skip


def _finish(
    network: nn.Module,
    rows: list[Row],
    best: dict[str, Tensor],
    settings: FitSettings,
    folder: Path,
) -> FitResult:
    """Give the network its best weights and write what a crash may have left behind its time."""
    load(network, best)
    network.eval()
    whole = {
        name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
        for name, tensor in network.state_dict().items()
    }
    weights = folder / "weights" / "best.safetensors"
    write_atomically(weights, safetensors.torch.save(whole))
    write_rows(folder / "results.csv", settings.stage, rows)
    return FitResult(
        best_epoch=best_epoch(rows, settings.monitor, settings.mode),
        rows=rows,
        stopped_early=len(rows) < settings.epochs,
        weights=weights,
    )

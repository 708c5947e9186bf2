"""What happens when an epoch ends: validate, keep the best, save, report, perhaps stop."""

import sys
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from torch import Tensor, nn

from touchline.errors import UsageError
from touchline.training.averaging import changing_state
from touchline.training.devices import choose_precision
from touchline.training.history import Row, best_epoch, write_rows
from touchline.training.learner import Learner
from touchline.training.settings import FitSettings
from touchline.training.tracking.tracker import Tracker, Within

Validate = Callable[[nn.Module], Mapping[str, float]]


class EpochEnd(Callback):
    """Keeps the history of a stage, its best weights and its checkpoint in the run's folder.

    Attributes:
        rows: one row for each epoch.
        saved: how many epochs the checkpoint holds.
        best: the changing weights of the best epoch so far.
    """

    def __init__(
        self,
        validate: Validate | None,
        settings: FitSettings,
        terms: Mapping[str, Any],
        checkpoint: Path,
        tracker: Tracker,
    ) -> None:
        self.validate, self.settings, self.terms = validate, settings, dict(terms)
        self.checkpoint, self.tracker = checkpoint, tracker
        self.rows: list[Row] = []
        self.best: dict[str, Tensor] = {}
        self.saved = 0
        self._started = 0.0

    def on_train_epoch_start(self, *_: Any) -> None:
        """Start the clock."""
        self._started = time.monotonic()

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Close the epoch; the checkpoint comes before anything that is derived from it."""
        assert isinstance(pl_module, Learner)
        self._close(pl_module)
        trainer.should_stop = is_finished(self.rows, self.settings)
        trainer.save_checkpoint(self.checkpoint)
        self.saved = len(self.rows)
        write_rows(self.checkpoint.parents[1] / "results.csv", self.settings.stage, self.rows)
        self._report()

    def on_save_checkpoint(
        self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Add the history and the best weights."""
        del trainer, pl_module
        checkpoint["epochs"] = {"terms": self.terms, "rows": self.rows, "best": self.best}

    def on_load_checkpoint(
        self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Take the history and the best weights back."""
        del trainer, pl_module
        self.rows, self.best = list(checkpoint["epochs"]["rows"]), checkpoint["epochs"]["best"]
        self.saved = len(self.rows)

    def _close(self, learner: Learner) -> None:
        """Validate the epoch, add its row, and keep its weights when it is the best so far."""
        with learner.average.applied() if learner.average is not None else nullcontext():
            figures = self._figures(learner)
            row: Row = {
                "epoch": len(self.rows) + 1,
                "stage": self.settings.stage,
                "learning_rate": learner.learning_rate,
                "train_loss": sum(learner.losses) / len(learner.losses),
                **figures,
                "seconds": round(time.monotonic() - self._started, 3),
            }
            self.rows.append(row)
            best = best_epoch(self.rows, self.settings.monitor, self.settings.mode)
            if best == row["epoch"]:
                state = changing_state(learner.network)
                self.best = {name: tensor.cpu().clone() for name, tensor in state.items()}

    def _figures(self, learner: Learner) -> dict[str, float]:
        if self.validate is None:
            return {}
        kind = learner.device.type
        dtype = choose_precision(self.settings.precision, learner.device)
        learner.eval()
        with torch.no_grad(), torch.autocast(kind, dtype, enabled=dtype != torch.float32):
            figures = {name: float(value) for name, value in self.validate(learner.network).items()}
        learner.train()
        if self.settings.monitor is not None and self.settings.monitor not in figures:
            raise UsageError(
                f"a monitored figure, one of {', '.join(figures)}", repr(self.settings.monitor),
                "Monitor one of these.",
            )  # fmt: skip
        return figures

    def _report(self) -> None:
        row = self.rows[-1]
        figures = {name: value for name, value in row.items() if isinstance(value, float)}
        Within(self.tracker, self.settings.stage).scalars(figures, int(row["epoch"]))
        sys.stderr.write(describe_epoch(self.rows, self.settings.epochs) + "\n")
        sys.stderr.flush()


def is_finished(rows: list[Row], settings: FitSettings) -> bool:
    """Whether training has reached its last epoch, or its patience has run out."""
    waited = len(rows) - best_epoch(rows, settings.monitor, settings.mode)
    impatient = settings.patience is not None and waited >= settings.patience
    return len(rows) >= settings.epochs or impatient


def describe_epoch(rows: list[Row], epochs: int) -> str:
    """The last row in words.

    >>> row = {"epoch": 1, "stage": "head", "learning_rate": 0.1, "train_loss": 2.0, "seconds": 3.0}
    >>> describe_epoch([row], 3)
    'head: epoch 1 of 3, train_loss 2, 3 s, at most 6 s left'
    """
    row = rows[-1]
    shown = [
        f"{name} {value:.4g}"
        for name, value in row.items()
        if name not in ("epoch", "stage", "learning_rate", "seconds")
    ]
    left = (epochs - len(rows)) * sum(float(past["seconds"]) for past in rows) / len(rows)
    return ", ".join(
        [
            f"{row['stage']}: epoch {row['epoch']} of {epochs}", *shown,
            f"{row['seconds']:.0f} s", f"at most {left:.0f} s left",
        ]
    )  # fmt: skip

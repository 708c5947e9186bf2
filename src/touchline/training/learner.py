"""The steps of training as Lightning wants them: loss, optimiser, schedule, what stays frozen."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import torch
from pytorch_lightning import LightningModule
from torch import Tensor, nn

from touchline.errors import UsageError
from touchline.training.averaging import MovingAverage
from touchline.training.schedule import warmup_cosine_schedule
from touchline.training.settings import FitSettings

Loss = Callable[[nn.Module, Any], Tensor]
ParameterGroup = dict[str, Any]


class Learner(LightningModule):
    """A network with its loss, its AdamW groups and its schedule.

    Modules without a single trainable parameter stay in evaluation mode while training, so that
    the statistics of frozen batch normalisations do not drift and frozen dropout stays off.
    """

    def __init__(
        self,
        network: nn.Module,
        loss: Loss,
        parameter_groups: list[ParameterGroup],
        settings: FitSettings,
        steps_per_epoch: int,
    ) -> None:
        super().__init__()
        self.network, self.loss, self.settings = network, loss, settings
        self.parameter_groups, self.steps_per_epoch = parameter_groups, steps_per_epoch
        self.average = MovingAverage(network, settings.ema_decay) if settings.ema_decay else None
        self.losses: list[float] = []
        self.learning_rate = 0.0

    def train(self, mode: bool = True) -> "Learner":
        """Training mode for all but the frozen modules, or evaluation mode for all."""
        super().train(mode)
        for module in self.network.modules() if mode else ():
            parameters = list(module.parameters())
            if parameters and not any(parameter.requires_grad for parameter in parameters):
                module.eval()
        return self

    def configure_optimizers(self) -> Any:
        """AdamW over the groups, its rates stepped by one formula for the whole run."""
        optimizer = torch.optim.AdamW(self.parameter_groups)
        schedule = warmup_cosine_schedule(
            optimizer,
            total_steps=self.settings.epochs * self.steps_per_epoch,
            warmup_steps=round(self.settings.warmup_epochs * self.steps_per_epoch),
            minimum_fraction=self.settings.minimum_fraction,
        )
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def on_train_epoch_start(self) -> None:
        """Begin a fresh mean of the loss."""
        self.losses = []

    def training_step(self, batch: Any, batch_index: int) -> Tensor:
        """The loss of one batch; stops the run when it is not a finite number."""
        loss = self.loss(self.network, batch)
        value = float(loss.detach())
        self.learning_rate = self.trainer.optimizers[0].param_groups[0]["lr"]
        if not math.isfinite(value):
            raise UsageError(
                "a finite loss",
                f"{value} at step {batch_index + 1} of epoch {self.current_epoch + 1}",
                f"Lower the learning rate (it stood at {self.learning_rate:.3g}).",
            )
        self.losses.append(value)
        return loss

    def on_train_batch_end(self, *_: Any) -> None:
        """Follow the step with the moving average."""
        if self.average is not None:
            self.average.update()

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add the moving average."""
        if self.average is not None:
            checkpoint["average"] = self.average.state()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Take the moving average back."""
        if self.average is not None:
            self.average.restore(checkpoint["average"])


class SeededBatches:
    """The batches of each epoch in turn, every random number of the epoch drawn anew.

    At the start of an epoch torch is seeded from (seed, epoch), so an epoch that is trained after
    resuming equals the same epoch of an uninterrupted run.

    Raises:
        ValueError: while iterating, when an epoch has not the promised number of batches.
    """

    def __init__(
        self, batches: Callable[[int], Iterable[Any]], learner: Learner, seed: int
    ) -> None:
        self.batches, self.learner, self.seed = batches, learner, seed

    def __len__(self) -> int:
        return self.learner.steps_per_epoch

    def __iter__(self) -> Iterator[Any]:
        # A generator, so this runs when Lightning asks for the first batch: it makes the iterator
        # earlier, before it knows which epoch a resumed run begins with.
        epoch = self.learner.current_epoch
        torch.manual_seed(epoch_seed(self.seed, epoch))
        drawn = 0
        for batch in self.batches(epoch):
            yield batch
            drawn += 1
        if drawn < len(self):
            raise ValueError(f"promised {len(self)} batches an epoch; epoch {epoch} had {drawn}")


def epoch_seed(seed: int, epoch: int) -> int:
    """One seed for torch from the run's seed and the epoch; different for every pair in practice.

    >>> epoch_seed(0, 1) != epoch_seed(1, 0)
    True
    """
    return int(np.random.SeedSequence((seed, epoch)).generate_state(1, np.uint64)[0] >> 1)

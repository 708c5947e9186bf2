"""What one training by gradient is told, whatever the task."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from touchline.errors import UsageError
from touchline.training.devices import DeviceName, PrecisionName


@dataclass(frozen=True)
class FitSettings:
    """How `touchline.training.fitting.fit` trains; the learning rates come with the weights.

    Raises:
        UsageError: when a value is out of its range or two do not go together.
    """

    stage: str = "train"
    """Names these epochs in `results.csv`; the stages of a run in one folder differ in it."""
    epochs: int = 20
    """At most this many passes over the examples."""
    warmup_epochs: float = 1.0
    """Epochs until the learning rate is at its peak; may be a fraction."""
    minimum_fraction: float = 0.01
    """The learning rate of the last step, as a fraction of the peak."""
    monitor: str | None = None
    """The validated figure that chooses the best epoch; None takes the last epoch."""
    mode: Literal["min", "max"] = "min"
    """Whether a small or a large monitored figure is good."""
    patience: int | None = None
    """Stop after this many epochs in a row without a better figure; None never stops early."""
    ema_decay: float = 0.0
    """Decay of the moving average of the weights, which is then validated and kept; 0 is off."""
    gradient_clip: float | None = None
    """Largest norm of a step's gradient; None does not clip."""
    precision: PrecisionName = "auto"
    """bf16 computes under autocast; the weights stay in float32."""
    device: DeviceName = "auto"
    """Where the network trains."""
    seed: int = 0
    """With the number of the epoch it decides every random number drawn from torch."""

    def __post_init__(self) -> None:
        ranges: dict[str, tuple[float | None, str, Callable[[float], bool]]] = {
            "epochs": (self.epochs, "at least 1", lambda value: value >= 1),
            "warmup_epochs": (self.warmup_epochs, "at least 0", lambda value: value >= 0),
            "minimum_fraction": (self.minimum_fraction, "in [0, 1]", lambda value: 0 <= value <= 1),
            "patience": (self.patience, "at least 1", lambda value: value >= 1),
            "ema_decay": (self.ema_decay, "in [0, 1)", lambda value: 0 <= value < 1),
            "gradient_clip": (self.gradient_clip, "above 0", lambda value: value > 0),
            "seed": (self.seed, "at least 0", lambda value: value >= 0),
        }
        for name, (value, wanted, holds) in ranges.items():
            if value is not None and not holds(value):
                raise UsageError(f"{name} {wanted}", repr(value), "Change that value.")
        if self.patience is not None and self.monitor is None:
            raise UsageError(
                "a monitored figure for early stopping", f"patience {self.patience} and none",
                "Name the figure to monitor, or set patience to null.",
            )  # fmt: skip

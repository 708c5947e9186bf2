"""The settings of gradient training that every task has in common."""

from pydantic import Field

from touchline.settings import Settings


class OptimiserSettings(Settings):
    """Gradient training."""

    epochs: int = Field(default=15, ge=1)
    """At most this many epochs."""
    learning_rate: float = Field(default=1e-3, gt=0)
    """AdamW's peak rate."""
    encoder_learning_rate: float | None = Field(default=None, gt=0)
    """The encoder's, where it is to differ."""
    weight_decay: float = Field(default=0.05, ge=0)
    """AdamW's weight decay."""
    warmup_epochs: float = Field(default=1.0, ge=0)
    """Epochs of linear warm-up, before the cosine."""
    minimum_fraction: float = Field(default=0.01, ge=0, le=1)
    """The cosine ends at this fraction of the rate."""
    patience: int | None = Field(default=None, ge=1)
    """Stop after this many epochs without a better validation score; null never stops early."""
    ema_decay: float = Field(default=0.0, ge=0, lt=1)
    """Decay of the moving average of the weights that is kept; 0 is off."""
    gradient_clip: float | None = Field(default=1.0, gt=0)
    """Largest norm of a step's gradient."""

"""No time model: every step is judged by its own features, the baseline the others must beat."""

from torch import Tensor, nn


class NoTime(nn.Module):
    """Features as they are; a `SequenceModel` of reach 0.

    Args:
        features: of a row of input and output.
        dropout: share of them dropped while training.
    """

    def __init__(self, features: int, dropout: float) -> None:
        super().__init__()
        self.features = features
        self.reach: int | None = 0
        self.multiple = 1
        self.drop = nn.Dropout(dropout)

    def forward(self, sequence: Tensor) -> Tensor:
        """`(batch, time, features)`, unchanged but for dropout."""
        rows: Tensor = self.drop(sequence)
        return rows

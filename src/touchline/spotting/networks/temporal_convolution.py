"""A temporal convolutional network: residual blocks of dilated convolutions (1803.01271)."""

from collections.abc import Sequence

from torch import Tensor, nn

KERNEL = 3


class TemporalConvolution(nn.Module):
    """Residual blocks, each of two convolutions of the same dilation, looking both ways.

    A `SequenceModel` of reach Σ (kernel - 1) x dilation. Normalisation is over the features of one
    step: statistics over time would make a step depend on the whole window.

    Args:
        features_in: the length of a row of the input.
        channels: the length of a row of the output.
        dilations: one for each block, in steps, e.g. (1, 2, 4).
        dropout: share of features dropped while training.
        kernel: taps of a convolution; odd.
    """

    def __init__(
        self,
        features_in: int,
        channels: int,
        dilations: Sequence[int],
        dropout: float,
        kernel: int = KERNEL,
    ) -> None:
        super().__init__()
        self.features = channels
        self.reach: int | None = sum((kernel - 1) * dilation for dilation in dilations)
        self.multiple = 1
        self.project = nn.Linear(features_in, channels)
        self.blocks = nn.Sequential(
            *(_Block(channels, kernel, dilation, dropout) for dilation in dilations)
        )

    def forward(self, sequence: Tensor) -> Tensor:
        """`(batch, time, features in)` to `(batch, time, channels)`."""
        mixed: Tensor = self.blocks(self.project(sequence))
        return mixed


class _Block(nn.Module):
    def __init__(self, channels: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(*(
            layer
            for _ in range(2)
            for layer in (
                _Convolution(channels, kernel, dilation),
                nn.LayerNorm(channels), nn.ReLU(), nn.Dropout(dropout),
            )
        ))  # fmt: skip

    def forward(self, sequence: Tensor) -> Tensor:
        mixed: Tensor = sequence + self.convolutions(sequence)
        return mixed


class _Convolution(nn.Module):
    """A convolution over time of rows of features; outside the sequence counts as zeros."""

    def __init__(self, channels: int, kernel: int, dilation: int) -> None:
        super().__init__()
        self.taps = nn.Conv1d(
            channels, channels, kernel, padding=dilation * (kernel - 1) // 2, dilation=dilation
        )

    def forward(self, sequence: Tensor) -> Tensor:
        mixed: Tensor = self.taps(sequence.transpose(1, 2)).transpose(1, 2)
        return mixed

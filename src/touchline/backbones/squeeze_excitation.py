"""Squeeze-and-excitation on video: each channel turned up or down by what the picture holds."""

from typing import Literal

from torch import Tensor, nn

Squeeze = Literal["clip", "frame"]
"""What is averaged before the channels are weighed: all frames of a clip, or each by itself."""

SQUEEZED_AXES: dict[Squeeze, tuple[int, ...]] = {"clip": (2, 3, 4), "frame": (3, 4)}
"""The axes of `(batch, channels, time, height, width)` that are averaged."""


class SqueezeExcitation(nn.Module):
    """Weigh channels by a small network over their averages (Hu et al. 2018, arXiv 1709.01507).

    `clip` makes every output depend on every frame: a window of a match then gives other features
    than the whole match, however much overlap it has. `frame` keeps the features local in time.

    Args:
        channels: of the input `(batch, channels, time, height, width)`; the output has its shape.
        squeezed: channels of the hidden layer.
        squeeze: what is averaged.
    """

    def __init__(self, channels: int, squeezed: int, squeeze: Squeeze) -> None:
        super().__init__()
        self.axes = SQUEEZED_AXES[squeeze]
        self.block = nn.Sequential(
            nn.Conv3d(channels, squeezed, 1), nn.ReLU(), nn.Conv3d(squeezed, channels, 1),
            nn.Sigmoid(),
        )  # fmt: skip

    def forward(self, volume: Tensor) -> Tensor:
        """Weigh the channels of `volume`."""
        weighed: Tensor = volume * self.block(volume.mean(self.axes, keepdim=True))
        return weighed

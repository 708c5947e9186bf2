"""Residual blocks of 3-D convolutions over a volume of features (channels, time, height, width)."""

from timm.layers.drop import DropPath
from torch import Tensor, nn
from torch.nn import functional as F

from touchline.backbones.squeeze_excitation import SqueezeExcitation


class InvertedResidual3d(nn.Module):
    """Expand, convolve each channel by itself in 3x3x3, weigh the channels, shrink; add the input.

    MobileNetV2's block (arXiv 1801.04381) in three dimensions, as in the winning entry of SoccerNet
    Ball Action Spotting 2023. Channels are weighed at each time step by itself: averages over the
    whole clip would make every output depend on every input, and then a window of a match would not
    give what the whole match gives.

    Args:
        channels: of the input and the output.
        expansion: how many times wider the depthwise convolution is.
        squeeze: how many times narrower than that the hidden layer of the weighing is.
        drop_path: share of samples whose block is skipped while training.

    Attributes:
        reach: 1 time step.
    """

    reach = 1

    def __init__(
        self, channels: int, expansion: int = 3, squeeze: int = 24, drop_path: float = 0.2
    ) -> None:
        super().__init__()
        wide = expansion * channels
        self.body = nn.Sequential(
            nn.Conv3d(channels, wide, 1, bias=False), nn.BatchNorm3d(wide), nn.SiLU(),
            nn.Conv3d(wide, wide, 3, padding=1, groups=wide, bias=False), nn.BatchNorm3d(wide),
            nn.SiLU(), SqueezeExcitation(wide, max(1, wide // squeeze), "frame"),
            nn.Conv3d(wide, channels, 1, bias=False), nn.BatchNorm3d(channels),
            DropPath(drop_path),
        )  # fmt: skip

    def forward(self, volume: Tensor) -> Tensor:
        """`(batch, channels, time, height, width)` to the same shape."""
        added: Tensor = volume + self.body(volume)
        return added


class BasicResidual3d(nn.Module):
    """Two full 3x3x3 convolutions beside a shortcut: ResNet's basic block in three dimensions.

    Args:
        incoming: channels of the input.
        channels: of the output; a 1x1x1 convolution is the shortcut where the two differ.

    Attributes:
        reach: 2 time steps.
    """

    reach = 2

    def __init__(self, incoming: int, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv3d(incoming, channels, 3, padding=1, bias=False), nn.BatchNorm3d(channels),
            nn.ReLU(),
            nn.Conv3d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm3d(channels),
        )  # fmt: skip
        self.shortcut = nn.Identity() if incoming == channels else nn.Conv3d(incoming, channels, 1)

    def forward(self, volume: Tensor) -> Tensor:
        """`(batch, incoming, time, height, width)` to `(batch, channels, time, height, width)`."""
        return F.relu(self.shortcut(volume) + self.body(volume))

"""Stacks of three gray frames, each seen by a picture network, then joined by 3-D convolutions.

The 2-D network sees motion over three frames in its three channels, the 3-D blocks what happens
over seconds: "late fusion", the recipe of the winner of SoccerNet Ball Action Spotting 2023 (with
inverted residual blocks and generalised-mean pooling) and of SlowFusionNetVLAD (with basic blocks).
"""

from typing import Literal, TypeAlias

import torch
from torch import Tensor, nn

from touchline.backbones.gem import GeneralisedMean
from touchline.backbones.loading import Backbone, TimmNetwork
from touchline.errors import UsageError
from touchline.spotting.networks.clip_head import Mean
from touchline.spotting.networks.pixels import gray_normalisation
from touchline.spotting.networks.volume_blocks import BasicResidual3d, InvertedResidual3d

FRAMES = 3
"""Frames in a stack: the channels that a picture network takes."""

Blocks = Literal["inverted", "basic"]
SpacePooling = Literal["gem", "mean"]
DEPTHS: dict[Blocks, int] = {"inverted": 4, "basic": 3}
"""Blocks in the published recipes."""

VolumeBlock: TypeAlias = InvertedResidual3d | BasicResidual3d


class StackEncoder(nn.Module):
    """Features of each frame from stacks of three gray frames and their neighbours in time.

    Args:
        backbone: a convolutional timm network, which becomes part of the encoder.
        blocks: `inverted` or `basic` 3-D residual blocks.
        pooling: over the picture, by the generalised mean or the plain one.
        projected: channels of a stack's feature map before the 3-D blocks.
        width: channels of the volume after them, and features of a frame.

    Attributes:
        features: the length of a frame's feature vector.
        reach: the stacks that the 3-D blocks see to either side, in frames, and the two other
            frames of a frame's own stack.
        multiple: 3, the frames of a stack.
        channels: 1, gray.

    Raises:
        UsageError: for a network that gives no feature map (a transformer).
    """

    multiple = FRAMES
    channels = 1

    def __init__(
        self, backbone: Backbone, blocks: Blocks = "inverted", pooling: SpacePooling = "gem",
        projected: int = 192, width: int = 256,
    ) -> None:  # fmt: skip
        super().__init__()
        self.features = width
        self.normalisation = gray_normalisation(backbone)
        self.network = _feature_map_network(backbone)
        self.projection = nn.Sequential(
            nn.Conv2d(backbone.features, projected, 1, bias=False), nn.BatchNorm2d(projected),
            nn.SiLU(),
        )  # fmt: skip
        chain = _chain(blocks, projected, width)
        self.reach = FRAMES * sum(block.reach for block in chain) + FRAMES - 1
        self.blocks = nn.Sequential(*chain)
        self.widening = _widening(projected, width) if blocks == "inverted" else nn.Identity()
        self.pool = GeneralisedMean(width) if pooling == "gem" else Mean(width)
        self.frames_of_stack = nn.Linear(width, FRAMES * width)

    def forward(self, frames: Tensor) -> Tensor:
        """Features `(batch, time, features)` of gray frames `(batch, time, 1, height, width)`.

        Pixels are uint8, or floats in 0..255 where frames are mixed; `time` a multiple of 3. Each
        stack's features become those of its three frames by one linear layer.
        """
        volume = self.volume(frames)
        batch, _, stacks = volume.shape[:3]
        positions = volume.permute(0, 2, 3, 4, 1).flatten(2, 3).flatten(0, 1)
        unfolded: Tensor = self.frames_of_stack(self.pool(positions).to(volume.dtype))
        return unfolded.reshape(batch, stacks * FRAMES, self.features)

    def volume(self, frames: Tensor) -> Tensor:
        """Features `(batch, width, time / 3, rows, columns)` not yet pooled, for whole clips."""
        stacks = frames.reshape(-1, FRAMES, *frames.shape[3:])
        pictures = self.normalisation(stacks.contiguous(memory_format=torch.channels_last))
        maps = self.projection(self.network(pictures))
        volume = maps.reshape(frames.shape[0], -1, *maps.shape[1:]).transpose(1, 2)
        joined: Tensor = self.widening(self.blocks(volume))
        return joined


def _chain(blocks: Blocks, projected: int, width: int) -> list[VolumeBlock]:
    depth = DEPTHS[blocks]
    if blocks == "inverted":
        return [InvertedResidual3d(projected) for _ in range(depth)]
    return [BasicResidual3d(width if place else projected, width) for place in range(depth)]


def _widening(projected: int, width: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv3d(projected, width, 1, bias=False), nn.BatchNorm3d(width), nn.SiLU()
    )


def _feature_map_network(backbone: Backbone) -> nn.Module:
    """The network without its pooling: `(batch, features, rows, columns)`."""
    network: TimmNetwork = backbone.network
    try:
        network.reset_classifier(0, "")
        with torch.inference_mode():
            shape = network(torch.zeros(1, 3, 64, 64)).shape
    except (AssertionError, TypeError):  # transformers whose pooling cannot be taken away
        shape = torch.Size()
    if len(shape) != 4 or shape[1] != backbone.features:
        raise UsageError(
            "a network with a feature map for stacks of frames, such as tf_efficientnetv2_b0",
            backbone.name, "Name a convolutional network.",
        )  # fmt: skip
    module: nn.Module = network
    return module

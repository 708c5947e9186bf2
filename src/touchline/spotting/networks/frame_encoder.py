"""A picture network that sees one frame at a time, optionally with shifts between frames."""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from touchline.backbones.loading import Backbone, TimmNetwork
from touchline.errors import UsageError
from touchline.spotting.networks.gate_shift import Shift, set_time
from touchline.spotting.networks.pixels import (
    Normalisation,
    gray_normalisation,
    pad_to_multiple,
    with_neighbours,
)
from touchline.spotting.networks.shifted_blocks import insert_shifts

Colour = Literal["rgb", "stack"]
"""rgb, or gray frames of which each is shown with the one before and after it as its channels."""


PICTURES_AT_ONCE = 8
"""Pictures that a CPU runs at once: their activations still fit its caches, which makes it about
twice as fast as with many."""


class FrameEncoder(nn.Module):
    """Any timm network, run on every frame by itself.

    Args:
        backbone: the network, which becomes part of the encoder.
        colour: `rgb` takes three channels; `stack` takes one, and sees motion at the price of
            colour.
        shift: `none`, or the gate-shift modules that let neighbouring frames exchange features.
        shifted_stages: how many of the last stages shift.
        stage: look at the feature map of this stage, from 0, instead of what is pooled at the end;
            the stages behind it are cut off.
        grid: rows and columns of cells that such a map is averaged over.

    Attributes:
        features: the length of a frame's feature vector; of a map, channels x rows x columns.
        map_channels: channels of a map; 0 where features are pooled.
        reach: 0, plus 1 for `stack`, plus what each shift adds.
        multiple: 1.
        channels: of a frame.

    Raises:
        UsageError: where the network has no residual blocks to shift in, or not so many stages.
    """

    multiple = 1

    def __init__(
        self, backbone: Backbone, colour: Colour = "rgb", shift: Shift = "none",
        shifted_stages: int = 2, stage: int | None = None, grid: tuple[int, int] = (7, 13),
    ) -> None:  # fmt: skip
        super().__init__()
        self.colour = colour
        self.channels = 3 if colour == "rgb" else 1
        self.stage, self.grid = stage, grid
        self.map_channels = 0 if stage is None else _cut_behind(backbone, stage)
        self.features = self.map_channels * grid[0] * grid[1] or backbone.features
        self.patch = backbone.multiple
        self.normalisation = (
            Normalisation(backbone.mean, backbone.std)
            if colour == "rgb" else gray_normalisation(backbone)
        )  # fmt: skip
        self.network: TimmNetwork = backbone.network
        self.reach, self.shifts = int(colour == "stack"), shift != "none"
        if shift != "none":
            self.reach += insert_shifts(self.network, backbone.name, shift, shifted_stages)

    def forward(self, frames: Tensor) -> Tensor:
        """Features `(batch, time, features)` of frames `(batch, time, channels, height, width)`.

        Pixels are uint8, or floats in 0..255 where frames are mixed. Any height and width.
        """
        batch, time = frames.shape[:2]
        shown = with_neighbours(frames) if self.colour == "stack" else frames
        # Layers keep the layout of their input; weights stay contiguous, or could not be saved.
        pictures = shown.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        set_time(self.network, time)
        whole = self.training or self.shifts or torch.compiler.is_exporting()
        if whole or pictures.device.type != "cpu":
            features = self._seen(pictures)
        else:
            features = torch.cat([self._seen(p) for p in torch.split(pictures, PICTURES_AT_ONCE)])
        return features.reshape(batch, time, self.features)

    def _seen(self, pictures: Tensor) -> Tensor:
        pictures = pad_to_multiple(self.normalisation(pictures), self.patch)
        if self.stage is None:
            pooled: Tensor = self.network(pictures)
            return pooled
        (found,) = self.network.forward_intermediates(
            pictures, indices=[self.stage], intermediates_only=True, stop_early=True
        )
        return adaptive_avg_pool2d(found, self.grid).flatten(1)


def _cut_behind(backbone: Backbone, stage: int) -> int:
    """Drop the stages behind `stage` from a backbone; how many channels the map of that one has.

    Raises:
        UsageError: when the network does not give feature maps by stage, or has no such stage.
    """
    network: TimmNetwork = backbone.network
    try:
        network.prune_intermediate_layers([stage], prune_norm=True, prune_head=True)
    except (AttributeError, AssertionError, IndexError) as error:
        raise UsageError(
            "a timm network with that many stages, whose feature maps can be had",
            f"stage {stage} of {backbone.name}",
            "Choose a lower encoder.stage, or another network.",
        ) from error  # fmt: skip
    side = 4 * max(backbone.multiple, 32)
    with torch.no_grad():
        (found,) = network.eval().forward_intermediates(
            torch.zeros(1, 3, side, side), indices=[stage], intermediates_only=True
        )
    return int(found.shape[1])

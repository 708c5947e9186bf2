"""A picture network that sees one frame at a time, optionally with shifts between frames."""

from typing import Literal

import torch
from torch import Tensor, nn

from touchline.backbones.loading import Backbone
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


class FrameEncoder(nn.Module):
    """Any timm network, run on every frame by itself.

    Args:
        backbone: the network, which becomes part of the encoder.
        colour: `rgb` takes three channels; `stack` takes one, and sees motion at the price of
            colour.
        shift: `none`, or the gate-shift modules that let neighbouring frames exchange features.
        shifted_stages: how many of the last stages shift.

    Attributes:
        features: the length of a frame's feature vector.
        reach: 0, plus 1 for `stack`, plus what each shift adds.
        multiple: 1.
        channels: of a frame.

    Raises:
        UsageError: where the network has no residual blocks to shift in, or not so many stages.
    """

    multiple = 1

    def __init__(
        self, backbone: Backbone, colour: Colour = "rgb", shift: Shift = "none",
        shifted_stages: int = 2,
    ) -> None:  # fmt: skip
        super().__init__()
        self.colour = colour
        self.channels = 3 if colour == "rgb" else 1
        self.features = backbone.features
        self.patch = backbone.multiple
        self.normalisation = (
            Normalisation(backbone.mean, backbone.std)
            if colour == "rgb" else gray_normalisation(backbone)
        )  # fmt: skip
        self.network = backbone.network
        self.reach = int(colour == "stack")
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
        features: Tensor = self.network(pad_to_multiple(self.normalisation(pictures), self.patch))
        return features.reshape(batch, time, self.features)

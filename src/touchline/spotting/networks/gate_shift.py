"""Gate-shift modules: features handed to the frame before or after, as much as a gate lets through.

From the papers of Sudhakaran, Escalera and Lanz: "Gate-Shift Networks for Video Action Recognition"
(CVPR 2020, arXiv 1912.00381) and "Gate-Shift-Fuse for Video Action Recognition" (arXiv 2203.08897).
"""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Shift = Literal["none", "gsm", "gsf"]
"""No shift, the gate-shift module, or gate-shift-fuse."""

GATED_SHARE = 4
"""One in so many channels is gated; the others stay as they are."""


class GateShift(nn.Module):
    """Exchange part of the features between neighbouring frames, in front of a 2-D convolution.

    The gated channels x form two groups, of which one hands on to the frame before and the other to
    the frame after. A 3x3x3 convolution gives each group one gate g = tanh(conv(relu(norm(x)))) for
    each place and frame; of g*x and the rest x - g*x, the former is shifted by a frame (zeros enter
    at the ends). `gsm` adds the two again; `gsf` weighs them, channel by channel and frame by
    frame, with w and 1 - w, where w is the sigmoid of a 3x3 convolution over (channel, frame) of
    their averages over the picture.

    Gates begin closed, so that a pretrained network begins as it was with `gsm`, and with `gsf` but
    for the weight 1 - w of its gated channels.

    Args:
        channels: of the input, at least 2.
        fuse: `gsf` where true, `gsm` where false.

    Attributes:
        reach: output at a frame depends on no frame further away: the gate sees one frame, the
            shift adds one, and the fusion one more.
        time: frames in a sequence; pictures of several sequences are folded into the batch, and
            only who folded them knows where one ends (see `set_time`).
    """

    def __init__(self, channels: int, fuse: bool) -> None:
        super().__init__()
        self.group = max(1, channels // (2 * GATED_SHARE))
        self.normalisation = nn.BatchNorm3d(2 * self.group)
        self.gate = nn.Conv3d(2 * self.group, 2, 3, padding=1, groups=2)
        for parameter in self.gate.parameters():
            nn.init.zeros_(parameter)
        self.fusions = nn.ModuleList(nn.Conv2d(2, 1, 3, padding=1) for _ in range(2 * fuse))
        self.reach = 3 if fuse else 2
        self.time = 1

    def forward(self, pictures: Tensor) -> Tensor:
        """Mix `(batch * time, channels, height, width)` along time; the shape stays."""
        gated, others = pictures.tensor_split([2 * self.group], dim=1)
        volume = gated.reshape(-1, self.time, *gated.shape[1:]).transpose(1, 2)
        gates = torch.tanh(self.gate(F.relu(self.normalisation(volume))))
        shifted = []
        for index, part in enumerate(volume.tensor_split(2, dim=1)):
            moving = part * gates[:, index : index + 1]
            shifted.append(self._join(_shift(moving, index), part - moving, index))
        mixed = torch.cat(shifted, dim=1).transpose(1, 2).flatten(0, 1)
        return torch.cat([mixed, others], dim=1)

    def _join(self, moved: Tensor, rest: Tensor, index: int) -> Tensor:
        """What came from the neighbour and what stayed, `(batch, group, time, height, width)`."""
        if not self.fusions:
            return moved + rest
        averages = torch.stack([moved.mean((3, 4)), rest.mean((3, 4))], dim=1)
        weight = torch.sigmoid(self.fusions[index](averages)).squeeze(1)[..., None, None]
        # A product has the layout of its first factor, which here is the picture's.
        return moved * weight + rest * (1 - weight)


def set_time(network: nn.Module, time: int) -> None:
    """Tell every gate-shift module in `network` how many frames a sequence has."""
    for module in network.modules():
        if isinstance(module, GateShift):
            module.time = time


def _shift(volume: Tensor, index: int) -> Tensor:
    """Each frame takes the frame after it (index 0) or before it (index 1); zeros at the end."""
    padded = F.pad(volume, (0, 0, 0, 0, index, 1 - index))
    return padded[:, :, :-1] if index else padded[:, :, 1:]

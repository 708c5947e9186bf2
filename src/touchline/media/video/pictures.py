"""A decoded frame as an upright picture of the size asked for."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from torch import Tensor
from torch.utils.dlpack import from_dlpack

Colour = Literal["rgb", "gray"]

CHANNELS: dict[Colour, int] = {"rgb": 3, "gray": 1}


@dataclass(frozen=True)
class Orientation:
    """How a stored picture has to be turned to stand upright, applied in this order.

    Phones store what the sensor sees and write beside it how the phone was held.
    """

    transposed: bool = False
    mirrored: bool = False
    upside_down: bool = False

    @property
    def degrees(self) -> int:
        """The clockwise part of the turn: 0, 90, 180 or 270."""
        if self.transposed:
            return 90 if self.mirrored else 270
        return 180 if self.upside_down else 0

    def upright(self, picture: Tensor) -> Tensor:
        """Turn a picture `channels x height x width`."""
        if self.transposed:
            picture = picture.transpose(1, 2)
        flipped = [dim for dim, wanted in ((2, self.mirrored), (1, self.upside_down)) if wanted]
        return picture.flip(flipped) if flipped else picture.contiguous()


def orientation_of(frame: VideoFrame) -> Orientation:
    """The turn that a frame asks for, to the nearest quarter; none where it asks for none.

    The display matrix (ISO 14496-12, 8.2.2) moves the point (x, y) to (ax + cy, bx + dy), with y
    pointing down.
    """
    try:
        matrix = np.frombuffer(bytes(frame.side_data["DISPLAYMATRIX"]), np.int32)  # type: ignore[typeddict-item]
    except KeyError:
        return Orientation()
    a, b, _, c, d = matrix[:5].tolist()
    if abs(a) >= abs(b):
        return Orientation(False, a < 0, d < 0)
    return Orientation(True, c < 0, b < 0)


class Scaler:
    """Turns decoded frames into tensors; keep one for a video, it remembers its tables.

    FFmpeg's bilinear scaler widens with the reduction, so that no pixel is passed over. Grey is
    the luma, spread to 0-255. The shape of the picture is not kept: the caller chooses both sides.
    """

    def __init__(
        self, height: int, width: int, colour: Colour, orientation: Orientation | None = None
    ) -> None:
        self._reformatter = VideoReformatter()
        self._orientation = orientation or Orientation()
        stored = (height, width)
        self._height, self._width = stored[::-1] if self._orientation.transposed else stored
        self._grey = colour == "gray"

    def picture(self, frame: VideoFrame) -> Tensor:
        """A frame as uint8, `channels x height x width`, red first."""
        scaled = self._reformatter.reformat(
            frame,
            width=self._width,
            height=self._height,
            # Not planar `gbrp`, though it would save turning the channels outwards: FFmpeg 8
            # spoils its last columns where the width is an odd multiple of eight.
            format="gray" if self._grey else "rgb24",
            threads=1,  # more threads cost more than they bring at the sizes of networks
        )
        pixels: Tensor = from_dlpack(scaled.planes[0])
        picture = pixels[None] if self._grey else pixels.permute(2, 0, 1)
        return self._orientation.upright(picture.clone(memory_format=torch.contiguous_format))

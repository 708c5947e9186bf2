"""A person cut out of a frame of a video by a box that somebody has drawn."""

from dataclasses import dataclass
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from touchline.app.films import frame_as_jpeg
from touchline.errors import UsageError
from touchline.files import sha256_of_bytes, write_atomically

SMALLEST = 8
"""Pixels that a box must have each way."""


@dataclass(frozen=True)
class Box:
    """A part of a frame, each side as a share of the frame's width or height, in [0, 1]."""

    left: float
    top: float
    right: float
    bottom: float

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in a frame of so many pixels.

        >>> Box(0.25, 0.5, 0.5, 1.0).pixels(100, 60)
        (25, 30, 50, 60)

        Raises:
            UsageError: the box is smaller than 8 pixels there, or lies outside.
        """
        sides = (
            round(self.left * width), round(self.top * height),
            round(self.right * width), round(self.bottom * height),
        )  # fmt: skip
        left, top, right, bottom = sides
        is_inside = min(left, top) >= 0 and right <= width and bottom <= height
        if not is_inside or right - left < SMALLEST or bottom - top < SMALLEST:
            raise UsageError(
                f"a box of at least {SMALLEST} x {SMALLEST} pixels inside the frame",
                f"{right - left} x {bottom - top} at {left}, {top}", "Draw it around one person.",
            )  # fmt: skip
        return sides


def box_of(sent: object) -> Box | None:
    """The box that a browser sent; None where there is none, or what it sent is no box."""
    values: dict[str, Any] = sent if isinstance(sent, dict) else {}
    sides = [values.get(name) for name in ("left", "top", "right", "bottom")]
    if any(isinstance(side, bool) or not isinstance(side, int | float) for side in sides):
        return None
    left, top, right, bottom = (float(side) for side in sides if side is not None)
    is_box = 0 <= left < right <= 1 and 0 <= top < bottom <= 1
    return Box(left, top, right, bottom) if is_box else None


def cut_out(video: Path, seconds: float, box: Box, folder: Path) -> Path:
    """Write the box of the frame shown at some seconds to a file of `folder`, named by its content.

    Raises:
        UsageError: the box is too small.
        touchline.media.video.faults.UnreadableVideoError: the video cannot be read.
    """
    with Image.open(BytesIO(frame_as_jpeg(video, Fraction(round(seconds * 1000), 1000)))) as frame:
        cut = frame.crop(box.pixels(frame.width, frame.height))
        stream = BytesIO()
        cut.save(stream, "PNG")
    file = folder / f"{sha256_of_bytes(stream.getvalue())}.png"
    if not file.is_file():
        write_atomically(file, stream.getvalue())
    return file

"""Frames in, an H.264 video out, that is there whole or not at all."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import av
import numpy as np
from av.video.reformatter import Colorspace
from torch import Tensor

from touchline.errors import UsageError
from touchline.files import sync_folder
from touchline.media.video.grid import exact_rate

DEFAULT_GOP = 25
GOOD_QUALITY = 20
"""x264's constant rate factor: 18 is hard to tell from the original, 28 visibly coarse."""


class VideoWriter:
    """Encodes frames to an MP4 that plays everywhere.

    Used as a context: at its end the file appears under its name; after an exception nothing is
    left behind.

        with VideoWriter(path, rate=12.5, height=224, width=398) as writer:
            writer.write(picture)

    Args:
        path: the file to be written, `.mp4`; parent folders are made.
        rate: frames a second.
        height: of the pictures, in pixels; even.
        width: of the pictures, in pixels; even.
        gop: frames from one keyframe to the next, at most.
        quality: x264's constant rate factor; lower is better and larger.
        quick_to_decode: leave out what costs decoders most; about twice as fast, a tenth larger.

    Raises:
        UsageError: an odd side, another ending, or (at the end) not one frame.
    """

    def __init__(
        self,
        path: Path,
        rate: float,
        height: int,
        width: int,
        gop: int = DEFAULT_GOP,
        quality: int = GOOD_QUALITY,
        quick_to_decode: bool = False,
    ) -> None:
        if height % 2 or width % 2 or min(height, width) < 2:
            raise UsageError(
                "an even height and width, at least 2, for a video",
                f"{height} x {width} pixels",
                "Round them to even numbers.",
            )
        if path.suffix.lower() != ".mp4":
            raise UsageError("a video to be written as .mp4", f"{path}", "Change its ending.")
        self._path, self._shape = path, (height, width)
        self._rate, self._gop = exact_rate(rate), gop
        # No B-frames: a clip can then be decoded from its keyframe on without looking back.
        self._options = {"preset": "veryfast", "crf": str(quality), "bf": "0"}
        if quick_to_decode:
            self._options["tune"] = "fastdecode"

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._temporary = self._path.with_name(f".{self._path.stem[:80]}.{uuid4().hex}.mp4")
        self._container = av.open(
            f"file:{self._temporary}", "w", container_options={"movflags": "+faststart"}
        )
        stream = self._container.add_stream("libx264", rate=self._rate, options=self._options)
        stream.height, stream.width = self._shape
        stream.pix_fmt, stream.gop_size = "yuv420p", self._gop
        stream.colorspace = Colorspace.ITU709.value
        self._stream = stream
        return self

    def write(self, picture: Tensor) -> None:
        """Append one frame: uint8, `3 x height x width` (red first) or `1 x height x width`."""
        if picture.shape[-2:] != self._shape or picture.shape[0] not in (1, 3):
            raise ValueError(f"a picture of {tuple(picture.shape)} in a video of {self._shape}")
        rows = np.ascontiguousarray(picture.expand(3, -1, -1).permute(1, 2, 0).numpy())
        frame = av.VideoFrame.from_ndarray(rows, "rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709
        )
        self._container.mux(self._stream.encode(frame))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            self._container.close()
            self._temporary.unlink(missing_ok=True)

    def _finish(self) -> None:
        if not self._stream.codec_context.is_open:
            raise UsageError(
                f"at least one frame for the video {self._path}",
                "none",
                "Check that there is something to show.",
            )
        self._container.mux(self._stream.encode(None))
        self._container.close()
        with self._temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        self._temporary.replace(self._path)
        sync_folder(self._path.parent)

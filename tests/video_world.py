"""Tiny videos whose frames carry their number, so that it can be read off whatever is done to them.

The upper half of a frame shows its number as bright and dark bars, the lower half the same bars
the other way round: a picture that is mirrored, upside down or on its side reads as another
number or as none.
"""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from torch import Tensor

BITS = 10
DARK, BRIGHT = 40, 210
MILLISECOND = Fraction(1, 1000)


def numbered(number: int, height: int, width: int) -> np.ndarray:
    """A grey picture, `height x width x 3`, that shows a number below 1024."""
    bits = np.array([number >> place & 1 for place in reversed(range(BITS))])
    bars = bits[np.arange(width) * BITS // width]
    rows = np.where(np.arange(height)[:, None] < height // 2, bars, 1 - bars)
    return np.where(rows[..., None], BRIGHT, DARK).astype(np.uint8).repeat(3, axis=2)


def number_of(picture: Tensor) -> int:
    """The number that a picture shows, `channels x height x width`.

    Raises:
        ValueError: its halves do not agree.
    """
    grey = picture.float().mean(dim=0).numpy()
    upper, lower = np.array_split(grey, 2)
    bright = [
        [part.mean() > (DARK + BRIGHT) / 2 for part in np.array_split(half, BITS, axis=1)]
        for half in (upper, lower)
    ]
    if any(one == two for one, two in zip(*bright, strict=True)):
        raise ValueError("the halves of the picture do not agree")
    return sum(int(bit) << place for place, bit in enumerate(reversed(bright[0])))


def write_video(
    path: Path,
    count: int = 50,
    *,
    rate: Fraction | int = 25,
    size: tuple[int, int] = (48, 80),
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    pixels: str = "yuv420p",
    container_options: dict[str, str] | None = None,
    milliseconds: Sequence[int] | None = None,
    degrees: float = 0,
    mirrored: bool = False,
) -> Path:
    """Write frames 0, 1, ..., count - 1.

    Args:
        path: its ending chooses the format.
        count: frames.
        rate: frames a second.
        size: height and width.
        codec: an encoder of FFmpeg.
        options: of the encoder, e.g. `{"g": "10", "bf": "2"}`.
        pixels: the pixel format.
        container_options: of the file format.
        milliseconds: when each frame is shown; evenly by the rate when None.
        degrees: how far players are told to turn it, counter-clockwise.
        mirrored: whether players are told to mirror it after that.
    """
    height, width = size
    with av.open(str(path), "w", container_options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.height, stream.width, stream.pix_fmt = height, width, pixels
        if milliseconds is not None:
            stream.codec_context.time_base = MILLISECOND
        if degrees or mirrored:
            stream.set_display_rotation(degrees, hflip=mirrored)
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(numbered(number, height, width), "rgb24")
            if milliseconds is not None:
                frame.pts, frame.time_base = milliseconds[number], MILLISECOND
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_sound(path: Path, title_picture: bytes | None = None) -> Path:
    """Write a second of silence, with a title picture (JPEG) as songs have it if there is one."""
    with av.open(str(path), "w") as container:
        sound = container.add_stream("mp3", rate=44100)
        sound.layout = "mono"
        if title_picture:
            cover = container.add_stream("mjpeg")
            cover.height, cover.width, cover.pix_fmt = 16, 16, "yuvj420p"
            cover.disposition = av.stream.Disposition.attached_pic
            packet = av.Packet(title_picture)
            packet.stream, packet.pts = cover, 0
        for block in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1152), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 44100, block * 1152
            container.mux(sound.encode(frame))
        if title_picture:
            container.mux(packet)
        container.mux(sound.encode(None))
    return path


def spoil(path: Path, share: float, count: int = 300) -> Path:
    """Put noise over `count` bytes of an MP4, from `share` of the way through its pictures."""
    content = bytearray(path.read_bytes())
    pictures = content.index(b"mdat")
    begin = pictures + int((len(content) - pictures) * share)
    content[begin : begin + count] = np.random.default_rng(0).bytes(count)
    path.write_bytes(content)
    return path


def cut_off(path: Path, share: float) -> Path:
    """Keep only the first `share` of a file."""
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path

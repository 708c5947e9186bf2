"""The files that spoil a real archive: broken, odd, or no photos at all; one of every kind.

Those that can be read are proper photos in the pose `SPOILT_POSE`, each of another player.
"""

import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from touchline.demo.photo import draw_photo
from touchline.errors import UsageError

SPOILT_POSE = "Full Body"
FIRST_SPOILT_PLAYER = 50
State = Literal["readable", "unreadable"]


@dataclass(frozen=True)
class SpoiltKind:
    """One kind: its file name, whether a photo can be got from it, what it is, and its bytes."""

    name: str
    state: State
    what: str
    spoil: Callable[[Image.Image], bytes]


def write_spoilt(
    folder: Path,
    names: Iterable[str] | None = None,
    *,
    seed: int = 0,
    size: tuple[int, int] = (240, 320),
) -> dict[str, tuple[State, str]]:
    """Write one file of each kind, or of those named, into `folder`, which is made when missing.

    Returns:
        for each file name `("readable" | "unreadable", what it is)`.

    Raises:
        UsageError: when a name is not that of a kind.
    """
    places = {kind.name: place for place, kind in enumerate(SPOILT)}
    wanted = list(places if names is None else names)
    unknown = [name for name in wanted if name not in places]
    if unknown:
        raise UsageError(
            f"one of the spoilt files {', '.join(places)}", repr(unknown[0]), "Name one of these."
        )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    for name in wanted:
        photo = draw_photo(SPOILT_POSE, FIRST_SPOILT_PLAYER + places[name], 0, seed, size)
        (folder / name).write_bytes(SPOILT[places[name]].spoil(photo))
    return {name: (SPOILT[places[name]].state, SPOILT[places[name]].what) for name in wanted}


def _saved(photo: Image.Image, form: str, **options: object) -> bytes:
    stream = BytesIO()
    photo.save(stream, form, **options)
    return stream.getvalue()


def _jpeg(photo: Image.Image) -> bytes:
    return _saved(photo, "JPEG", quality=90)


def _truncated(photo: Image.Image) -> bytes:
    whole = _jpeg(photo)
    return whole[: len(whole) // 2]


def _without_header(photo: Image.Image) -> bytes:
    return bytes(64) + _jpeg(photo)[64:]


def _pixel_bomb(_: Image.Image) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(90_001))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, data) for kind, data in ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    )


def _grey_16_bit(photo: Image.Image) -> bytes:
    grey = np.asarray(photo.convert("L"), np.uint16) * 257
    return _saved(Image.fromarray(grey), "PNG")


def _transparent(photo: Image.Image) -> bytes:
    """The player cut out: clear towards the left and right edges."""
    across = np.abs(np.linspace(-1, 1, photo.width))
    alpha = np.tile(np.where(across > 0.7, 0, 255).astype(np.uint8), (photo.height, 1))
    cut_out = photo.copy()
    cut_out.putalpha(Image.fromarray(alpha))
    return _saved(cut_out, "PNG")


def _animated(photo: Image.Image) -> bytes:
    later = [photo.rotate(3 * turn) for turn in (1, 2)]
    return _saved(photo, "GIF", save_all=True, append_images=later, duration=200, loop=0)


SPOILT: tuple[SpoiltKind, ...] = (
    SpoiltKind("truncated.jpg", "unreadable", "a JPEG cut off in the middle", _truncated),
    SpoiltKind("empty.jpg", "unreadable", "a file of no bytes", lambda _: b""),
    SpoiltKind("text.jpg", "unreadable", "text under the name of a photo",
               lambda _: b"The photos of this player are on the other card.\n"),
    SpoiltKind("corrupt-header.jpg", "unreadable", "a JPEG whose first bytes are lost",
               _without_header),
    SpoiltKind("pixel-bomb.png", "unreadable", "900 million pixels claimed in a tiny PNG",
               _pixel_bomb),
    SpoiltKind("shortcut.lnk", "unreadable", "a Windows shortcut",
               lambda _: b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(68)),
    SpoiltKind("notes.txt", "unreadable", "a text file", lambda _: b"Reshoot number 9.\n"),
    SpoiltKind("Thumbs.db", "unreadable", "a Windows thumbnail cache",
               lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)),
    SpoiltKind(".DS_Store", "unreadable", "a macOS folder file",
               lambda _: b"\x00\x00\x00\x01Bud1" + bytes(56)),
    SpoiltKind("png-inside.jpg", "readable", "a PNG under the name of a JPEG",
               lambda photo: _saved(photo, "PNG")),
    SpoiltKind("jpeg-inside.png", "readable", "a JPEG under the name of a PNG", _jpeg),
    SpoiltKind("cmyk.jpg", "readable", "a JPEG in the four colours of print",
               lambda photo: _jpeg(photo.convert("CMYK"))),
    SpoiltKind("grey.jpg", "readable", "a JPEG in grey", lambda photo: _jpeg(photo.convert("L"))),
    SpoiltKind("grey-16-bit.png", "readable", "a PNG in grey with 16 bits", _grey_16_bit),
    SpoiltKind("transparent.png", "readable", "a PNG with clear edges", _transparent),
    SpoiltKind("palette.png", "readable", "a PNG with 64 colours",
               lambda photo: _saved(photo.quantize(64), "PNG")),
    SpoiltKind("animated.gif", "readable", "a GIF of three pictures", _animated),
    SpoiltKind("Zoë & Søn <b>10<br> 'l\"été'.jpg", "readable",
               "a name with spaces, accents, quotes and HTML", _jpeg),
)  # fmt: skip
"""Every kind, the unreadable first."""

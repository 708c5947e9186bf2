"""Any image file in, an upright RGB picture out, or the reason why not.

JPEGs are decoded at the scale that is needed, not in full: the DCT scaling of libjpeg gives 1/2,
1/4 or 1/8 of the pixels for a fraction of the time.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import ExifTags, Image, ImageOps

IMAGE_ENDINGS = frozenset({
    ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp",
    ".avif", ".heic", ".heif",
})  # fmt: skip
"""File endings that promise an image; anything else in a folder of photos is not one."""

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "AVIF")
"""What we decode. PostScript, PDF and the like are left out: their decoders run programs."""

BACKGROUND = (255, 255, 255)
"""What shows through transparent pixels."""

_HEIF_BRANDS = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc")


class UnreadableImageError(Exception):
    """A file cannot be shown as a picture; `str()` of the error is the reason, in words."""


def read_image(
    source: bytes | Path,
    at_least: int | None = None,
    side: Literal["shorter", "longer"] = "shorter",
) -> Image.Image:
    """Decode an image file to an upright picture in RGB, 8 bits a channel.

    EXIF rotation is applied; CMYK, grey, palette and 16-bit pictures are converted; transparency
    is laid on white; of an animation the first frame is taken. The ending of the name does not
    matter, only the content does.

    Args:
        source: the file's bytes, or its path.
        at_least: the pixels that the `side` needs. A JPEG is then decoded at the smallest scale
            that still has them; other formats are decoded in full.
        side: which side `at_least` speaks of.

    Raises:
        UnreadableImageError: the file is missing, empty, no image, truncated, corrupt, or claims
            more pixels than Pillow's limit (about 179 million).
    """
    content = read_bytes(source) if isinstance(source, Path) else source
    image = open_image(content)
    try:
        if at_least is not None:
            _ask_for_scale(image, at_least, side)
        image.load()
        return _to_rgb(_upright(image))
    except Exception as error:  # decoders raise a zoo of types on broken data
        raise UnreadableImageError(_reason(error)) from error


def read_bytes(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        UnreadableImageError: when it cannot be opened or read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableImageError(error.strerror or type(error).__name__) from error
    except ValueError as error:  # a zero byte, as `find -print0` puts between names
        raise UnreadableImageError("its name is not valid text") from error


def exif_time(content: bytes) -> float | None:
    """When a photo was taken: seconds since 1970 of the camera's own clock, or None.

    Reads DateTimeOriginal (else DateTime) with its sub-seconds. The time zone is unknown, so only
    differences between photos of one camera mean anything.
    """
    try:
        exif = open_image(content).getexif()
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        text = inner.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
        moment = datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=UTC)
        fraction = str(inner.get(ExifTags.Base.SubsecTimeOriginal, "")).strip("\0 ")
        return moment.timestamp() + (float(f"0.{fraction}") if fraction.isdigit() else 0.0)
    except Exception:  # broken EXIF is common and harmless: the time is then unknown
        return None


def open_image(content: bytes) -> Image.Image:
    """Read an image's header: size, format and EXIF, without decoding its pixels.

    Raises:
        UnreadableImageError: the content is empty, no image, or claims too many pixels.
    """
    if not content:
        raise UnreadableImageError("the file is empty")
    if content[4:12] in _HEIF_BRANDS:
        raise UnreadableImageError("HEIC images are not supported; export it as JPEG")
    try:
        return Image.open(BytesIO(content), formats=_formats_at_hand())
    except Image.DecompressionBombError as error:
        raise UnreadableImageError("it claims more pixels than any real photo has") from error
    except Exception as error:
        raise UnreadableImageError("not an image") from error


@cache
def _formats_at_hand() -> tuple[str, ...]:
    """`FORMATS` without those that this build of Pillow lacks, which it would stumble over."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _ask_for_scale(image: Image.Image, at_least: int, side: str) -> None:
    """Tell the JPEG decoder how many pixels are needed; other decoders ignore it."""
    pick: Callable[[tuple[int, int]], int] = min if side == "shorter" else max
    ratio = at_least / pick(image.size)
    if ratio < 1:
        image.draft(None, (round(image.width * ratio), round(image.height * ratio)))


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # broken EXIF says nothing of the rotation; the pixels are still good
        return image


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return Image.fromarray(_to_8_bit(np.asarray(image, dtype=np.float64))).convert("RGB")
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        ground = Image.new("RGBA", layered.size, (*BACKGROUND, 255))
        return Image.alpha_composite(ground, layered).convert("RGB")
    return image.convert("RGB")


def _to_8_bit(values: np.ndarray) -> np.ndarray:
    """Grey values of more than 8 bits to 8; Pillow's own conversion would clip them to white.

    Values in [0, 1] are taken for shares of white, up to 255 for 8 bits, up to 65,535 for 16;
    larger ones are scaled to the largest.
    """
    top = float(values.max())
    if top <= 1:
        white = 1.0
    elif top <= 255:
        white = 255.0
    else:
        white = max(65535.0, top)
    return np.asarray((values * (255 / white)).clip(0, 255).round().astype(np.uint8))


def _reason(error: Exception) -> str:
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return "the file is truncated" if "truncated" in text.lower() else f"cannot be decoded: {text}"

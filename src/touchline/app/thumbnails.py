"""JPEGs of bounded size, kept on the disk under the content they were made from."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from touchline.files import sha256_of_bytes, write_atomically
from touchline.media.images import UnreadableImageError, open_image, read_bytes, read_image

MOST_PIXELS = 120_000_000
"""A photo that claims more is not decoded: one such picture fills 360 MB of memory."""

MOST_BYTES = 1 << 30
"""A file that is larger is not even read."""

QUALITY = 85
_MESSAGE_SIZE = (320, 240)


def kept_at(cache: Path, sha256: str, side: int) -> Path:
    """Where the JPEG of a content lies in the cache, whether it is there or not.

    >>> str(kept_at(Path("c"), "abcd", 320))
    'c/thumbnails/ab/abcd-320.jpg'
    """
    return cache / "thumbnails" / sha256[:2] / f"{sha256}-{side}.jpg"


def thumbnail(cache: Path, photo: Path, sha256: str, side: int) -> Path:
    """The JPEG of a photo, made now unless it is in the cache.

    Several processes may make it at once; each puts the whole file in place.

    Args:
        cache: the folder of the cache.
        photo: the file.
        sha256: of the file as it is now; empty when not known.
        side: the longer side, in pixels, at most; small photos keep their size.

    Raises:
        UnreadableImageError: the photo cannot be shown.
    """
    if sha256 and (kept := kept_at(cache, sha256, side)).is_file():
        return kept
    content = _content_of(photo)
    kept = kept_at(cache, sha256_of_bytes(content), side)
    if not kept.is_file():
        write_atomically(kept, as_jpeg(content, side))
    return kept


def as_jpeg(content: bytes, side: int) -> bytes:
    """An image file as an upright JPEG whose longer side has at most `side` pixels.

    Raises:
        UnreadableImageError: it cannot be decoded, or claims more than `MOST_PIXELS`.
    """
    require_bounded(content)
    picture = read_image(content, at_least=side, side="longer")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return encoded(picture)


def require_bounded(content: bytes) -> None:
    """Look at the header of an image file, without decoding it.

    Raises:
        UnreadableImageError: it is no image, or claims more than `MOST_PIXELS`.
    """
    width, height = open_image(content).size
    if width * height > MOST_PIXELS:
        raise UnreadableImageError(
            f"it claims {width} x {height} pixels, more than the {MOST_PIXELS // 1_000_000} "
            "million that are shown"
        )


def encoded(picture: Image.Image) -> bytes:
    """A picture as the bytes of a JPEG, with no metadata."""
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=QUALITY)
    return stream.getvalue()


def message_picture(text: str) -> bytes:
    """A small grey JPEG that says in words why there is no photo."""
    picture = Image.new("RGB", _MESSAGE_SIZE, (238, 238, 238))
    words, lines = text.split(), [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], longer] if len(longer) <= 44 else [*lines, word[:44]]
    drawing = ImageDraw.Draw(picture)
    drawing.multiline_text((16, 90), "\n".join(lines[:6]), fill=(60, 60, 60), spacing=6)
    return encoded(picture)


def _content_of(photo: Path) -> bytes:
    try:
        size = photo.stat().st_size
    except OSError as error:
        raise UnreadableImageError("the file is no longer there") from error
    if not photo.is_file():  # a pipe or a device would be read without end
        raise UnreadableImageError("it is no regular file")
    if size > MOST_BYTES:
        raise UnreadableImageError(f"it has {size:,} bytes, more than any photo")
    return read_bytes(photo)

"""Pictures as `data:` addresses, which make a page carry its pictures inside itself."""

import base64
import io
from pathlib import Path

from PIL import Image

THUMBNAIL_SIDE = 160
JPEG_QUALITY = 75


def as_data_uri(path: Path) -> str:
    """The picture at `path`, a PNG or a JPEG by its ending, as a `data:` address.

    Raises:
        OSError: when the file cannot be read.
    """
    kind = "image/jpeg" if path.suffix == ".jpg" else "image/png"
    return _data_uri(kind, path.read_bytes())


def thumbnail_data_uri(image: Image.Image, side: int = THUMBNAIL_SIDE) -> str:
    """The picture, shrunk to fit a square of `side` pixels, as a JPEG in a `data:` address.

    What is transparent becomes white; nothing of the file but its pixels goes along. A picture that
    is smaller stays as it is.

    Args:
        image: a picture the right way up, of any mode.
        side: longest side of the thumbnail in pixels.
    """
    scale = min(1.0, side / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # Palettes and alpha cannot be averaged as they are; shrinking first is for the others cheaper.
    if image.has_transparency_data or image.mode not in ("RGB", "L", "CMYK"):
        image = _on_white(image)
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0).convert("RGB")
    small.info = {}  # a comment or colour profile would be written again
    stream = io.BytesIO()
    small.save(stream, format="JPEG", quality=JPEG_QUALITY, optimize=True)
    return _data_uri("image/jpeg", stream.getvalue())


def _on_white(image: Image.Image) -> Image.Image:
    opaque = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", opaque.size, "white"), opaque).convert("RGB")


def _data_uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"

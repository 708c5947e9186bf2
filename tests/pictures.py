"""Made-up pictures that differ from each other as photos do: coarse shapes, fine detail, colour."""

import io
from pathlib import Path

import numpy as np
from PIL import Image


def picture(number: int, size: tuple[int, int] = (200, 150)) -> Image.Image:
    """The `number`-th picture, always the same: random colours at four scales."""
    rng = np.random.default_rng(number)
    total = np.zeros((size[1], size[0], 3))
    for cells, weight in ((3, 60), (7, 40), (16, 25), (40, 12)):
        coarse = rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
        fine = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        total += (np.asarray(fine, float) - 128) / 128 * weight
    return Image.fromarray((total + 118).clip(0, 255).astype(np.uint8))


def as_jpeg(image: Image.Image, quality: int = 90, taken: str | None = None) -> bytes:
    """The bytes of a JPEG file; `taken` is its EXIF time, e.g. `2026:05:01 10:00:00`."""
    exif = Image.Exif()
    if taken:
        exif[0x0132] = taken
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=quality, exif=exif)
    return stream.getvalue()


def save(content: bytes, path: Path) -> Path:
    """Write a file, and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path

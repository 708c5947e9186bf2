"""Every kind of file: shown upright in RGB, or refused with the reason."""

import struct
import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from touchline.media.images import UnreadableImageError, exif_time, read_bytes, read_image

RED, BLUE = (250, 10, 10), (10, 10, 250)


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    stream = BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def two_halves(width: int = 64, height: int = 32) -> Image.Image:
    """Left half red, right half blue."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims width x height pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b""))


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "P", "1", "RGBA", "LA", "YCbCr"])
def test_modes_are_converted(mode: str) -> None:
    form = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    shown = read_image(encoded(two_halves().convert(mode), form))
    assert shown.mode == "RGB"
    assert shown.size == (64, 32)


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 256, dtype=np.uint16).reshape(1, -1).repeat(4, axis=0)
    shown = np.asarray(read_image(encoded(Image.fromarray(ramp))))
    assert np.abs(shown[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_transparency_is_laid_on_white() -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert read_image(encoded(clear)).getpixel((4, 4)) == (255, 255, 255)
    palette = Image.new("P", (8, 8), 0)
    assert read_image(encoded(palette, transparency=0)).getpixel((4, 4)) == (255, 255, 255)


def test_an_animation_shows_its_first_frame() -> None:
    first, second = Image.new("RGB", (8, 8), RED), Image.new("RGB", (8, 8), BLUE)
    shown = read_image(encoded(first, "GIF", save_all=True, append_images=[second]))
    assert shown.getpixel((4, 4))[0] > 200  # type: ignore[index]


@pytest.mark.parametrize(
    ("orientation", "transform"),
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_270),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_90),
    ],
)
def test_exif_rotation_is_applied(orientation: int, transform: Image.Transpose | None) -> None:
    stored = two_halves()
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    shown = read_image(encoded(stored, "PNG", exif=exif))
    expected = stored if transform is None else stored.transpose(transform)
    assert np.array_equal(np.asarray(shown), np.asarray(expected))


@pytest.mark.parametrize("side", ["shorter", "longer"])
def test_a_jpeg_is_decoded_at_the_scale_needed(side: str) -> None:
    content = encoded(two_halves(1600, 800), "JPEG")
    shown = read_image(content, at_least=150, side=side)  # type: ignore[arg-type]
    pick = min if side == "shorter" else max
    assert 150 <= pick(shown.size) < 320
    assert shown.width == 2 * shown.height
    assert read_image(content, at_least=5000).size == (1600, 800)


def test_the_name_does_not_matter_the_content_does(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(encoded(two_halves(), "PNG"))
    assert read_image(tmp_path / "photo.jpg").size == (64, 32)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"hello, this is text", "not an image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "not an image"),
        (b"\0\0\0\x18ftypheic0000", "HEIC images are not supported; export it as JPEG"),
        (encoded(two_halves(), "JPEG")[:400], "not an image"),  # cut off inside the header
        (encoded(two_halves(), "PNG")[:60], "the file is truncated|cannot be decoded|not an image"),
        (bomb(30_000, 30_000), "it claims more pixels than any real photo has"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableImageError, match=reason):
        read_image(content)


def test_a_truncated_jpeg_is_found_at_reduced_scale_too() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (600, 800, 3), dtype=np.uint8)
    content = encoded(Image.fromarray(noise), "JPEG")
    with pytest.raises(UnreadableImageError, match="truncated"):
        read_image(content[: len(content) // 2], at_least=64)


def test_a_missing_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match="No such file"):
        read_bytes(tmp_path / "none.jpg")
    with pytest.raises(UnreadableImageError, match="Is a directory"):
        read_image(tmp_path)


def test_the_time_of_a_photo_with_its_fraction() -> None:
    exif = Image.Exif()
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.DateTimeOriginal] = "2025:03:01 10:20:30"
    inner[ExifTags.Base.SubsecTimeOriginal] = "25"
    expected = datetime(2025, 3, 1, 10, 20, 30, tzinfo=UTC).timestamp() + 0.25
    assert exif_time(encoded(two_halves(), "JPEG", exif=exif)) == expected


@pytest.mark.parametrize("text", ["", "0000:00:00 00:00:00", "yesterday"])
def test_an_unusable_time_is_none(text: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = text
    assert exif_time(encoded(two_halves(), "JPEG", exif=exif)) is None
    assert exif_time(b"no image") is None

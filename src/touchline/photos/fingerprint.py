"""What tells whether two photos are the same: content hash, perceptual hash, a tiny copy, the time.

`touchline.photos.fingerprint_files` makes fingerprints of many files and keeps them on disk;
`touchline.photos.duplicates` compares them.
"""

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

import numpy as np
from PIL import ExifTags, Image
from scipy.fft import dctn

from touchline.files import sha256_of_bytes
from touchline.media.images import FORMATS, exif_time, read_image
from touchline.media.provenance import read_provenance

HASH_SIDE = 16
"""The perceptual hash keeps the signs of 16 x 16 frequencies."""
LUMA_SIDE = 32
"""The tiny copy has 32 x 32 cells of brightness ..."""
CHROMA_SIDE = 16
"""... and 16 x 16 of colour, as JPEG halves it."""
FLAT = 3.0
"""A picture whose brightness varies by less than this (standard deviation, of 255) shows nothing
to compare: its hash is noise."""

_PICTURE_SIDE = 64
_DECODED_SIDE = 128


@dataclass(frozen=True)
class Fingerprint:
    """All that is kept of a photo to find its copies; about 1.7 kB.

    Attributes:
        sha256: hash of the file's bytes.
        hash: 256 bits in 32 bytes: the signs of the 16 x 16 lowest frequencies of the brightness
            (DCT-II, row by row, vertical frequency first); the constant's bit is 0.
        luma: brightness of 32 x 32 cells, a byte each, row by row.
        chroma: blue and red difference (Cb, Cr; 128 is grey) of 16 x 16 cells, Cb first.
        width, height: pixels of the upright photo.
        time: when it was taken by EXIF, in seconds (see `exif_time`); None when not said.
        made_by: the generator that made it, by the mark in its file, in words; empty for a photo.
    """

    sha256: str
    hash: bytes
    luma: bytes
    chroma: bytes
    width: int
    height: int
    time: float | None = None
    made_by: str = ""

    @cached_property
    def flat(self) -> bool:
        """Nothing to compare is to be seen: one tone all over, or nearly."""
        return bool(np.frombuffer(self.luma, np.uint8).std() < FLAT)


def fingerprint(content: bytes) -> Fingerprint:
    """The fingerprint of a photo from its file's bytes; JPEGs are decoded at a small scale.

    The hash of the mirrored photo needs no second one: mirroring changes the sign of every odd
    horizontal frequency and of no other.

    Raises:
        UnreadableImageError: when the content cannot be decoded.
    """
    image = read_image(content, at_least=_DECODED_SIDE)
    picture = image.resize((_PICTURE_SIDE, _PICTURE_SIDE), Image.Resampling.BICUBIC)
    frequencies = dctn(np.asarray(picture.convert("L"), np.float32))[:HASH_SIDE, :HASH_SIDE]
    bits = frequencies > 0
    bits[0, 0] = False
    tiny = np.asarray(
        image.resize((LUMA_SIDE, LUMA_SIDE), Image.Resampling.BICUBIC).convert("YCbCr")
    )
    blocks = tiny[:, :, 1:].reshape(CHROMA_SIDE, 2, CHROMA_SIDE, 2, 2)
    width, height = _upright_size(content)
    provenance = read_provenance(content)
    return Fingerprint(
        sha256=sha256_of_bytes(content),
        hash=np.packbits(bits).tobytes(),
        luma=tiny[:, :, 0].tobytes(),
        chroma=blocks.mean(axis=(1, 3)).round().astype(np.uint8).transpose(2, 0, 1).tobytes(),
        width=width,
        height=height,
        time=exif_time(content),
        made_by=provenance.maker if provenance else "",
    )


def _upright_size(content: bytes) -> tuple[int, int]:
    """Width and height after EXIF rotation, from the file's header."""
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        try:
            turned = image.getexif().get(ExifTags.Base.Orientation, 1) in (5, 6, 7, 8)
        except Exception:  # broken EXIF says nothing of the rotation
            turned = False
        return image.size[::-1] if turned else image.size

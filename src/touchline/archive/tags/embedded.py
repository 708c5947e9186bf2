"""Keywords inside a photo file, so that a new sidecar does not hide them.

JPEG files are read here: XMP in an APP1 segment, IPTC keywords in Photoshop's APP13 segments; only
the segments before the pixels are read. Pillow finds the same in TIFF, PNG and WebP. Reference:
Adobe XMP specification part 3; IPTC-IIM 4.2, datasets 1:90 and 2:25.
"""

import struct
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from touchline.archive.tags.keywords import Keywords
from touchline.archive.tags.sidecar import read_keywords
from touchline.archive.tags.xmp import one_line
from touchline.media.jpeg_segments import APP1, APP13, XMP_HEADER, segments

_PHOTOSHOP_HEADER = b"Photoshop 3.0\0"
_IPTC_RESOURCE = 0x0404
_CHARACTER_SET, _KEYWORD = (1, 90), (2, 25)
_UTF8_ESCAPE = b"\x1b%G"


def embedded_keywords(photo: Path) -> Keywords:
    """The keywords in the file's own XMP and IPTC; none where the file cannot be understood.

    Raises:
        UnreadableXmlError: when there is XMP that cannot be read safely.
        OSError: when the file cannot be read.
    """
    with photo.open("rb") as stream:
        is_jpeg = stream.read(2) == b"\xff\xd8"
        xmp, names = _in_jpeg(stream) if is_jpeg else _in_others(photo)
    keywords = Keywords(flat=tuple(names))
    packet = xmp.strip(b"\0 \t\r\n")
    return read_keywords(packet) + keywords if packet else keywords


def _in_jpeg(stream: BinaryIO) -> tuple[bytes, list[str]]:
    """The XMP packet and the IPTC keywords of a JPEG file, read from after its first marker."""
    xmp, resources = b"", b""
    for marker, content in segments(stream, (APP1, APP13)):
        if marker == APP1 and content.startswith(XMP_HEADER):
            xmp = content.removeprefix(XMP_HEADER)
        elif marker == APP13 and content.startswith(_PHOTOSHOP_HEADER):
            resources += content.removeprefix(_PHOTOSHOP_HEADER)
    iptc = (data for number, data in _resources(resources) if number == _IPTC_RESOURCE)
    return xmp, list(_iptc_keywords(b"".join(iptc)))


def _resources(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Photoshop's image resources: number and data."""
    at = 0
    while content[at : at + 4] == b"8BIM" and at + 12 <= len(content):
        number = int.from_bytes(content[at + 4 : at + 6])
        name_end = at + 6 + (content[at + 6] + 2) // 2 * 2  # a Pascal string, padded to even
        size = int.from_bytes(content[name_end : name_end + 4])
        yield number, content[name_end + 4 : name_end + 4 + size]
        at = name_end + 4 + size + size % 2


def _iptc_keywords(content: bytes) -> Iterator[str]:
    """The keywords in IPTC data, as UTF-8 where they are that, else as Latin-1."""
    at, is_utf8 = 0, False
    while content[at : at + 1] == b"\x1c" and at + 5 <= len(content):
        record, dataset, size = struct.unpack_from(">BBH", content, at + 1)
        at += 5
        if size & 0x8000:  # the size of a size
            width = size & 0x7FFF
            size = int.from_bytes(content[at : at + width])
            at += width
        value = content[at : at + size]
        at += size
        if (record, dataset) == _CHARACTER_SET:
            is_utf8 = value == _UTF8_ESCAPE
        elif (record, dataset) == _KEYWORD:
            yield one_line(_decoded(value, is_utf8))


def _decoded(value: bytes, is_utf8: bool) -> str:
    """Text in IPTC's encoding; many writers use UTF-8 and do not say so."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("utf-8", "replace") if is_utf8 else value.decode("latin-1")


def _in_others(photo: Path) -> tuple[bytes, list[str]]:
    """The XMP packet and the IPTC keywords of a file that Pillow knows; nothing of any other."""
    from PIL import Image, IptcImagePlugin, UnidentifiedImageError

    try:
        with warnings.catch_warnings(action="ignore"), Image.open(photo) as image:
            xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
            iptc = IptcImagePlugin.getiptcinfo(image) or {}
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, ValueError):
        return b"", []
    found = iptc.get(_KEYWORD, [])
    is_utf8 = iptc.get(_CHARACTER_SET) == _UTF8_ESCAPE
    values = found if isinstance(found, list) else [found]
    names = [one_line(_decoded(value, is_utf8)) for value in values]
    return xmp.encode() if isinstance(xmp, str) else xmp, names

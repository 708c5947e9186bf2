"""The XMP packets that a photo file carries, found without decoding a pixel.

Reference: Adobe XMP specification, part 3 (JPEG: APP1; PNG: an iTXt chunk, before or after the
pixels; WebP: a chunk of its own).
"""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from touchline.media.jpeg_segments import APP1, XMP_HEADER, segments

LONGEST_PACKET = 1 << 20
"""Bytes. Longer packets are passed over: what they could cost to read has no end."""
MOST_CHUNKS = 100_000
"""Of a PNG or WebP file that are looked at: enough for 800 MB in the usual ones of 8 kB."""

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_KEYWORD = b"XML:com.adobe.xmp"


def xmp_packets(stream: BinaryIO) -> Iterator[bytes]:
    """The packets of a JPEG, PNG or WebP file, up to where it makes no sense; none of any other.

    Args:
        stream: at its start, and able to seek.

    Raises:
        OSError: when it cannot be read.
    """
    head = stream.read(12)
    if head.startswith(b"\xff\xd8"):
        stream.seek(2)
        return _in_jpeg(stream)
    if head.startswith(_PNG_SIGNATURE):
        stream.seek(len(_PNG_SIGNATURE))
        return _in_png(stream)
    is_webp = head.startswith(b"RIFF") and head.endswith(b"WEBP")
    return _in_webp(stream) if is_webp else iter(())


def _in_jpeg(stream: BinaryIO) -> Iterator[bytes]:
    for _, content in segments(stream, (APP1,)):
        if content.startswith(XMP_HEADER):
            yield content.removeprefix(XMP_HEADER)


def _in_png(stream: BinaryIO) -> Iterator[bytes]:
    for _ in range(MOST_CHUNKS):
        head = stream.read(8)
        size, kind = int.from_bytes(head[:4]), head[4:]
        if len(head) < 8 or kind == b"IEND":
            return
        if kind == b"iTXt" and size <= LONGEST_PACKET:
            yield from _international_text(stream.read(size))
            size = 0
        stream.seek(size + 4, 1)  # a checksum follows


def _international_text(content: bytes) -> Iterator[bytes]:
    """The packet in an iTXt chunk, where it is one that holds XMP."""
    keyword, _, rest = content.partition(b"\0")
    texts = rest[2:].split(b"\0", 2)  # language, the keyword translated, the text
    if keyword != _PNG_KEYWORD or len(texts) < 3:
        return
    if rest[0] == 0:
        yield texts[2]
        return
    try:
        text = zlib.decompressobj().decompress(texts[2], LONGEST_PACKET + 1)
    except zlib.error:
        return
    if len(text) <= LONGEST_PACKET:
        yield text


def _in_webp(stream: BinaryIO) -> Iterator[bytes]:
    for _ in range(MOST_CHUNKS):
        head = stream.read(8)
        size = int.from_bytes(head[4:], "little")
        if len(head) < 8:
            return
        padded = size + size % 2
        if head.startswith(b"XMP ") and size <= LONGEST_PACKET:
            yield stream.read(size)
            padded -= size
        stream.seek(padded, 1)
